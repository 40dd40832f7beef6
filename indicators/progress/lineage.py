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

from areas.codes import COUNTY_LEVEL, cut_to, is_within
from areas.models import Area
from areas.querysets import within_q
from areas.successions import Successions, homes_of
from indicators.measures import MEASURES, Measure
from indicators.models import Counting, Covers, Indicator, ManualFigure, OpeningBalance
from indicators.progress.progress import target_for, threshold_for
from indicators.store.reported import ends_of
from indicators.store.series_view import year_before
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


@dataclass(frozen=True)
class _CountingScope:
    """What counts for an area on a day (see `areas.successions`); `only`: of one record."""

    root: str
    day: datetime.date
    successions: Successions
    only: Submission | None = None

    def narrowed(self, rows: QuerySet[Any], path: str = "") -> QuerySet[Any]:
        """The rows, or those of the one record."""
        if self.only is None:
            return rows
        if path == "" and not isinstance(self.only, rows.model):
            return rows.none()
        return rows.filter(**{f"{path}__pk" if path else "pk": self.only.pk})

    def condition(self, field: str) -> Q:
        """On an area-code field."""
        if not self.successions:
            return within_q(field, self.root)
        return self.successions.condition(field, self.root, self.day)

    def homes(self, codes: set[str]) -> dict[str, str]:
        """Where what was registered in these areas counts."""
        return homes_of(codes, self.day, self.successions)


def lineage(
    indicator: Indicator, root: str, day: datetime.date, at_least: int | None = None
) -> list[Contribution]:
    """Exactly the approved records that make up the figure of `root` on `day`, by area and day.

    `at_least`: the threshold of a coverage (default: of the target of the day's year).
    """
    if not Area.objects.filter(code=root).existing_on(day).exists():
        return []
    ground = _CountingScope(root, day, Successions.stored())
    found = _contributions(indicator, ground, day, at_least)
    return sorted(found, key=lambda item: (item.area_code, item.day))


def counted_quantity(
    indicator: Indicator, record: Submission, day: datetime.date
) -> Decimal | None:
    """What an approved record adds to the figure of the plan's area on a day; None: nothing.

    For a coverage: what it adds to areas that qualify.
    """
    root = indicator.plan.area_code
    if not _may_feed(indicator, record):
        return None
    if not Area.objects.filter(code=root).existing_on(day).exists():
        return None
    successions = Successions.stored()
    if indicator.counting == Counting.COVERAGE:
        ground = _CountingScope(_part_with(record, root, day, successions), day, successions)
    else:
        ground = _CountingScope(root, day, successions, record)
    items = _contributions(indicator, ground, day, None)
    found = [item.quantity for item in items if item.record == record]
    return sum(found, Decimal(0)) if found else None


def _may_feed(indicator: Indicator, record: Submission) -> bool:
    if isinstance(record, ManualFigure):
        name = (indicator.plan.code, indicator.code)
        is_manual = indicator.counting == Counting.MANUAL
        return is_manual and name == (record.plan_code, record.indicator_code)
    if isinstance(record, OpeningBalance):
        return indicator.measure == record.measure
    measure = MEASURES.get(indicator.measure)
    return measure is not None and isinstance(record, measure.record_model)


def places_of(model: type[Any], rows: QuerySet[Any]) -> set[str]:
    """Where records count: the areas they are registered in, and those they reach."""
    rows = rows.order_by()
    places = set(rows.values_list("area_id", flat=True).distinct())
    for measure in MEASURES.values():
        if measure.record and measure.record_model is model:
            table: Any = measure.model._default_manager
            reached = table.filter(**{f"{measure.record}__in": rows.values("pk")}).order_by()
            places |= set(reached.values_list(measure.area, flat=True).distinct())
    return places


def _part_with(record: Submission, root: str, day: datetime.date, successions: Successions) -> str:
    """The county of `root` in which all of a record counts (who qualifies elsewhere is no matter),
    or `root`."""
    model = type(record)
    places = places_of(model, model._default_manager.filter(pk=record.pk))
    homes = homes_of(places, day, successions).values()
    county, *others = {cut_to(home, COUNTY_LEVEL) for home in homes}
    return county if not others and is_within(county, root) else root


