"""周期内: how much has occurred in the quarter, half-year or year in which the day lies."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from dates.months import day_in_month, end_of_month, month_number, year_before
from indicators.models import CountedPeriod, Target
from indicators.rules.base import Option
from indicators.rules.sums import RestartingSum

_MONTHS = {CountedPeriod.QUARTER: 3, CountedPeriod.HALF_YEAR: 6, CountedPeriod.YEAR: 12}


class InPeriod(RestartingSum):
    """The flow of the calendar period (`Indicator.period`) up to the day.

    It starts again from zero with each period, and only a target that falls due within the period
    of the day is compared with it.
    """

    code: ClassVar[str] = "period"
    label: ClassVar[str] = "周期内"
    options: ClassVar[tuple[Option, ...]] = (
        Option("period", "只用于周期内：当日所在的季度、半年或年度，每期从零开始"),
    )

    @property
    def _period(self) -> CountedPeriod:
        return CountedPeriod(self.indicator.period)

    @override
    def counted_from(self, day: datetime.date) -> datetime.date:
        number, months = month_number(day), _MONTHS[self._period]
        return day_in_month(number - number % months, 1)

    def _counted_to(self, day: datetime.date) -> datetime.date:
        """The last day of the period in which `day` lies."""
        return end_of_month(month_number(self.counted_from(day)) + _MONTHS[self._period] - 1)

    @override
    def due_target(self, targets: Sequence[Target], year: int, day: datetime.date) -> Target | None:
        if year == day.year:
            first, last = self.counted_from(day), self._counted_to(day)
            targets = [target for target in targets if first <= target.due_on <= last]
        return super().due_target(targets, year, day)

    @override
    def season_end(self, day: datetime.date, target: Target) -> datetime.date | None:
        end = self._counted_to(day)
        return year_before(end) if day <= target.due_on <= end else None

    @override
    def fingerprint(self, at_least: int) -> str:
        return f"{super().fingerprint(at_least)}|{self.indicator.period}"

    @property
    @override
    def text(self) -> str:
        return f"当日所在{self._period.label}内{self.measure_name}的累计"
