"""比上年增长: by how much the flow of this year differs from that of last year."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import ClassVar

from typing_extensions import override

from dates.months import year_before
from indicators.models import Against, Target
from indicators.rules.answers.contributions import Contribution, CountingScope
from indicators.rules.answers.figure import Figure
from indicators.rules.answers.line import Line
from indicators.rules.answers.shortfalls import Shortfall
from indicators.rules.answers.values import plain, quantity_text, scale_of
from indicators.rules.base import Option, Rule
from indicators.rules.sums import flow_between
from indicators.store.engine import SeriesKey, month_of
from indicators.store.facts import FactQuery, flow_queries
from indicators.store.series_view import SeriesView


class Growth(Rule):
    """The increase (numerator) by last year's flow up to the same day, or of the whole year.

    Where last year's flow is zero there is no data. A fall to zero is -1, the lowest value.
    """

    code: ClassVar[str] = "growth"
    label: ClassVar[str] = "比上年增长"
    options: ClassVar[tuple[Option, ...]] = (Option("against", "只用于比上年增长"),)
    takes_flows: ClassVar[bool] = True
    reads_last_year: ClassVar[bool] = True
    is_comparison: ClassVar[bool] = True
    has_steady_pace: ClassVar[bool] = False
    floor: ClassVar[Decimal] = Decimal(-1)

    @property
    def _is_against_same_day(self) -> bool:
        return self.indicator.against == Against.SAME_DAY

    @override
    def series_keys(self, at_least: int | None = None) -> list[SeriesKey]:
        return [self.measure_key]

    @override
    def figure(
        self, code: str, now: SeriesView, before: SeriesView, at_least: int | None = None
    ) -> Figure:
        key, year, scale = self.measure_key, now.day.year, scale_of(self.indicator)
        current = now.year_to_date(code, key, year)
        if self._is_against_same_day:
            last = before.year_to_date(code, key, year - 1)
        else:
            last = now.sum(code, key, month_of(year - 1, 1), month_of(year - 1, 12))
        return Figure(Decimal(current - last) / scale, Decimal(last) / scale)

    @property
    @override
    def has_denominator(self) -> bool:
        return True

    @override
    def began_on(self, day: datetime.date) -> datetime.date:
        return day.replace(month=1, day=1)

    @override
    def line(
        self,
        code: str,
        now: SeriesView,
        targets: Sequence[Target],
        target: Target,
        at_least: int,
    ) -> Line:
        """A level line at the target where the same days are compared; else a line up from -1."""
        new_year_eve = datetime.date(target.due_on.year - 1, 12, 31)
        return Line(new_year_eve, target.value if self._is_against_same_day else self.floor)

    @property
    @override
    def gives_ratio(self) -> bool:
        return True

    @property
    @override
    def has_run_rate(self) -> bool:
        """False where the same days are compared: the value has no part that is still to come."""
        return not self._is_against_same_day

    @property
    @override
    def text(self) -> str:
        against = Against(self.indicator.against).label
        return f"当年{self.measure_name}的累计比{against}的增长"

    @override
    def parts(self, figure: Figure, at_least: int) -> list[tuple[str, str]]:
        return [
            ("本年比上年增加", quantity_text(self.indicator, figure.numerator)),
            ("上年数", quantity_text(self.indicator, figure.denominator)),
        ]

    @override
    def closing(
        self, figure: Figure, target: Target, gap: Decimal, short: Sequence[Shortfall]
    ) -> str:
        needed = quantity_text(self.indicator, gap * figure.denominator)
        return f"再增加{needed}（上年数的{plain(gap * 100, 2)}%）即可完成目标。"

    @override
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        for first, last in self._periods(scope.day):
            yield from flow_between(self, scope, first, last)

    @override
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        periods = self._periods(day)
        return [q for period in periods for q in flow_queries(self.indicator.measure, *period)]

    def _periods(self, day: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
        """The first and last days of what is compared: last year's part, then this year's."""
        last = year_before(day)
        if not self._is_against_same_day:
            last = last.replace(month=12, day=31)
        return [(last.replace(month=1, day=1), last), (day.replace(month=1, day=1), day)]
