"""方案期累计: how much has occurred since the plan began, with the opening balances of earlier years."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import ClassVar

from django.db.models import Q
from typing_extensions import override

from dates.text import month_text
from indicators.measures import MEASURES
from indicators.models import Covers
from indicators.rules.answers.contributions import Contribution, CountingScope, opening_balances
from indicators.rules.base import Fault
from indicators.rules.sums import FlowSum
from indicators.store.engine import SeriesKey
from indicators.store.facts import FactQuery, balances_of_all_years
from indicators.store.series_view import SeriesView


class Cumulative(FlowSum):
    """The flow since the plan's first month plus the opening balances of all years (历年累计)."""

    code: ClassVar[str] = "cumulative"
    label: ClassVar[str] = "方案期累计"

    @property
    def _opening_key(self) -> SeriesKey:
        return SeriesKey("opening", self.indicator.measure)

    @override
    def series_keys(self, at_least: int | None = None) -> list[SeriesKey]:
        return [self.measure_key, self._opening_key]

    @override
    def counted_from(self, day: datetime.date) -> datetime.date:
        return self.indicator.plan.starts_on.replace(day=1)

    @override
    def number(self, code: str, now: SeriesView) -> int:
        return super().number(code, now) + now.at(code, self._opening_key)

    @override
    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        if self.indicator.plan.starts_on.day != 1:
            yield Fault("counting", "按方案期累计的方案，起算日期应为某月1日")

    @property
    @override
    def text(self) -> str:
        start = self.indicator.plan.starts_on
        return f"{month_text(start)}起{self.measure_name}的累计，含以前年度的期初数"

    @override
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        yield from super().contributions(scope, at_least)
        of_all_years = Q(covers=Covers.ALL, as_of__lte=scope.day)
        yield from opening_balances(MEASURES[self.indicator.measure], scope, of_all_years)

    @override
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        balances = balances_of_all_years(self.indicator.measure, day)
        return [*super().fact_queries(day), balances]
