"""The straight line that leads to a target: the value expected by a day (时序应达)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from indicators.models import Target


@dataclass(frozen=True)
class Line:
    """A straight line to a target: it begins at the end of the day `start` with the value `base`."""

    start: datetime.date
    base: Decimal

    def expected(self, day: datetime.date, target: Target) -> Decimal:
        """The value that the line has on `day`; never more than the target's."""
        passed = self._part_passed(day, target.due_on)
        return min(self.base + (target.value - self.base) * passed, target.value)

    def projected(self, day: datetime.date, target: Target, value: Decimal) -> Decimal | None:
        """The value on the due day if it grows on as up to `day`; None before the line begins."""
        passed = self._part_passed(day, target.due_on)
        return self.base + (value - self.base) / passed if passed else None

    def _part_passed(self, day: datetime.date, due_on: datetime.date) -> Decimal:
        """The part of the time to the due day that has passed, from 0 to 1."""
        total, passed = (due_on - self.start).days, (day - self.start).days
        return min(max(Decimal(passed) / Decimal(total), Decimal(0)), Decimal(1))
