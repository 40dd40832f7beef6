"""Rows of a form set that others may have changed or removed since the page was made."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.utils.datastructures import MultiValueDict
from typing_extensions import override
from unfold.forms import PaginationInlineFormSet

from conflicts.forms import WAS

#: What one row sent: name of an input, without the row's prefix, and its values.
SentRow = dict[str, list[str]]


class ComparedRows(PaginationInlineFormSet):
    """Rows whose form is a `ComparedForm`.

    A row that somebody else has removed becomes a new row once the user saves again, so that
    nothing is lost; a row that somebody else has changed is not deleted unseen.
    """

    #: Whether rows of the page are no longer stored.
    has_gone: bool = False

    def __init__(self, *args: Any, data: Any = None, instance: Any = None, **kwargs: Any) -> None:
        prefix = kwargs.get("prefix") or self.get_default_prefix()
        if isinstance(data, MultiValueDict) and instance is not None and instance.pk:
            stored = self.model._default_manager.filter(**{self.fk.name: instance.pk})
            keys = {str(pk) for pk in stored.values_list("pk", flat=True)}
            data = self._with_gone_ones_as_new(data, prefix, keys)
        super().__init__(*args, data=data, instance=instance, **kwargs)

    @override
    def clean(self) -> None:
        """Tell of rows that somebody else has removed, or changed while the user deletes them."""
        super().clean()
        if self.has_gone:
            raise ValidationError(
                "打开本页之后他人移除了其中的行，没有保存；下面仍按您填写的列出，再次保存即作为新行存入，不要的请移除"
            )
        for form in self.initial_forms:
            if self._should_delete_form(form) and form.has_error(NON_FIELD_ERRORS, "conflict"):
                raise ValidationError(f"“{form.instance}”刚由他人修改，没有移除；请核对后再移除")

    def _with_gone_ones_as_new(
        self, data: MultiValueDict[str, str], prefix: str, stored: set[str]
    ) -> MultiValueDict[str, str]:
        data, gone = without_gone_rows(data, prefix, stored)
        fresh = [row | {"id": [""], WAS: [""]} for row in gone if DELETION_FIELD_NAME not in row]
        self.has_gone = bool(fresh)
        at = _number(data.get(f"{prefix}-{TOTAL_FORM_COUNT}"))
        for place, row in enumerate(fresh, start=at):
            for name, values in row.items():
                data.setlist(f"{prefix}-{place}-{name}", values)
        if fresh:
            data.setlist(f"{prefix}-{TOTAL_FORM_COUNT}", [str(at + len(fresh))])
        return data


def without_gone_rows(
    data: MultiValueDict[str, str], prefix: str, stored: set[str]
) -> tuple[MultiValueDict[str, str], list[SentRow]]:
    """Return the data of a form set without the rows that are not stored any more, and these rows.

    `stored` holds the primary keys that there are now.
    """
    total, first = (
        _number(data.get(f"{prefix}-{name}")) for name in (TOTAL_FORM_COUNT, INITIAL_FORM_COUNT)
    )
    rows = [_row(data, f"{prefix}-{at}-") for at in range(total)]
    kept = [row for row in rows[:first] if row.get("id", [""])[0] in stored]
    gone = [row for row in rows[:first] if row not in kept]
    return (_with_rows(data, prefix, kept, rows[first:]), gone) if gone else (data, [])


def _with_rows(
    data: MultiValueDict[str, str], prefix: str, stored: list[SentRow], fresh: list[SentRow]
) -> MultiValueDict[str, str]:
    """Return the data of a form set with these rows in place of its own, stored ones first."""
    kept = {key: values for key, values in data.lists() if not _is_of_a_row(key, prefix)}
    for at, row in enumerate([*stored, *fresh]):
        kept |= {f"{prefix}-{at}-{name}": values for name, values in row.items()}
    kept[f"{prefix}-{TOTAL_FORM_COUNT}"] = [str(len(stored) + len(fresh))]
    kept[f"{prefix}-{INITIAL_FORM_COUNT}"] = [str(len(stored))]
    return MultiValueDict(kept)


def _row(data: MultiValueDict[str, str], start: str) -> SentRow:
    return {
        key.removeprefix(start): values for key, values in data.lists() if key.startswith(start)
    }


def _is_of_a_row(key: str, prefix: str) -> bool:
    return key.removeprefix(f"{prefix}-").split("-")[0].isdigit() and key.startswith(f"{prefix}-")


def _number(text: object) -> int:
    """Return a count of rows as the form sent it; 0 for anything else, which the form set refuses."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else 0
