"""What a record says field by field, in words; and what has changed since it was last approved."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format, number_format

from reviews.models import Action, ReviewEvent, Submission

if TYPE_CHECKING:
    from accounts.models import User

    _Field = models.Field[Any, Any]

EMPTY = "（空）"
HIDDEN = "（不在您的管辖范围）"


@dataclass(frozen=True)
class Difference:
    """One field, as it was and as it is."""

    label: str
    before: str
    now: str
    is_changed: bool = True


@dataclass(frozen=True)
class Comparison:
    """A record beside what was last approved of it.

    `approved_at` is None where it was never approved; `is_known` is False where it was, but what it
    said then was not kept.
    """

    rows: list[Difference]
    approved_at: datetime.datetime | None = None
    approved_by: str = ""
    is_known: bool = False

    @property
    def changed(self) -> int:
        """How many fields differ."""
        return sum(row.is_changed for row in self.rows)


def content_fields(model: type[models.Model]) -> list[_Field]:
    """What a clerk fills in, in the order of the form; not the trail."""
    return [field for field in model._meta.fields if field.editable and not field.primary_key]


class Words:
    """Field values as a reader meets them on the pages.

    Takes all the versions that will be shown, so that the names of what they refer to are fetched at
    once. A record out of the user's scope is not named, unless `record` refers to it today.
    """

    def __init__(self, record: models.Model, user: User, versions: Iterable[Any] = ()) -> None:
        self.model = type(record)
        wanted: dict[_Field, set[Any]] = {}
        for field in content_fields(self.model):
            if isinstance(field, models.ForeignKey):
                values = {getattr(version, field.attname) for version in (record, *versions)}
                wanted[field] = values - {None}
        self._names = {
            field.name: _names(field, values, getattr(record, field.attname), user)
            for field, values in wanted.items()
            if values
        }

    def of(self, field: _Field, version: Any) -> str:
        """The value of one field in one version."""
        value = getattr(version, field.attname)
        if value in (None, ""):
            return EMPTY
        if isinstance(field, models.ForeignKey):
            return self._names[field.name].get(value, HIDDEN)
        return plain_words(field, value)


def plain_words(field: _Field, value: Any) -> str:
    """A value that refers to nothing: choices by their label, numbers and days as written here."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal | int):
        places = getattr(field, "decimal_places", 0)
        return number_format(value, decimal_pos=places, force_grouping=True)
    # A kind may speak for itself where its codes are no choices of the column.
    display = getattr(field.model, f"get_{field.name}_display", None)
    return str(display(field.model(**{field.attname: value})) if display else value)


def _names(field: Any, values: set[Any], held: Any, user: User) -> dict[Any, str]:
    related = field.related_model
    rows = related._default_manager.filter(pk__in=values)
    if issubclass(related, Submission):
        seen = related._default_manager.visible_to(user).filter(pk__in=values)  # type: ignore[attr-defined]
        rows = seen | related._default_manager.filter(pk=held)
    return {row.pk: str(row) for row in rows}


def changes_between(old: Any, new: Any, words: Words) -> list[Difference]:
    """The fields that two versions of a record do not share."""
    return [
        Difference(str(field.verbose_name), words.of(field, old), words.of(field, new))
        for field in content_fields(words.model)
        if getattr(old, field.attname) != getattr(new, field.attname)
    ]


def compare(record: Submission, user: User) -> Comparison:
    """The record beside its version of the last approval. Five queries and one a related kind."""
    event = last_approval(record)
    version = version_at(record, event.at) if event else None
    words = Words(record, user, [version] if version else [])
    rows = [_row(field, version, record, words) for field in content_fields(type(record))]
    if event is None:
        return Comparison(rows)
    return Comparison(rows, event.at, str(event.by), version is not None)


def _row(field: _Field, version: Any, record: Submission, words: Words) -> Difference:
    now = words.of(field, record)
    if version is None:
        return Difference(str(field.verbose_name), "", now, is_changed=False)
    is_changed = getattr(version, field.attname) != getattr(record, field.attname)
    return Difference(str(field.verbose_name), words.of(field, version), now, is_changed)


def last_approval(record: Submission) -> ReviewEvent | None:
    """The event by which the record last became a fact."""
    kind = ContentType.objects.get_for_model(type(record))
    events = ReviewEvent.objects.filter(content_type=kind, object_id=record.pk)
    return events.filter(action=Action.APPROVE).select_related("by").order_by("-at", "-pk").first()


def version_at(record: Submission, moment: datetime.datetime) -> Any:
    """What was written down last before a moment; None where nothing was."""
    versions = type(record).history.filter(id=record.pk, history_date__lte=moment)  # type: ignore[attr-defined]
    return versions.order_by("-history_date", "-history_id").first()


@dataclass(frozen=True)
class RowTable:
    """Rows that belong to a record, of one kind: they have no history of their own."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def row_table(model: type[models.Model], record: Submission) -> RowTable:
    """All rows of `model` that hang on the record, as they are now."""
    link = next(field for field in model._meta.fields if field.related_model is type(record))
    fields = [field for field in content_fields(model) if field is not link]
    related = [field.name for field in fields if isinstance(field, models.ForeignKey)]
    stored = model._default_manager.filter(**{link.name: record}).select_related(*related)
    return RowTable(
        str(model._meta.verbose_name),
        [str(field.verbose_name) for field in fields],
        [[_row_words(field, row) for field in fields] for row in stored],
    )


def _row_words(field: _Field, row: models.Model) -> str:
    value = getattr(row, field.name)
    if value in (None, ""):
        return EMPTY
    return str(value) if isinstance(field, models.ForeignKey) else plain_words(field, value)
