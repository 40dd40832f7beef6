"""Rules whose figure is the sum of one measure: a stock as of a day, or a flow since a first day."""

from __future__ import annotations

import datetime
from abc import abstractmethod
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from django.db.models import Q
from typing_extensions import override

from indicators.measures import MEASURES
from indicators.models import Covers
from indicators.rules.answers.contributions import (
    Contribution,
    CountingScope,
    opening_balances,
    records_between,
)
from indicators.rules.answers.figure import Figure
from indicators.rules.answers.values import amount_text, counts_money, scale_of
from indicators.rules.base import Rule
from indicators.store.engine import SeriesKey, month_of
from indicators.store.facts import FactQuery, flow_queries
from indicators.store.series_view import SeriesView


class MeasureSum(Rule):
    """A number of one measure, in the indicator's unit."""

    @abstractmethod
    def number(self, code: str, now: SeriesView) -> int:
        """The sum in the engine's integers (money in fen)."""

    @override
    def series_keys(self, at_least: int | None = None) -> list[SeriesKey]:
        return [self.measure_key]

    @override
    def figure(
        self, code: str, now: SeriesView, before: SeriesView, at_least: int | None = None
    ) -> Figure:
        return Figure(Decimal(self.number(code, now)) / scale_of(self.indicator), Decimal(1))

    @property
    @override
    def gives_money(self) -> bool:
        return counts_money(self.indicator)

    @override
    def parts(self, figure: Figure, at_least: int) -> list[tuple[str, str]]:
        return [("合计", amount_text(self.indicator, figure.numerator))]


class FlowSum(MeasureSum):
    """What has occurred since a first day that follows from the day of the figure."""

    takes_flows: ClassVar[bool] = True

    @abstractmethod
    def counted_from(self, day: datetime.date) -> datetime.date:
        """The first day that the figure of `day` counts: the first of a month."""

    @override
    def number(self, code: str, now: SeriesView) -> int:
        first = self.counted_from(now.day)
        return now.sum(code, self.measure_key, month_of(first.year, first.month), now.span.last)

    @override
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        yield from flow_between(self, scope, self.counted_from(scope.day), scope.day)

    @override
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        return flow_queries(self.indicator.measure, self.counted_from(day), day)


class RestartingSum(FlowSum):
    """A flow that starts again from zero with every period."""

    @override
    def began_on(self, day: datetime.date) -> datetime.date:
        return self.counted_from(day)

    @override
    def in_season(self, value: Decimal, whole: Decimal, by_then: Decimal) -> Decimal:
        return value * whole / by_then


def flow_between(
    rule: Rule, scope: CountingScope, first: datetime.date, last: datetime.date
) -> Iterator[Contribution]:
    """The records of a flow between two days, and the opening balances of a year (本年累计) then."""
    measure = MEASURES[rule.indicator.measure]
    yield from records_between(measure, scope, first, last)
    of_a_year = Q(covers=Covers.YEAR, as_of__range=(first, last))
    yield from opening_balances(measure, scope, of_a_year)
