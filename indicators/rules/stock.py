"""时点数: how many there are as of the day."""

from __future__ import annotations

import datetime
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
from indicators.rules.answers.values import scale_of
from indicators.rules.sums import MeasureSum
from indicators.store.facts import FactQuery, stock_queries
from indicators.store.series_view import SeriesView


class Stock(MeasureSum):
    """What exists on the day, with the opening balances of all years."""

    code: ClassVar[str] = "stock"
    label: ClassVar[str] = "时点数"
    takes_stocks: ClassVar[bool] = True

    @override
    def number(self, code: str, now: SeriesView) -> int:
        return now.at(code, self.measure_key)

    @override
    def base(self, code: str, now: SeriesView, column: int, at_least: int) -> Decimal:
        return Decimal(now.at(code, self.measure_key, column)) / scale_of(self.indicator)

    @property
    @override
    def text(self) -> str:
        return f"截至当日的{self.measure_name}数"

    @override
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        measure = MEASURES[self.indicator.measure]
        yield from records_between(measure, scope, scope.day, scope.day)
        of_all_years = Q(covers=Covers.ALL, as_of__lte=scope.day)
        yield from opening_balances(measure, scope, of_all_years)

    @override
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        return stock_queries(self.indicator.measure, day)
