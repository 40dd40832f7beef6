"""The pages on which a clerk enters a record: field groups, initial values, saving and submitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from django.contrib import messages
from django.db import IntegrityError, models
from django.forms import Field
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.requests import user_of
from areas.codes import TOWNSHIP_LEVEL, level_of
from reviews.addresses import page_address
from reviews.checks import Problem, blocking, find_problems
from reviews.models import Submission, belongings_of
from reviews.pages.entry import SUBMIT, RecordForm, rules_of
from reviews.pages.persons import persons_address
from reviews.pages.scoped_admin import MaskedFieldsMixin, RecordInline
from reviews.pages.warning_prompt import (
    Unexplained,
    WarningPrompt,
    kept_prompt,
    prompt_for,
    reason_in,
)
from reviews.privacy import SensitiveText
from reviews.querysets import SubmissionQuerySet
from reviews.services import ProblemsFound, TransitionError, submit

#: Query parameter of a draft whose submission waits for a reason for its warnings.
ASKED = "asked"
#: The heading of the review trail at the end of the page.
TRAIL = "审核情况"
#: How often a form is tried when another user stores the same record; each try sees the stored
#: rows.
_ATTEMPTS = 3
#: Texts from this length on have several lines; a note is mostly a word or two.
_LONG_TEXT, _NOTE = 500, "note"
_OF_NOTES = {_NOTE: "需要说明的其他情况；不要填写身份证号码"}
_NUMBERS = (models.DateField, models.DecimalField, models.IntegerField)
_Row = str | tuple[str, ...]
#: A group of fields on an admin page: its title and options.
_FieldsetSpec = tuple[str, dict[str, list[_Row] | list[str]]]


class _EntryRequest(HttpRequest):
    """A request with what one step of an entry page leaves for a later one."""

    prompt: WarningPrompt | None
    copied_record: Submission | None


class EntryPages(MaskedFieldsMixin):
    """The entry form of a record kind; each kind lists its groups of fields in the bureau's order."""

    model: type[Submission]
    form = RecordForm
    change_form_template = "admin/record_form.html"

    #: (heading, rows of fields, style class).
    groups: Sequence[tuple[str, Sequence[_Row], str]] = ()
    trail: Sequence[str] = ()
    help_texts: dict[str, str] = {}
    #: Texts with a field of several lines → their number, beside what `_lines_of` says of long ones.
    lines: dict[str, int] = {}
    #: Fields that records of earlier releases lack; the form of such a record asks for them.
    asked: Sequence[str] = ()
    #: Date fields that begin with today.
    today: Sequence[str] = ()
    #: Fields with codes → the method that displays them to users who only read.
    read_as: dict[str, str] = {}
    #: JavaScript conditions of the page in addition to the kind's rules.
    shown_when: dict[str, str] = {}

    def changeform_view(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        """Try again when another user stores the same name at the same moment, so the form reports
        it.

        Each failed attempt is rolled back; the next one is checked against the rows stored by then.
        """
        for _ in range(_ATTEMPTS - 1):
            with suppress(IntegrityError):
                return self._form_page(request, *args, **kwargs)
        return self._form_page(request, *args, **kwargs)

    def _form_page(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Roll a submission back whose warnings have no reason, and show its form with a prompt."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Unexplained as unexplained:
            cast(_EntryRequest, request).prompt = unexplained.prompt
            return super().changeform_view(request, *args, **kwargs)

    # --- what the page shows ----------------------------------------------------------------

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """Give long texts several lines, so that one sees what one writes."""
        if lines := self.lines.get(db_field.name) or _lines_of(db_field):
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": lines})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fieldsets(
        self, request: HttpRequest, obj: Submission | None = None
    ) -> list[_FieldsetSpec]:
        """Return the kind's groups of fields, and the trail of a stored record."""
        may_edit = self.has_change_permission(request, obj)
        words = {} if may_edit else self.read_as | self.masked_fields
        groups: list[_FieldsetSpec] = [
            (
                title,
                {
                    "fields": [_in_words(row, words) for row in rows],
                    "classes": [style] if style else [],
                },
            )
            for title, rows, style in self.groups
        ]
        if obj is not None:
            groups.append((TRAIL, {"fields": self.trail_of(obj), "classes": ["trail"]}))
        return groups

    def trail_of(self, record: Submission) -> list[str]:
        """Return the trail fields of the record that have a value."""
        return [
            name
            for name in self.trail
            if not hasattr(record, name) or getattr(record, name) not in (None, "")
        ]

    @property
    def conditional_fields(self) -> dict[str, str]:
        """The display conditions in JavaScript, from the same rules as the server's checks."""
        shown = {}
        for rule in rules_of(self.model, self.form.conditions):
            values = ", ".join("true" if value is True else f"'{value}'" for value in rule.values)
            shown[rule.field] = f"[{values}].includes({rule.other})"
        return shown | self.shown_when

    def get_form(
        self,
        request: HttpRequest,
        obj: Submission | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[RecordForm]:
        """Add the kind's hints and, if warnings need a reason, the prompt."""
        may = obj is None or self.has_change_permission(request, obj)
        if may:
            kwargs.setdefault("help_texts", _OF_NOTES | self.help_texts)
        form: type[RecordForm] = super().get_form(request, obj, change=change, **kwargs)
        form.prompt = self._prompt(request, obj) if may else None
        form.asked = self.asked if may else ()
        return form

    def _prompt(self, request: HttpRequest, obj: Submission | None) -> WarningPrompt | None:
        """Return the prompt of a refused submission, or of a draft whose files are stored already."""
        if request.method == "GET" and obj is not None and ASKED in request.GET:
            return prompt_for(find_problems(obj), QueryDict())
        return getattr(request, "prompt", None)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: object, **kwargs: Any
    ) -> HttpResponse:
        """Add to the context whether the user may enter something, and the record to copy."""
        obj = kwargs.get("obj")
        is_add = bool(kwargs.get("add"))
        may = (
            self.has_add_permission(request) if is_add else self.has_change_permission(request, obj)
        )
        context["is_record_entry"] = may
        context["has_conditions"] = may and bool(self.conditional_fields)
        context["prompt"] = context["adminform"].form.prompt or kept_prompt(request.POST)
        context["copied"] = copied_record(request)
        context["persons_address"] = persons_address(obj, user_of(request)) if obj else ""
        context["belongings"] = " ".join(belongings_of(obj)) if may and obj is not None else None
        context["last_record"] = self._last(request) if is_add and request.method == "GET" else None
        return super().render_change_form(request, context, *args, **kwargs)

    # --- initial values ---------------------------------------------------------------------

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        """Begin with the clerk's own last record on `?copy=last`."""
        if "copy" in request.GET and request.method == "GET" and self.has_add_permission(request):
            cast(_EntryRequest, request).copied_record = self._last(request)
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        """Fill in the user's street, today and copied values; the query string takes precedence."""
        initial: dict[str, object] = dict.fromkeys(self.today, timezone.localdate())
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
            and not isinstance(column, SensitiveText)
        ]

    def _last(self, request: HttpRequest) -> Submission | None:
        """Return the clerk's own last record of the kind that is still in scope."""
        rows: SubmissionQuerySet = self.get_queryset(request)
        own: Submission | None = (
            rows.living().filter(created_by=request.user).order_by("-pk").first()
        )
        return own

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Submission | None, inline: object, prefix: str
    ) -> dict[str, Any]:
        """Copy the rows of the copied record, too."""
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        rows = inline.copied_rows(request) if isinstance(inline, RecordInline) else []
        return kwargs | {"initial": rows} if rows else kwargs

    # --- after saving -----------------------------------------------------------------------

    def response_add(
        self, request: HttpRequest, obj: Submission, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Submit the record, or name what is missing."""
        return self._submitted(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Submission) -> HttpResponse:
        """Submit the record, or name what is missing."""
        return self._submitted(request, obj) or super().response_change(request, obj)

    def _submitted(self, request: HttpRequest, record: Submission) -> HttpResponse | None:
        """Submit after 保存并提交; None without that button.

        Raises Unexplained when warnings need a reason; chosen files stay stored as part of the
        draft.
        """
        if SUBMIT not in request.POST:
            problems = find_problems(record)
            if problems:
                messages.warning(request, _remark(record, problems))
            return None
        prompt = prompt_for(find_problems(record), request.POST)
        if prompt is not None and not request.FILES:
            raise Unexplained(prompt)
        if prompt is not None:
            messages.warning(request, f"“{record}”和所选文件已保存为草稿，说明下列提示后即可提交")
            return HttpResponseRedirect(
                f"{page_address(self.model, 'change', record.pk)}?{ASKED}=1"
            )
        return self._submit(request, record)

    def _submit(self, request: HttpRequest, record: Submission) -> HttpResponse:
        try:
            submit(record, by=user_of(request), reason=reason_in(request.POST))
        except ProblemsFound as found:
            messages.warning(request, _remark(record, [problem for _, problem in found.found]))
            return HttpResponseRedirect(page_address(self.model, "change", record.pk))
        except TransitionError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(page_address(self.model, "change", record.pk))
        messages.success(request, f"“{record}”已保存并提交，等待审核")
        return HttpResponseRedirect(page_address(self.model, "changelist"))


def _lines_of(column: models.Field[Any, Any]) -> int:
    """Return how many lines the field of a long text has; 0 for any other one."""
    length = getattr(column, "max_length", None) or 0
    if length < _LONG_TEXT or column.name == _NOTE:
        return 0
    return 3 if length == _LONG_TEXT else 4


def _in_words(row: _Row, words: Mapping[str, str]) -> _Row:
    """Return a row of fields with the methods that show some of them in words."""
    if isinstance(row, str):
        return words.get(row, row)
    return tuple(words.get(each, each) for each in row)


def copied_record(request: HttpRequest) -> Submission | None:
    """Return the record that the form is copied from; None when it is not a copy."""
    return getattr(request, "copied_record", None)


def _remark(record: Submission, problems: Sequence[Problem]) -> SafeString:
    """Return what must be corrected before a submission or, without problems, what needs a reason."""
    faults = blocking(problems)
    lead = "提交前须改正" if faults else "提交时须说明"
    lines = ((number, each.message) for number, each in enumerate(faults or problems, 1))
    return format_html(
        "“{}”已保存为草稿。提示：{}<ul>{}</ul>",
        record,
        lead,
        format_html_join("", "<li>（{}）{}</li>", lines),
    )
