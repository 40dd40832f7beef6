"""The page on which the text of a report is edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from accounts.requests import user_of
from accounts.shell import page
from conflicts.forms import MINE, STORED
from reports import workflow
from reports.editions.narrative import SECTIONS, moved_words, sections
from reports.models import Report
from reports.shell import find_report, for_readers
from reports.workflow import HandlingError, may_edit


@for_readers
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the four sections; one that is emptied shows its draft again.

    A section that somebody else has changed meanwhile is shown beside the user's own text.
    """
    found, user = find_report(request, pk), user_of(request)
    if not may_edit(user, found):
        raise PermissionDenied
    error, sent = "", Sent()
    if request.method == "POST":
        sent = Sent.of(request.POST)
        try:
            sent.require_choices()
            workflow.edit(found, sent.chosen(), by=user, was=sent.was)
        except HandlingError as refused:
            error = str(refused)
        else:
            messages.success(request, "文稿已保存")
            return redirect("report", pk)
    context = {
        "title": f"{found}：文稿",
        "report": found,
        "error": error,
        "sections": _forms(found, sent),
        "is_correction": found.is_done,
    }
    return page(request, "reports/edit.html", context, status=400 if error else 200)


@dataclass(frozen=True)
class Sent:
    """What an editing page sent, by section: its text, the text that the page had shown, and for a
    section with two texts which one the user takes."""

    texts: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    #: `mine`, `stored`, or empty where the user has not chosen.
    choices: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: QueryDict) -> Sent:
        """Read the fields of the page."""
        return cls(
            texts={code: sent.get(code, "") for code in SECTIONS},
            was={code: sent.get(f"{code}-was", "") for code in SECTIONS if f"{code}-was" in sent},
            choices={
                code: sent.get(f"take-{code}", "") for code in SECTIONS if f"{code}-told" in sent
            },
        )

    def require_choices(self) -> None:
        """Raise HandlingError when a section with two texts has no choice."""
        for code, choice in self.choices.items():
            if choice not in (MINE, STORED):
                raise HandlingError(f"“{SECTIONS[code]}”有两份内容，请选定采用哪一份，再保存")

    def chosen(self) -> dict[str, str]:
        """Return the texts to store: the user's own, or the stored one as the page showed it."""
        return {
            code: self.was.get(code, text) if self.choices.get(code) == STORED else text
            for code, text in self.texts.items()
        }

    def own(self, code: str, stored: str) -> str:
        """Return the text that the user has written; the stored one where nothing was touched."""
        text = self.texts.get(code, stored)
        is_untouched = code in self.was and _same(text, self.was[code])
        return stored if is_untouched else text

    def is_two(self, code: str, stored: str) -> bool:
        """Return whether the user has to choose between the own text and the stored one."""
        if _same(self.own(code, stored), stored):
            return False
        return code in self.choices or (code in self.was and not _same(self.was[code], stored))


def _same(text: str, other: str) -> bool:
    return workflow.tidy(text) == workflow.tidy(other)


@dataclass(frozen=True)
class SectionForm:
    """A section being edited: `was` is the text that the page showed, `draft` the present draft.

    With `is_two`, `was` is what somebody else has stored meanwhile, and `choice` what is taken.
    """

    code: str
    title: str
    text: str
    was: str
    draft: str
    is_edited: bool
    has_moved: bool
    is_two: bool
    choice: str


def _forms(found: Report, sent: Sent) -> list[SectionForm]:
    """Return each section with its draft, and whether that has changed since it was edited."""
    prepared, edited = found.as_draft(), found.narrative
    draft = prepared.narrative if prepared else {}
    moved = moved_words(draft, edited)
    return [
        SectionForm(
            code=each.code,
            title=each.title,
            text=sent.own(each.code, each.text),
            was=each.text,
            draft=draft.get(each.code, ""),
            is_edited=each.code in edited,
            has_moved=each.title in moved,
            is_two=sent.is_two(each.code, each.text),
            choice=sent.choices.get(each.code, ""),
        )
        for each in sections(draft, edited)
    ]
