"""The pages on which a clerk enters a record: groups of fields, what is filled in already, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.requests import user_of
from areas.codes import TOWNSHIP_LEVEL, level_of
from reviews.checks import Problem, blocking, find_problems
from reviews.models import Submission
from reviews.pages.entry import SUBMIT, RecordForm, rules_of
from reviews.pages.scoped_admin import RecordInline
from reviews.pages.warning_prompt import (
    Unexplained,
    WarningPrompt,
    question_about,
    question_kept,
    reason_in,
)
from reviews.services import ProblemsFound, TransitionError, submit

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as _Admin
else:
    _Admin = object

#: In the address of a draft's form: it was to be submitted, and its warnings wait for a word.
ASKED = "asked"
#: The heading of the review trail, which stands apart at the end of the page.
TRAIL = "审核情况"
#: How often a form is saved anew when somebody was faster; each time it sees what is stored by then.
_ATTEMPTS = 3
_NUMBERS = (models.DateField, models.DecimalField, models.IntegerField)
_Row = str | tuple[str, ...]


class EntryPages(_Admin):
    """The entry form of a record kind; a kind names its groups of fields in the bureau's order."""

    model: type[Submission]
    form = RecordForm
    change_form_template = "admin/record_form.html"

    #: (heading, rows of fields, style class).
    groups: Sequence[tuple[str, Sequence[_Row], str]] = ()
    trail: Sequence[str] = ()
    help_texts: dict[str, str] = {}
    #: Days that are usually today's.
    today: Sequence[str] = ()
    #: Codes, and the method that puts them into words for whoever only reads.
    read_as: dict[str, str] = {}
    #: JavaScript conditions of the page besides those of the kind's rules.
    shown_when: dict[str, str] = {}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Where two clerks save one name at the same moment, the later one's form says so.

        Nothing of the refused attempt stays; the next one is checked against what is stored now.
        """
        for _ in range(_ATTEMPTS - 1):
            with suppress(IntegrityError):
                return self._form_page(request, *args, **kwargs)
        return self._form_page(request, *args, **kwargs)

    def _form_page(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A submission whose warnings nobody explained is undone, and its form asks for a word."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Unexplained as unexplained:
            request.question = unexplained.question  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    # what the page shows --------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The kind's groups, and the trail of a stored record."""
        words = {} if self.has_change_permission(request, obj) else self.read_as
        groups: list[tuple[str, dict[str, Any]]] = [
            (
                title,
                {
                    "fields": [
                        words.get(row, row) if isinstance(row, str) else row for row in rows
                    ],
                    "classes": [style] if style else [],
                },
            )
            for title, rows, style in self.groups
        ]
        if obj is not None:
            groups.append((TRAIL, {"fields": self.trail_of(obj), "classes": ["trail"]}))
        return groups

    def trail_of(self, record: Submission) -> list[str]:
        """The lines of the trail that say something."""
        return [
            name
            for name in self.trail
            if not hasattr(record, name) or getattr(record, name) not in (None, "")
        ]

    @property
    def conditional_fields(self) -> dict[str, str]:
        """Conditions in the page's language: the rules that the server checks, too."""
        shown = {}
        for rule in rules_of(self.model, self.form.conditions):
            values = ", ".join("true" if value is True else f"'{value}'" for value in rule.values)
            shown[rule.field] = f"[{values}].includes({rule.other})"
        return shown | self.shown_when

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The kind's hints beside the fields where a clerk would hesitate."""
        may = obj is None or self.has_change_permission(request, obj)
        if may:
            kwargs.setdefault("help_texts", self.help_texts)
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.question = self._question(request, obj) if may else None
        return form

    def _question(self, request: HttpRequest, obj: Submission | None) -> WarningPrompt | None:
        """What a submission that came back, or one that has its files stored already, waits for."""
        if request.method == "GET" and obj is not None and ASKED in request.GET:
            return question_about(find_problems(obj), QueryDict())
        return getattr(request, "question", None)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Whether there is something to enter, and a record to copy."""
        obj = kwargs.get("obj")
        is_add = bool(kwargs.get("add"))
        may = (
            self.has_add_permission(request) if is_add else self.has_change_permission(request, obj)
        )
        context["is_record_entry"] = may
        context["has_conditions"] = may and bool(self.conditional_fields)
        context["question"] = context["adminform"].form.question or question_kept(request.POST)
        context["copied"] = copied_record(request)
        context["last_record"] = self._last(request) if is_add and request.method == "GET" else None
        return super().render_change_form(request, context, *args, **kwargs)

    # what is filled in already --------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """`?copy=last` begins with the clerk's own last record."""
        if "copy" in request.GET and request.method == "GET" and self.has_add_permission(request):
            request.copied_record = self._last(request)  # type: ignore[attr-defined]
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The own street, today, and what is copied; what the address says counts most."""
        initial: dict[str, Any] = dict.fromkeys(self.today, timezone.localdate())
        own = user_of(request).area_id
        if own and level_of(own) >= TOWNSHIP_LEVEL:
            initial["area"] = own
        record = copied_record(request)
        if record is not None:
            initial |= {name: record.serializable_value(name) for name in self._copied_fields()}
        return initial | super().get_changeform_initial_data(request)

    def _copied_fields(self) -> list[str]:
        return [
            column.name
            for column in self.model._meta.fields
            if column.editable
            and not isinstance(column, _NUMBERS)
            and column.name not in self.model.declaration.not_copied
        ]

    def _last(self, request: HttpRequest) -> Submission | None:
        """The clerk's own last record of the kind, where it is still in scope."""
        rows: Any = self.get_queryset(request)
        own: Submission | None = (
            rows.living().filter(created_by=request.user).order_by("-pk").first()
        )
        return own

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Rows that belong to the copied record come with it."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)  # type: ignore[misc]
        rows = inline.copied_rows(request) if isinstance(inline, RecordInline) else []
        return kwargs | {"initial": rows} if rows else kwargs

    # what follows ---------------------------------------------------------------------------

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say what is missing, or submit."""
        return self._submitted(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Say what is missing, or submit."""
        return self._submitted(request, obj) or super().response_change(request, obj)

    def _submitted(self, request: HttpRequest, record: Submission) -> HttpResponse | None:
        """保存并提交 in one go. Unexplained when warnings wait for a word; chosen files stay stored."""
        if SUBMIT not in request.POST:
            problems = find_problems(record)
            if problems:
                messages.warning(request, _remark(record, problems))
            return None
        question = question_about(find_problems(record), request.POST)
        if question is not None and not request.FILES:
            raise Unexplained(question)
        if question is not None:
            messages.warning(request, f"“{record}”和所选文件已保存为草稿，说明下列提示后即可提交")
            return HttpResponseRedirect(f"{self._address('change', record.pk)}?{ASKED}=1")
        return self._submit(request, record)

    def _submit(self, request: HttpRequest, record: Submission) -> HttpResponse:
        try:
            submit(record, by=user_of(request), reason=reason_in(request.POST))
        except ProblemsFound as found:
            messages.warning(request, _remark(record, [problem for _, problem in found.found]))
            return HttpResponseRedirect(self._address("change", record.pk))
        except TransitionError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._address("change", record.pk))
        messages.success(request, f"“{record}”已保存并提交，等待审核")
        return HttpResponseRedirect(self._address("changelist"))

    def _address(self, page: str, *arguments: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=arguments)


def copied_record(request: HttpRequest) -> Submission | None:
    """The record that the form begins with, where one is copied."""
    return getattr(request, "copied_record", None)


def _remark(record: Submission, problems: Sequence[Problem]) -> SafeString:
    """What has to be mended before a submission; or, if nothing has to, what needs a word."""
    faults = blocking(problems)
    lead = "提交前须改正" if faults else "提交时须说明"
    lines = ((number, each.message) for number, each in enumerate(faults or problems, 1))
    return format_html(
        "“{}”已保存为草稿。提示：{}<ul>{}</ul>",
        record,
        lead,
        format_html_join("", "<li>（{}）{}</li>", lines),
    )
