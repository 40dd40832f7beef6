"""The fields of a record as text, and what has changed since its last approval."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, number_format

from reviews.fields import AnyField, HistoricalRecord, field_of, history_of, related_model, yes_no
from reviews.models import Action, ReviewEvent, Submission
from reviews.privacy import masked_text, sensitive_fields
from reviews.querysets import scoped_rows

if TYPE_CHECKING:
    from accounts.models import User


EMPTY = "（空）"
HIDDEN = "（不在您的管辖范围）"
_YUAN = "元"


@dataclass(frozen=True)
class Difference:
    """One field before and now, as text."""

    label: str
    before: str
    now: str
    is_changed: bool = True


@dataclass(frozen=True)
class Comparison:
    """A record compared with its last approved version.

    `approved_at` is None when it was never approved. `is_known` is False when it was, but its
    content at that time was not stored.
    """

    rows: list[Difference]
    approved_at: datetime.datetime | None = None
    approved_by: str = ""
    is_known: bool = False

    @property
    def changed(self) -> int:
        """The number of fields that differ."""
        return sum(row.is_changed for row in self.rows)


def content_fields(model: type[models.Model]) -> list[AnyField]:
    """Return the fields that a clerk fills in, in form order, without the review trail."""
    return [field for field in model._meta.fields if field.editable and not field.primary_key]


class FieldTexts:
    """Texts of field values as the pages show them.

    Takes all versions to show, so that the names of referenced records are fetched at once. A
    record out of the user's scope is named only when `record` refers to it now.
    """

    def __init__(self, record: models.Model, user: User, versions: Iterable[object] = ()) -> None:
        self.model = type(record)
        wanted: dict[AnyField, set[object]] = {}
        for field in content_fields(self.model):
            if isinstance(field, models.ForeignKey):
                values = {getattr(version, field.attname) for version in (record, *versions)}
                wanted[field] = values - {None}
        self._names = {
            field.name: _names(field, values, getattr(record, field.attname), user)
            for field, values in wanted.items()
            if values
        }
        self._units: dict[tuple[object, ...], str] = {}

    def of(self, field: AnyField, version: object) -> str:
        """Return the text of one field in one version."""
        value = getattr(version, field.attname)
        if value in (None, ""):
            return EMPTY
        if isinstance(field, models.ForeignKey):
            return self._names[field.name].get(value, HIDDEN)
        mark = sensitive_fields(self.model).get(field.name)
        if mark is not None:
            return mark.shown_in(version)
        return value_text(field, value, self._unit(field, version))

    def differ(self, field: AnyField, old: object, new: object) -> bool:
        """Return whether two versions differ in a field, or in the unit of its number."""
        is_same = getattr(old, field.attname) == getattr(new, field.attname)
        return not is_same or self._unit(field, old) != self._unit(field, new)

    def _unit(self, field: AnyField, version: object) -> str:
        """Return the unit of a number in one version, looked up once for each."""
        if not issubclass(self.model, Submission) or not isinstance(field, _NUMBERS):
            return ""
        key = (field.name, *(getattr(version, name) for name in self.model.measured_by))
        if key not in self._units:
            self._units[key] = self.model.unit_of(*key)
        return self._units[key]


_NUMBERS = (models.IntegerField, models.DecimalField)


def amount_text(record: Submission, name: str) -> str:
    """Return a number of a record with its unit: `2支`, `5,000.00元`."""
    value = getattr(record, name)
    if value is None:
        return EMPTY
    unit = record.unit_of(name, *(getattr(record, each) for each in record.measured_by))
    return value_text(field_of(record, name), value, unit)


def value_text(field: AnyField, value: object, unit: str = "") -> str:
    """Return the text of a value that is no reference: labels of choices, days, and numbers with
    their unit; what is counted in pieces has no decimals."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal | int):
        is_whole = unit not in ("", _YUAN) and value == int(value)
        places = 0 if is_whole else getattr(field, "decimal_places", 0)
        return f"{number_format(value, decimal_pos=places, force_grouping=True)}{unit}"
    # A kind may define the display method itself when its codes are no choices of the column.
    display = getattr(field.model, f"get_{field.name}_display", None)
    return str(display(field.model(**{field.attname: value})) if display else value)


def _names(field: AnyField, values: set[object], held: object, user: User) -> dict[object, str]:
    related = related_model(field)
    rows = related._default_manager.filter(pk__in=values)
    if issubclass(related, Submission):
        seen = scoped_rows(related).visible_to(user).filter(pk__in=values)
        rows = seen | related._default_manager.filter(pk=held)
    return {row.pk: str(row) for row in rows}


def changes_between(old: object, new: object, texts: FieldTexts) -> list[Difference]:
    """Return the fields in which two versions of a record differ."""
    return [
        Difference(str(field.verbose_name), texts.of(field, old), texts.of(field, new))
        for field in content_fields(texts.model)
        if texts.differ(field, old, new)
    ]


def compare(record: Submission, user: User) -> Comparison:
    """Compare the record with its last approved version; five queries and one per referenced kind."""
    event = last_approval(record)
    version = version_at(record, event.at) if event else None
    texts = FieldTexts(record, user, [version] if version else [])
    rows = [_row(field, version, record, texts) for field in content_fields(type(record))]
    if event is None:
        return Comparison(rows)
    return Comparison(rows, event.at, str(event.by), version is not None)


def _row(field: AnyField, version: object, record: Submission, texts: FieldTexts) -> Difference:
    now = texts.of(field, record)
    if version is None:
        return Difference(str(field.verbose_name), "", now, is_changed=False)
    is_changed = texts.differ(field, version, record)
    return Difference(str(field.verbose_name), texts.of(field, version), now, is_changed)


def last_approval(record: Submission) -> ReviewEvent | None:
    """Return the event that last approved the record; None when there was none."""
    kind = ContentType.objects.get_for_model(type(record))
    events = ReviewEvent.objects.filter(content_type=kind, object_id=record.pk)
    return events.filter(action=Action.APPROVE).select_related("by").order_by("-at", "-pk").first()


def version_at(record: Submission, moment: datetime.datetime) -> HistoricalRecord | None:
    """Return the last version stored up to a moment; None when there is none."""
    versions = history_of(type(record)).filter(id=record.pk, history_date__lte=moment)
    return versions.order_by("-history_date", "-history_id").first()


@dataclass(frozen=True)
class RowTable:
    """The rows of one kind that belong to a record; they have no history of their own."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def row_table(model: type[models.Model], record: Submission) -> RowTable:
    """Return all rows of `model` that belong to the record, as they are now."""
    link = next(field for field in model._meta.fields if field.related_model is type(record))
    fields = [field for field in content_fields(model) if field is not link]
    related = [field.name for field in fields if isinstance(field, models.ForeignKey)]
    stored = model._default_manager.filter(**{link.name: record}).select_related(*related)
    return RowTable(
        str(model._meta.verbose_name),
        [str(field.verbose_name) for field in fields],
        [[_row_words(field, row) for field in fields] for row in stored],
    )


def _row_words(field: AnyField, row: models.Model) -> str:
    value = getattr(row, field.name)
    if value in (None, ""):
        return EMPTY
    if field.name in sensitive_fields(type(row)):
        return masked_text(row, field.name)
    return str(value) if isinstance(field, models.ForeignKey) else value_text(field, value)
