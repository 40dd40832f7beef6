"""Totals of a list: how many of its records are of each choice, flag and place."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from areas.codes import COMMUNITY_LEVEL
from reviews.fields import field_of, label_of
from reviews.models import Status, Submission

#: A field with choices, PLACE, or a title with some flags.
Total = str | tuple[str, Sequence[str]]
#: 城镇 and 农村, by the community of a record.
PLACE = "place"
_UNSAID = "未填"
_YUAN: models.DecimalField[Any, Any] = models.DecimalField(max_digits=20, decimal_places=2)


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


_Line = tuple[str, str, Q]


def totals_of(
    rows: models.QuerySet[Any],
    totals: Sequence[Total],
    lifetime: Lifetime | None,
    summed: str = "",
) -> list[TotalGroup]:
    """Count the records of a list for each of its totals; one query.

    `lifetime` says which are in force, `summed` is the field of an amount in yuan to add up.
    """
    model: type[Submission] = rows.model
    lines = [("", "合计", Q()), *(each for total in totals for each in _lines_of(model, total))]
    numbers = _numbers(model, lifetime, summed)
    counts = rows.order_by().aggregate(
        **{
            f"{name}_{at}": number(condition)
            for at, (_, _, condition) in enumerate(lines)
            for name, number in numbers.items()
        }
    )
    groups: dict[str, list[TotalLine]] = {}
    for at, (title, label, _) in enumerate(lines):
        found = {name: counts[f"{name}_{at}"] for name in numbers}
        groups.setdefault(title, []).append(TotalLine(label, **found))
    return [TotalGroup(title, found) for title, found in groups.items()]


def _numbers(
    model: type[Submission], lifetime: Lifetime | None, summed: str
) -> dict[str, Callable[[Q], Any]]:
    """Return the fields of a line, each with the expression that counts the records of a condition."""
    approved = Q(status=Status.APPROVED)
    stands = {"records": ~Q(status=Status.VOID), "approved": approved}
    if lifetime is not None:
        in_force = lifetime.condition(model.date_field, timezone.localdate())
        stands["in_force"] = approved & in_force
    found: dict[str, Callable[[Q], Any]] = {
        name: partial(_count, stand) for name, stand in stands.items()
    }
    if summed:
        found["amount"] = partial(_sum, summed, approved)
    return found


def _count(stand: Q, condition: Q) -> Count:
    return Count("pk", filter=condition & stand)


def _sum(name: str, stand: Q, condition: Q) -> Coalesce:
    return Coalesce(Sum(name, filter=condition & stand), Decimal(0), output_field=_YUAN)


def _lines_of(model: type[models.Model], total: Total) -> Iterator[_Line]:
    """Yield (title, label, condition) of each value of a total."""
    if total == PLACE:
        inside = Q(area__level=COMMUNITY_LEVEL)
        yield "城乡", "城镇社区", inside & Q(area__is_urban=True)
        yield "城乡", "农村社区", inside & Q(area__is_urban=False)
        yield "城乡", "街道（乡镇）以上", ~inside
    elif isinstance(total, str):
        column = field_of(model, total)
        title = str(column.verbose_name)
        for value, label in column.flatchoices:
            yield title, str(label), Q(**{total: value})
        if column.blank:
            yield title, _UNSAID, Q(**{total: ""})
    else:
        title, flags = total
        unsaid = Q()
        for flag in flags:
            unsaid &= Q(**{flag: False})
            yield title, label_of(model, flag), Q(**{flag: True})
        yield title, _UNSAID, unsaid
