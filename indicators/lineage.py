"""The approved records behind a figure, read from the records themselves (not from the engine)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from areas.codes import cut_to
from areas.models import Area
from areas.querysets import within_q
from indicators.figures import target_for, threshold_for, year_before
from indicators.measures import MEASURES, Measure
from indicators.models import Counting, Covers, Indicator, ManualFigure, OpeningBalance
from reviews.models import Submission


@dataclass(frozen=True)
class Contribution:
    """One record and what it adds to the figure (money in yuan)."""

    record: Submission
    area_code: str
    day: datetime.date
    quantity: Decimal

    def as_json(self) -> dict[str, object]:
        """Plain values; decimals are strings."""
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


def lineage(indicator: Indicator, root: str, day: datetime.date) -> list[Contribution]:
    """Exactly the approved records that make up the figure of `root` on `day`, by area and day."""
    return sorted(_contributions(indicator, root, day), key=lambda item: (item.area_code, item.day))


def _contributions(indicator: Indicator, root: str, day: datetime.date) -> Iterator[Contribution]:
    if indicator.counting == Counting.MANUAL:
        yield from _manual(indicator, root, day)
        return
    measure = MEASURES[indicator.measure]
    if indicator.counting == Counting.COVERAGE:
        yield from _covering(indicator, measure, root, day)
        return
    for first, last in _periods(indicator, day):
        yield from _records(measure, root, first, last)
    if measure.is_stock:
        yield from _openings(measure, root, Q(covers=Covers.ALL, as_of__lte=day))
        return
    for first, last in _periods(indicator, day):
        yield from _openings(measure, root, Q(covers=Covers.YEAR, as_of__range=(first, last)))
    if indicator.counting == Counting.CUMULATIVE:
        yield from _openings(measure, root, Q(covers=Covers.ALL, as_of__lte=day))


def _periods(indicator: Indicator, day: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
    """The stretches of time whose flow makes the figure."""
    new_year = day.replace(month=1, day=1)
    match indicator.counting:
        case Counting.CUMULATIVE:
            return [(indicator.plan.starts_on.replace(day=1), day)]
        case Counting.GROWTH:
            last = year_before(day)
            if indicator.against == "whole_year":
                last = last.replace(month=12, day=31)
            return [(last.replace(month=1, day=1), last), (new_year, day)]
    return [(new_year, day)]


def _records(
    measure: Measure, root: str, first: datetime.date, last: datetime.date
) -> Iterator[Contribution]:
    when = Q(**{f"{measure.start}__lte": last})
    if not measure.is_stock:
        when &= Q(**{f"{measure.start}__gte": first})
    elif measure.end:
        when &= Q(**{f"{measure.end}__isnull": True}) | Q(**{f"{measure.end}__gt": last})
    related = [f"{measure.record}__reviewed_by"] if measure.record else ["reviewed_by"]
    rows: QuerySet[Any] = measure.model._default_manager.filter(  # type: ignore[attr-defined]
        when, measure.condition, within_q(measure.area, root)
    ).select_related(*related)
    for row in rows:
        record = getattr(row, measure.record) if measure.record else row
        quantity = getattr(record, measure.quantity) if measure.quantity else 1
        started = getattr(record, measure.start.split("__")[-1])
        yield Contribution(record, row.area_id, started, Decimal(quantity))


def _openings(measure: Measure, root: str, when: Q) -> Iterator[Contribution]:
    rows = OpeningBalance.objects.within(root).approved().filter(when, measure=measure.code)
    for row in rows.select_related("reviewed_by"):
        yield Contribution(row, row.area_id, row.as_of, row.quantity)


def _covering(
    indicator: Indicator, measure: Measure, root: str, day: datetime.date
) -> Iterator[Contribution]:
    """Records of those counted areas that reach the threshold."""
    level = indicator.level or 5
    threshold = threshold_for(indicator, day, target_for(indicator, day.year, day))
    eligible = Area.objects.within(root).existing_on(day).filter(level=level, is_counted=True)
    if indicator.is_urban_only:
        eligible = eligible.filter(is_urban=True)
    codes = set(eligible.values_list("code", flat=True))
    by_area: dict[str, list[Contribution]] = defaultdict(list)
    covers = Covers.ALL if measure.is_stock else Covers.YEAR
    new_year = day.replace(month=1, day=1)
    when = Q(covers=covers, as_of__lte=day)
    if not measure.is_stock:
        when &= Q(as_of__gte=new_year)
    found = [*_records(measure, root, new_year, day), *_openings(measure, root, when)]
    for item in found:
        by_area[cut_to(item.area_code, level)].append(item)
    for code, items in by_area.items():
        if code in codes and sum(item.quantity for item in items) >= threshold:
            yield from items


def _manual(indicator: Indicator, root: str, day: datetime.date) -> Iterator[Contribution]:
    """The last report of each area."""
    rows = (
        ManualFigure.objects.within(root)
        .approved()
        .filter(plan_code=indicator.plan.code, indicator_code=indicator.code, as_of__lte=day)
        .select_related("reviewed_by")
        .order_by("area_id", "as_of")
    )
    latest = {row.area_id: row for row in rows}
    for row in latest.values():
        yield Contribution(row, row.area_id, row.as_of, row.numerator)
