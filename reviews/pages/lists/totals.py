"""Totals of a list: how many of its records are of each choice, flag and place."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Count, ExpressionWrapper, Q, Sum
from django.utils import timezone

from areas.codes import COMMUNITY_LEVEL
from reviews.fields import field_of, label_of
from reviews.models import Status, Submission

#: A field with choices, PLACE, or a title with some flags.
Total = str | tuple[str, Sequence[str]]
#: 城镇 and 农村, by the community of a record.
PLACE = "place"
_UNSAID = "未填"


@dataclass(frozen=True)
class TotalLine:
    """How many records have one value: not void, approved, and approved and in force today.

    `in_force` is None where records have no end, `amount` where no money is added up; it is the sum
    of the approved ones in yuan.
    """

    label: str
    records: int
    approved: int
    in_force: int | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class TotalGroup:
    """The lines of one field; those of flags may count a record more than once."""

    title: str
    lines: list[TotalLine]


@dataclass(frozen=True)
class Lifetime:
    """When a record is in force: from its day until its `end`, or through its `last_day`."""

    end: str
    last_day: str = ""

    def condition(self, start: str, day: datetime.date) -> Q:
        """Return the condition that a record is in force on a day."""
        found = Q(**{f"{start}__lte": day})
        found &= Q(**{f"{self.end}__isnull": True}) | Q(**{f"{self.end}__gt": day})
        if self.last_day:
            found &= Q(**{f"{self.last_day}__isnull": True}) | Q(**{f"{self.last_day}__gte": day})
        return found


#: Values that some records share, by column.
_Row = Mapping[str, Any]
#: Title and label of a line, and whether records with some values stand in it.
_Line = tuple[str, str, Callable[[_Row], bool]]
_LEVEL, _IS_URBAN = "area__level", "area__is_urban"
_RECORDS, _IN_FORCE, _AMOUNT = "total_records", "total_in_force", "total_amount"


def totals_of(
    rows: models.QuerySet[Any],
    totals: Sequence[Total],
    lifetime: Lifetime | None,
    summed: str = "",
) -> list[TotalGroup]:
    """Count the records of a list for each of its totals; one query, grouped by all that is told apart.

    `lifetime` says which are in force, `summed` is the field of an amount in yuan to add up.
    """
    model: type[Submission] = rows.model
    shared = list(_grouped(rows, totals, lifetime, summed))
    groups: dict[str, list[TotalLine]] = {}
    whole: _Line = ("", "合计", lambda row: True)
    for title, label, holds in (
        whole,
        *(line for each in totals for line in _lines_of(model, each)),
    ):
        line = _line(label, [row for row in shared if holds(row)], lifetime, summed)
        groups.setdefault(title, []).append(line)
    return [TotalGroup(title, found) for title, found in groups.items()]


def _grouped(
    rows: models.QuerySet[Any], totals: Sequence[Total], lifetime: Lifetime | None, summed: str
) -> Iterable[_Row]:
    """Return how many records, and what amount, share the values by which totals tell them apart."""
    model: type[Submission] = rows.model
    names = ["status", *dict.fromkeys(name for total in totals for name in _columns_of(total))]
    found = rows.order_by()
    if lifetime is not None:
        in_force = lifetime.condition(model.date_field, timezone.localdate())
        found = found.annotate(**{_IN_FORCE: ExpressionWrapper(in_force, models.BooleanField())})
        names.append(_IN_FORCE)
    numbers: dict[str, models.Aggregate] = {_RECORDS: Count("pk")}
    if summed:
        numbers[_AMOUNT] = Sum(summed)
    return found.values(*names).annotate(**numbers)


def _line(label: str, rows: Sequence[_Row], lifetime: Lifetime | None, summed: str) -> TotalLine:
    """Add up the rows of one line."""
    approved = [row for row in rows if row["status"] == Status.APPROVED]
    return TotalLine(
        label,
        sum(row[_RECORDS] for row in rows if row["status"] != Status.VOID),
        sum(row[_RECORDS] for row in approved),
        None if lifetime is None else sum(row[_RECORDS] for row in approved if row[_IN_FORCE]),
        sum((row[_AMOUNT] or Decimal(0) for row in approved), Decimal(0)) if summed else None,
    )


def _columns_of(total: Total) -> Sequence[str]:
    if total == PLACE:
        return (_LEVEL, _IS_URBAN)
    return (total,) if isinstance(total, str) else total[1]


def _lines_of(model: type[models.Model], total: Total) -> Iterator[_Line]:
    """Yield title, label and condition of each value of a total."""
    if total == PLACE:
        yield "城乡", "城镇社区", lambda row: _is_community(row) and row[_IS_URBAN] is True
        yield "城乡", "农村社区", lambda row: _is_community(row) and row[_IS_URBAN] is False
        yield "城乡", "街道（乡镇）以上", lambda row: not _is_community(row)
    elif isinstance(total, str):
        column = field_of(model, total)
        title = str(column.verbose_name)
        for value, label in column.flatchoices:
            yield title, str(label), partial(_has, total, value)
        if column.blank:
            yield title, _UNSAID, partial(_has, total, "")
    else:
        title, flags = total
        for flag in flags:
            yield title, label_of(model, flag), partial(_has, flag, True)
        yield title, _UNSAID, lambda row: not any(row[flag] for flag in flags)


def _is_community(row: _Row) -> bool:
    return bool(row[_LEVEL] == COMMUNITY_LEVEL)


def _has(name: str, value: object, row: _Row) -> bool:
    return bool(row[name] == value)
