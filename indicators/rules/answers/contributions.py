"""The approved records behind a figure, read from the records themselves and not from the engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from areas.successions import Successions, homes_of
from indicators.measures import Measure
from indicators.models import OpeningBalance
from reviews.models import Submission


@dataclass(frozen=True)
class Contribution:
    """One record and what it adds to a figure (money in yuan)."""

    record: Submission
    area_code: str
    day: datetime.date
    quantity: Decimal

    def as_json(self) -> dict[str, object]:
        """The record in plain values, as the API gives it; decimals are strings."""
        record = self.record
        return {
            "kind": record._meta.label_lower,
            "kind_name": str(record._meta.verbose_name),
            "id": record.pk,
            "name": str(record),
            "area": self.area_code,
            "date": self.day.isoformat(),
            "quantity": f"{self.quantity.normalize():f}",
            "approved_by": str(record.reviewed_by) if record.reviewed_by else None,
            "approved_at": timezone.localtime(record.reviewed_at).isoformat()
            if record.reviewed_at
            else None,
        }


@dataclass(frozen=True)
class CountingScope:
    """Which records count for the area `root` on `day` (see `areas.successions`).

    `only`: of these the contributions of one record alone.
    """

    root: str
    day: datetime.date
    successions: Successions
    only: Submission | None = None

    def narrowed(self, rows: QuerySet[Any], path: str = "") -> QuerySet[Any]:
        """The rows, or those that belong to the one record; `path` leads from a row to its record."""
        if self.only is None:
            return rows
        if path == "" and not isinstance(self.only, rows.model):
            return rows.none()
        return rows.filter(**{f"{path}__pk" if path else "pk": self.only.pk})

    def condition(self, field: str) -> Q:
        """The condition that the area-code `field` lies in the scope."""
        return self.successions.condition(field, self.root, self.day)

    def homes(self, codes: set[str]) -> dict[str, str]:
        """By area in which records are registered, the area for which they count on the day."""
        return homes_of(codes, self.day, self.successions)


def records_between(
    measure: Measure, scope: CountingScope, first: datetime.date, last: datetime.date
) -> Iterator[Contribution]:
    """The records of a flow from `first` to `last`, or those of a stock that are there on `last`."""
    for part in measure.parts:
        yield from _records_of(part, scope, first, last)


def _records_of(
    measure: Measure, scope: CountingScope, first: datetime.date, last: datetime.date
) -> Iterator[Contribution]:
    when = Q(**{f"{measure.start}__lte": last})
    if not measure.is_stock:
        when &= Q(**{f"{measure.start}__gte": first})
    else:
        when &= measure.lasts_beyond(last)
    related = [f"{measure.record}__reviewed_by"] if measure.record else ["reviewed_by"]
    rows = measure.rows(measure.condition).filter(when, scope.condition(measure.area))
    rows = rows.select_related(*related)
    for row in scope.narrowed(rows, measure.record or ""):
        record = getattr(row, measure.record) if measure.record else row
        quantity = getattr(record, measure.quantity) if measure.quantity else 1
        started = getattr(record, measure.start.split("__")[-1])
        yield Contribution(record, row.area_id, started, Decimal(quantity))


def opening_balances(measure: Measure, scope: CountingScope, when: Q) -> Iterator[Contribution]:
    """The opening balances of a measure (期初数) that meet the condition `when`."""
    rows = OpeningBalance.objects.approved().filter(
        when, scope.condition("area_id"), measure=measure.balances
    )
    for row in scope.narrowed(rows).select_related("reviewed_by"):
        yield Contribution(row, row.area_id, row.as_of, row.quantity)
