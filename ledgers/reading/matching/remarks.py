"""What a clerk is told of a row that met a stored record: what it leaves empty, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from ledgers.reading.entries import Entry, RowOutcome
from ledgers.reading.matching.rows import shown_value
from reviews.fields import AnyField, field_of
from reviews.models import Submission

#: Fields whose empty cell may be meant as a change. An empty text says nothing.
_TOLD = (models.DecimalField, models.IntegerField, models.DateField, models.BooleanField)


def remarks_on(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield (field, warning): each amount, count, day or tick that the row lacks and the record has."""
    if entry.is_another:
        yield entry.model.title_field, "与系统中已有记录相近，填报人已确认为另一笔"
    if entry.outcome not in (RowOutcome.SAME, RowOutcome.CHANGED):
        return
    record = entry.stored if entry.outcome == RowOutcome.SAME else entry.record
    if record is None:
        return
    changed = {change.field for change in entry.changes}
    for name in entry.header.columns:
        field = _told_field(record, name)
        if field is None or name in entry.filled or name in changed:
            continue
        value = getattr(record, field.attname)
        if value not in (None, False):
            shown = shown_value(field, value)
            yield name, f"单元格为空，系统中为“{shown}”，未清除；如应清除，请修改原记录"


def _told_field(record: Submission, name: str) -> AnyField | None:
    try:
        field = field_of(record, name)
    except FieldDoesNotExist:  # a column such as 街道, or one that fills another field
        return None
    return field if isinstance(field, _TOLD) else None
