"""覆盖: how many areas of a level reach a threshold, as a number or as a ratio."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from typing import ClassVar

import numpy as np
from django.db.models import Q
from typing_extensions import override

from areas.codes import cut_to
from areas.models import Area
from indicators.measures import AREA_MEASURES, MEASURES
from indicators.models import Covers, Target, Within
from indicators.rules.answers.contributions import (
    Contribution,
    CountingScope,
    opening_balances,
    records_between,
)
from indicators.rules.answers.figure import Figure
from indicators.rules.answers.shortfalls import Shortfall, all_shortfalls, nearest_names
from indicators.rules.answers.values import counts_money, plain, threshold_text
from indicators.rules.base import Fault, Option, Rule
from indicators.store.engine import SeriesKey
from indicators.store.facts import (
    HUNDREDTHS,
    FactQuery,
    Facts,
    FactsOfDay,
    flow_queries,
    stock_queries,
)
from indicators.store.series_view import SeriesView


class Coverage(Rule):
    """The counted areas of a level that have at least `at_least` of a measure.

    The numerator counts them; with `is_ratio` the denominator is the number of all counted areas.
    """

    code: ClassVar[str] = "coverage"
    label: ClassVar[str] = "覆盖"
    options: ClassVar[tuple[Option, ...]] = (
        Option("level", "只用于覆盖", is_area_level=True),
        Option("at_least", "只用于覆盖；金额以元计"),
        Option("is_urban_only", "只用于覆盖", key="urban_only"),
        Option("is_ratio", "只用于覆盖：达到的地区占纳入考核地区之比，否则为个数", key="share"),
        Option("within", "只用于覆盖：时点数选“截至当日”，发生数选“当年”"),
    )
    takes_stocks: ClassVar[bool] = True
    takes_flows: ClassVar[bool] = True
    has_threshold: ClassVar[bool] = True
    names_short: ClassVar[bool] = True

    @property
    def _level(self) -> int:
        return self.indicator.level or 5

    @property
    def _areas_key(self) -> SeriesKey:
        """The series of all counted areas of the level."""
        return SeriesKey("measure", AREA_MEASURES[self._level, self.indicator.is_urban_only])

    def _reached_key(self, at_least: int) -> SeriesKey:
        """The series of the areas that reach the threshold (money in yuan)."""
        units = at_least * (100 if counts_money(self.indicator) else 1)  # yuan → fen
        indicator, areas = self.indicator, self._areas_key.measure
        return SeriesKey("coverage", indicator.measure, indicator.within, areas, units)

    @property
    def _thresholds(self) -> set[int]:
        """Its own threshold, and those of its targets."""
        others = {target.at_least for target in self.indicator.targets.all() if target.at_least}
        return {self.indicator.at_least, *others}

    @override
    def series_keys(self, at_least: int | None = None) -> list[SeriesKey]:
        return [self._reached_key(at_least or self.indicator.at_least), self._areas_key]

    @override
    def all_series_keys(self) -> set[SeriesKey]:
        return {key for at_least in self._thresholds for key in self.series_keys(at_least)}

    @override
    def stored_series_keys(self) -> set[SeriesKey]:
        reached = {self._reached_key(at_least) for at_least in self._thresholds}
        is_narrowed = self.measure is not None and self.measure.wide
        return reached | {self.measure_key} if is_narrowed else reached

    @override
    def figure(
        self, code: str, now: SeriesView, before: SeriesView, at_least: int | None = None
    ) -> Figure:
        key = self._reached_key(at_least or self.indicator.at_least)
        reached = Decimal(now.at(code, key))
        if not self.indicator.is_ratio:
            return Figure(reached, Decimal(1))
        return Figure(reached, Decimal(now.at(code, self._areas_key)))

    @property
    @override
    def has_denominator(self) -> bool:
        return self.indicator.is_ratio

    @override
    def began_on(self, day: datetime.date) -> datetime.date | None:
        is_yearly = self.indicator.within == Within.YEAR
        return day.replace(month=1, day=1) if is_yearly else None

    @override
    def base(self, code: str, now: SeriesView, column: int, at_least: int) -> Decimal:
        reached = Decimal(now.at(code, self._reached_key(at_least), column))
        if not self.indicator.is_ratio:
            return reached
        total = now.at(code, self._areas_key, column)
        return reached / total if total else Decimal(0)

    @property
    @override
    def ceiling(self) -> Decimal | None:
        return Decimal(1) if self.indicator.is_ratio else None

    @property
    @override
    def gives_ratio(self) -> bool:
        return self.indicator.is_ratio

    @property
    @override
    def ratio_field(self) -> str:
        return "is_ratio"

    @override
    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if (self.indicator.level, self.indicator.is_urban_only) not in AREA_MEASURES:
            message = "覆盖层级应为3（区县）、4（乡镇街道）或5（村社区），“仅城镇社区”只用于5"
            yield Fault("level", message)
        is_stock = self.measure is not None and self.measure.is_stock
        if (self.indicator.within == Within.STOCK) != is_stock:
            yield Fault("within", "时点数的覆盖按“截至当日”计，发生数的覆盖按“当年”计")

    @property
    @override
    def text(self) -> str:
        indicator, areas = self.indicator, self.areas_word
        least = threshold_text(indicator, indicator.at_least)
        when = Within(indicator.within).label
        reached = f"{when}{self.measure_name}不少于{least}的{areas}"
        return f"{reached}占纳入考核的{areas}之比" if indicator.is_ratio else f"{reached}的个数"

    @property
    @override
    def areas_word(self) -> str:
        if self.indicator.is_urban_only:
            return "城镇社区"
        return self.indicator.plan.label_of(self._level)

    @override
    def parts(self, figure: Figure, at_least: int) -> list[tuple[str, str]]:
        least, areas = threshold_text(self.indicator, at_least), self.areas_word
        reached = (f"不少于{least}的{areas}", plain(figure.numerator, 0) or "0")
        asked = (f"纳入考核的{areas}", plain(figure.denominator, 0) or "0")
        return [reached, asked] if self.indicator.is_ratio else [reached]

    @override
    def closing(
        self, figure: Figure, target: Target, gap: Decimal, short: Sequence[Shortfall]
    ) -> str:
        """How many more areas must reach the threshold, and which of them are nearest to it."""
        total = figure.denominator if self.indicator.is_ratio else Decimal(1)
        needed = int((target.value * total - figure.numerator).to_integral_value(ROUND_CEILING))
        if not (names := nearest_names(short, needed)):
            return ""
        return f"再有{needed}个{self.areas_word}达标即可完成目标；最接近达标的是：{names}。"

    @override
    def shortfalls(self, root: str, day: datetime.date, at_least: int) -> list[Shortfall]:
        return all_shortfalls([(self.indicator, at_least)], root, day)[self.indicator.code]

    @override
    def number_short(self, code: str, now: SeriesView, at_least: int) -> int:
        return now.at(code, self._areas_key) - now.at(code, self._reached_key(at_least))

    @override
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        """The records of the areas that reach the threshold."""
        asked = self._areas_asked(scope)
        for code, items in self._by_area(scope).items():
            if code in asked and sum(item.quantity for item in items) >= at_least:
                yield from items

    @override
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        measure = MEASURES[self.indicator.measure]
        if measure.is_stock:
            return stock_queries(measure.code, day)
        return flow_queries(measure.code, day.replace(month=1, day=1), day)

    @override
    def has_records_at(self, level: int) -> bool:
        """Whether `level` is the counted level or above it; areas below have no own figure."""
        return level <= self._level

    @override
    def counted_facts(
        self, rows: Facts, facts: FactsOfDay, asked: Sequence[Area], at_least: int
    ) -> Facts:
        """The rows of the areas that reach the threshold."""
        wanted = {area.code for area in asked if self._asks(area)}
        codes, places = facts.by_area(rows, self._level)
        sums = np.zeros(len(codes), dtype=np.int64)
        np.add.at(sums, places, rows["quantity"])
        is_wanted = np.array([code in wanted for code in codes], dtype=np.bool_)
        return rows[(is_wanted & (sums >= at_least * HUNDREDTHS))[places]]

    def _asks(self, area: Area) -> bool:
        is_counted = area.level == self._level and area.is_counted
        return is_counted and (area.is_urban or not self.indicator.is_urban_only)

    def _areas_asked(self, scope: CountingScope) -> set[str]:
        rows = Area.objects.within(scope.root).existing_on(scope.day)
        rows = rows.filter(level=self._level, is_counted=True)
        if self.indicator.is_urban_only:
            rows = rows.filter(is_urban=True)
        return set(rows.values_list("code", flat=True))

    def _by_area(self, scope: CountingScope) -> dict[str, list[Contribution]]:
        """By area of the level, all records that count for it."""
        measure, new_year = MEASURES[self.indicator.measure], scope.day.replace(month=1, day=1)
        when = Q(covers=Covers.ALL if measure.is_stock else Covers.YEAR, as_of__lte=scope.day)
        if not measure.is_stock:
            when &= Q(as_of__gte=new_year)
        found = [*records_between(measure, scope, new_year, scope.day)]
        found += opening_balances(measure, scope, when)
        homes = scope.homes({item.area_code for item in found})
        by_area: dict[str, list[Contribution]] = defaultdict(list)
        for item in found:
            by_area[cut_to(homes[item.area_code], self._level)].append(item)
        return by_area
