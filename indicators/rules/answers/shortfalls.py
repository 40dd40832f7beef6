"""The areas that a coverage counts and that are below its threshold (未达标地区)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from areas.models import Area
from indicators.measures import MEASURES
from indicators.models import Indicator
from indicators.rules.answers.values import counts_money
from indicators.store.engine import SeriesKey
from indicators.store.series_reader import view
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext

#: So many are named where more fall short.
_NAMED = 5


@dataclass(frozen=True)
class Shortfall:
    """One area, or one record of an area, that falls short.

    `has` and `missing`: its quantity and what it lacks, in the measure's unit. `name`: that of the
    record; empty where the area itself falls short.
    """

    area: Area
    has: Decimal
    missing: Decimal
    name: str = ""

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name of who falls short."""
        return self.name or str(self.area)


def nearest_names(short: Sequence[Shortfall], needed: int) -> str:
    """The names of the nearest of those that are needed, with 等 where there are more; "" for none."""
    named = short[: min(needed, _NAMED)]
    names = "、".join(each.label for each in named)
    return f"{names}等" if named and needed > len(named) else names


def all_shortfalls(
    coverages: Sequence[tuple[Indicator, int]], root: str, day: datetime.date
) -> dict[str, list[Shortfall]]:
    """By indicator code, the counted areas below `root` that fall short, the nearest first.

    `coverages`: indicators of one plan, each with its threshold; their series are read at once.
    """
    levels = {indicator.level or 5 for indicator, _ in coverages}
    areas = Area.objects.within(root).existing_on(day).filter(level__in=levels, is_counted=True)
    places = {area.code: area for area in areas}
    if not places:
        return {indicator.code: [] for indicator, _ in coverages}
    keys = {SeriesKey("measure", indicator.measure) for indicator, _ in coverages}
    seen = view(list(places), day, TreeContext(root), keys, years=1)
    return {
        indicator.code: _short(indicator, places.values(), seen, at_least)
        for indicator, at_least in coverages
    }


def _short(
    indicator: Indicator, areas: Iterable[Area], seen: SeriesView, at_least: int
) -> list[Shortfall]:
    found = []
    for area in areas:
        if area.level != (indicator.level or 5) or (indicator.is_urban_only and not area.is_urban):
            continue
        has = _quantity_at(indicator, area.code, seen)
        if has < at_least:
            found.append(Shortfall(area, has, at_least - has))
    return sorted(found, key=lambda item: (item.missing, item.area.code))


def _quantity_at(indicator: Indicator, code: str, seen: SeriesView) -> Decimal:
    """An area's quantity of the measure: a stock as of the day, a flow since January."""
    measure, key = MEASURES[indicator.measure], SeriesKey("measure", indicator.measure)
    year = seen.day.year
    count = seen.at(code, key) if measure.is_stock else seen.year_to_date(code, key, year)
    return Decimal(count) / (100 if counts_money(indicator) else 1)
