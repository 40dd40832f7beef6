"""The form of a record: a draft may hold what the database accepts; a submission must pass the
checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms.models import construct_instance
from django.utils.html import format_html
from typing_extensions import override

from reviews.checks import OnlyWith, Problem, blocking, checks_of, find_problems
from reviews.draft_validation import draft_faults
from reviews.models import Submission, belongings_changed
from reviews.pages.warning_prompt import WarningPrompt
from reviews.privacy.forms import MaskedForm

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Submission]
else:
    _ModelForm = forms.ModelForm

#: The name of the button 保存并提交.
SUBMIT = "_submit"
#: The name of the hidden input with the keys of the rows and files that the page showed.
BELONGINGS = "_belongings"


class RecordForm(MaskedForm, _ModelForm):
    """Refuses what the database refuses; with 保存并提交 also everything that blocks a submission.

    `conditions` hide fields in addition to the rules of the kind's own checks.
    """

    conditions: ClassVar[Sequence[OnlyWith]] = ()
    #: The page sets it on the form class, which exists for one request only.
    prompt: ClassVar[WarningPrompt | None] = None
    #: Fields that older records lack; the page asks for them where a stored record leaves them empty.
    asked: ClassVar[Sequence[str]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._show_warnings()
        self._ask_again()
        for field in self.fields.values():
            field.error_messages |= messages_of(field)

    def _show_warnings(self) -> None:
        """Show each warning as text before the hint of its field; screen readers read it with the
        field."""
        for warning in reversed(self.prompt.warnings if self.prompt else ()):
            field = self.fields.get(warning.field)
            if field is not None:
                named = str(self.auto_id) % self.add_prefix(warning.field)
                field.help_text = format_html(
                    '<strong class="entry-warning" id="{}_helptext">提示：{}</strong> {}',
                    named,
                    warning.message,
                    field.help_text,
                )

    def _ask_again(self) -> None:
        """Ask for what a stored record leaves empty; nothing is guessed for it."""
        for name in self.asked if self.instance.pk else ():
            field = self.fields.get(name)
            if field is not None and getattr(self.instance, name) in (None, ""):
                field.help_text = format_html(
                    '<strong class="entry-warning">原记录未填，请核实后补填。</strong>{}',
                    field.help_text,
                )

    @override
    def is_valid(self) -> bool:
        """Treat a form whose warnings need a reason as invalid, even without errors."""
        return super().is_valid() and self.prompt is None

    @override
    def full_clean(self) -> None:
        """Require texts at submission only, but keep their asterisk; require an area only where no
        reference says it."""
        self._require_area()
        eased = [field for name, field in self.fields.items() if self._may_stay_empty(name)]
        eased = [field for field in eased if field.required]
        for field in eased:
            field.required = False
        super().full_clean()
        for field in eased:
            field.required = True

    def _require_area(self) -> None:
        sources = self._meta.model.area_from
        if sources and "area" in self.fields:
            given = any(self.data.get(self.add_prefix(name)) for name in sources)
            self.fields["area"].required = not given

    def _may_stay_empty(self, name: str) -> bool:
        columns = {column.name: column for column in self._meta.model._meta.fields}
        return isinstance(columns.get(name), models.CharField)

    @override
    def clean(self) -> dict[str, Any]:
        """Empty the fields that the page hides, as the user could not see them."""
        values = super().clean() or self.cleaned_data
        for rule in rules_of(self._meta.model, self.conditions):
            is_known = rule.field in self.fields and rule.other in values
            if is_known and not rule.holds(values[rule.other]):
                self.errors.pop(rule.field, None)
                values[rule.field] = self.value_when_hidden(rule.field)
        return values

    def value_when_hidden(self, name: str) -> Any:
        """Return the value of a hidden field: the default of the column."""
        column: Any = self._meta.model._meta.get_field(name)
        return column.get_default()

    def _post_clean(self) -> None:
        exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]
        self.instance = construct_instance(
            self, self.instance, self._meta.fields, self._meta.exclude
        )
        try:
            self.instance.clean_fields(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]
        self._refuse_what_the_database_refuses()
        if SUBMIT in self.data:
            self._show_unseen()
            self._show_blocking()

    def _refuse_what_the_database_refuses(self) -> None:
        faulty = {name for name in self.errors if name != NON_FIELD_ERRORS}
        for problem in draft_faults(self.instance, faulty, self.fields):
            self._put(problem)

    def _show_unseen(self) -> None:
        """Refuse a submission when rows or files came or went since the page was made.

        Changed rows are told by the form set of the rows (`conflicts.rows`).
        """
        shown = self.data.get(BELONGINGS)
        if shown is None or self.instance.pk is None:
            return
        changed = "、".join(belongings_changed(self.instance, set(shown.split())))
        if changed:
            self.add_error(
                None, f"打开本页之后他人{changed}，没有保存和提交；核对后请再次点“保存并提交”"
            )

    def _show_blocking(self) -> None:
        """Show what blocks a submission at the fields that have no error yet."""
        faulty = set(self.errors)
        for problem in blocking(find_problems(self.instance)):
            if problem.field not in faulty:
                self._put(problem)

    def _put(self, problem: Problem) -> None:
        self.add_error(problem.field if problem.field in self.fields else None, problem.message)


#: Type of field → what it should hold, in words, after the field's name.
_HOLDS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.DecimalField, "应为数字，如 80000 或 92.5，不写单位和逗号"),
    (forms.FloatField, "应为数字，如 92.5"),
    (forms.IntegerField, "应为整数，如 80，不写单位和逗号"),
    (forms.DateField, "应为日期，如 2026-03-01"),
)


def messages_of(field: forms.Field) -> dict[str, str]:
    """Return the messages of a field by Django's code, each with its name and what would be right."""
    name = f"“{field.label}”"
    if isinstance(field, forms.ChoiceField):
        again = f"所选的{name}不存在，或不在您的辖区，请重新选择"
        usual = str(field.default_error_messages["invalid_choice"])
        if field.error_messages["invalid_choice"] != usual:  # the page has a better word for it
            again = str(field.error_messages["invalid_choice"])
        return {"required": f"请选择{name}", "invalid_choice": again}
    found = {
        "required": f"请填写{name}",
        "max_length": f"{name}过长，不应超过%(limit_value)d字（现为%(show_value)d字）",
        "min_value": f"{name}不应小于%(limit_value)s",
        "max_value": f"{name}不应大于%(limit_value)s",
        "max_digits": f"{name}数字过大，最多%(max)s位",
        "max_whole_digits": f"{name}数字过大，小数点前最多%(max)s位",
        "max_decimal_places": f"{name}最多%(max)s位小数",
    }
    holds = next((words for kind, words in _HOLDS if isinstance(field, kind)), "")
    return found | ({"invalid": f"{name}{holds}"} if holds else {})


def rules_of(model: type[models.Model], more: Iterable[OnlyWith] = ()) -> Iterator[OnlyWith]:
    """Yield which fields of a kind depend on which other fields."""
    if issubclass(model, Submission):
        yield from (check for check in checks_of(model).single if isinstance(check, OnlyWith))
    yield from more
