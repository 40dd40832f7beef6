"""当年累计: how much has occurred since 1 January."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import ClassVar

from typing_extensions import override

from indicators.rules.sums import FlowSum


class Year(FlowSum):
    """The flow of the calendar year up to the day; it starts again from zero each January."""

    code: ClassVar[str] = "year"
    label: ClassVar[str] = "当年累计"

    @override
    def counted_from(self, day: datetime.date) -> datetime.date:
        return day.replace(month=1, day=1)

    @override
    def began_on(self, day: datetime.date) -> datetime.date:
        return self.counted_from(day)

    @override
    def in_season(self, value: Decimal, whole: Decimal, by_then: Decimal) -> Decimal:
        return value * whole / by_then

    @property
    @override
    def text(self) -> str:
        return f"当年1月1日起{self.measure_name}的累计"
