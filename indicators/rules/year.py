"""当年累计: how much has occurred since 1 January."""

from __future__ import annotations

import datetime
from typing import ClassVar

from typing_extensions import override

from indicators.rules.sums import RestartingSum


class Year(RestartingSum):
    """The flow of the calendar year up to the day; it starts again from zero each January."""

    code: ClassVar[str] = "year"
    label: ClassVar[str] = "当年累计"

    @override
    def counted_from(self, day: datetime.date) -> datetime.date:
        return day.replace(month=1, day=1)

    @property
    @override
    def text(self) -> str:
        return f"当年1月1日起{self.measure_name}的累计"