def _contributions(
    indicator: Indicator, ground: _CountingScope, day: datetime.date, at_least: int | None
) -> Iterator[Contribution]:
    if indicator.counting == Counting.MANUAL:
        yield from _manual(indicator, ground, day)
        return
    measure = MEASURES[indicator.measure]
    if indicator.counting == Counting.COVERAGE:
        for _, items in _qualifying(indicator, ground, day, at_least):
            yield from items
        return
    for first, last in _periods(indicator, day):
        yield from _records(measure, ground, first, last)
    if measure.is_stock:
        yield from _openings(measure, ground, Q(covers=Covers.ALL, as_of__lte=day))
        return
    for first, last in _periods(indicator, day):
        yield from _openings(measure, ground, Q(covers=Covers.YEAR, as_of__range=(first, last)))
    if indicator.counting == Counting.CUMULATIVE:
        yield from _openings(measure, ground, Q(covers=Covers.ALL, as_of__lte=day))


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
    measure: Measure, ground: _CountingScope, first: datetime.date, last: datetime.date
) -> Iterator[Contribution]:
    when = Q(**{f"{measure.start}__lte": last})
    if not measure.is_stock:
        when &= Q(**{f"{measure.start}__gte": first})
    elif measure.end:
        when &= Q(**{f"{measure.end}__isnull": True}) | Q(**{f"{measure.end}__gt": last})
    related = [f"{measure.record}__reviewed_by"] if measure.record else ["reviewed_by"]
    rows: QuerySet[Any] = measure.model._default_manager.filter(  # type: ignore[attr-defined]
        when, measure.condition, ground.condition(measure.area)
    ).select_related(*related)
    for row in ground.narrowed(rows, measure.record or ""):
        record = getattr(row, measure.record) if measure.record else row
        quantity = getattr(record, measure.quantity) if measure.quantity else 1
        started = getattr(record, measure.start.split("__")[-1])
        yield Contribution(record, row.area_id, started, Decimal(quantity))


def _openings(measure: Measure, ground: _CountingScope, when: Q) -> Iterator[Contribution]:
    rows = OpeningBalance.objects.approved().filter(
        when, ground.condition("area_id"), measure=measure.code
    )
    for row in ground.narrowed(rows).select_related("reviewed_by"):
        yield Contribution(row, row.area_id, row.as_of, row.quantity)


def _qualifying(
    indicator: Indicator, ground: _CountingScope, day: datetime.date, at_least: int | None = None
) -> list[tuple[str, list[Contribution]]]:
    """The counted areas that reach a coverage's threshold, with the records that make them."""
    measure, level = MEASURES[indicator.measure], indicator.level or 5
    if at_least is None:
        at_least = threshold_for(indicator, day, target_for(indicator, day.year, day))
    eligible = Area.objects.within(ground.root).existing_on(day)
    eligible = eligible.filter(level=level, is_counted=True)
    if indicator.is_urban_only:
        eligible = eligible.filter(is_urban=True)
    codes = set(eligible.values_list("code", flat=True))
    new_year = day.replace(month=1, day=1)
    when = Q(covers=Covers.ALL if measure.is_stock else Covers.YEAR, as_of__lte=day)
    if not measure.is_stock:
        when &= Q(as_of__gte=new_year)
    found = [*_records(measure, ground, new_year, day), *_openings(measure, ground, when)]
    homes = ground.homes({item.area_code for item in found})
    by_area: dict[str, list[Contribution]] = defaultdict(list)
    for item in found:
        by_area[cut_to(homes[item.area_code], level)].append(item)
    return [
        (code, items)
        for code, items in by_area.items()
        if code in codes and sum(item.quantity for item in items) >= at_least
    ]


def _manual(
    indicator: Indicator, ground: _CountingScope, day: datetime.date
) -> Iterator[Contribution]:
    """The reports that hold on the day."""
    rows = list(
        ManualFigure.objects.approved()
        .filter(
            ground.condition("area_id"),
            plan_code=indicator.plan.code,
            indicator_code=indicator.code,
            as_of__lte=day,
        )
        .select_related("reviewed_by")
        .order_by("area_id", "as_of")
    )
    ends = ends_of([(row.area_id, row.as_of) for row in rows], ground.successions)
    for row in (row for row, end in zip(rows, ends, strict=True) if end is None):
        yield Contribution(row, row.area_id, row.as_of, row.numerator)
