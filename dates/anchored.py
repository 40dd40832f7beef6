"""Due days that depend on a date of a record, and the names of periods."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from dates.days_off import day_off
from dates.months import Day, day_in_month, end_of_month, month_number
from dates.recurrence import Period, Recurrence
from dates.text import day_text, month_text

_ONE_DAY = datetime.timedelta(days=1)
_YEAR = 12


class Unit(StrEnum):
    """What a distance between two days is counted in; the value is the key of plan files."""

    DAYS = "days"
    WORKDAYS = "workdays"
    MONTHS = "months"

    @property
    def label(self) -> str:
        """The unit in Chinese: 工作日."""
        return {"days": "天", "workdays": "个工作日", "months": "个月"}[self.value]


def shifted(day: Day, number: int, unit: Unit) -> Day:
    """The day `number` days, working days or months after a day (negative: before it).

    Months keep the day of the month, or take the month's last day. OverflowError beyond the
    calendar's end.
    """
    if unit == Unit.MONTHS:
        return day_in_month(month_number(day) + number, day.day)
    if unit == Unit.DAYS:
        return day + datetime.timedelta(days=number)
    step, left = (_ONE_DAY if number > 0 else -_ONE_DAY), abs(number)
    while left:
        day += step
        left -= not day_off(day)
    return day


@dataclass(frozen=True)
class Shifted(Recurrence):
    """Due once, `number` units after the day `anchor`; negative: before it.

    The period begins on the anchor; of something that is due before it, a year before the due day; of
    something that is due on it, such as an answer by its own due day, on the day `since`.
    """

    anchor: Day
    number: int
    unit: Unit
    since: Day | None = None

    @override
    def periods(self, first: Day, last: Day) -> Iterator[Period]:
        due_on = shifted(self.anchor, self.number, self.unit)
        if first <= due_on <= last:
            yield Period(self._start(due_on), due_on, due_on)

    def _start(self, due_on: Day) -> Day:
        if due_on < self.anchor:
            return shifted(due_on, -_YEAR, Unit.MONTHS)
        if self.number == 0 and self.since is not None:
            return min(self.since, self.anchor)
        return self.anchor


@dataclass(frozen=True)
class WhileRunning(Recurrence):
    """Every `months` months from `starts_on` on, as long as something runs.

    A period that is not over when it ends (`ends_on`, its last day; None: it has no end) is not due.
    With `longer_than`, only what runs for more than so many months is due at all. `due_days`: days
    from a period's last day to the day it is due by.
    """

    starts_on: Day
    ends_on: Day | None
    months: int
    longer_than: int = 0
    due_days: int = 0

    @override
    def periods(self, first: Day, last: Day) -> Iterator[Period]:
        ends_on = self.ends_on or Day.max
        if ends_on < shifted(self.starts_on, self.longer_than, Unit.MONTHS):
            return
        start, number = self.starts_on, 0
        while True:
            number += 1
            after = shifted(self.starts_on, number * self.months, Unit.MONTHS)
            end = after - _ONE_DAY
            due_on = end + datetime.timedelta(days=self.due_days)
            if due_on > last or end > ends_on:
                return
            if due_on >= first:
                yield Period(start, end, due_on)
            start = after


# --- names of periods -------------------------------------------------------------------------


def period_code(first: Day, last: Day) -> str:
    """A calendar period as records name it: 2025, 2025-H1, 2025-Q1, 2025-03; else its first day."""
    months = _whole_months(first, last)
    if months == _YEAR:
        return f"{first.year}"
    if months == 6:
        return f"{first.year}-H{(first.month + 5) // 6}"
    if months == 3:
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return f"{first:%Y-%m}" if months == 1 else first.isoformat()


def period_text(first: Day, last: Day) -> str:
    """A period in Chinese: 2025年度, 2025年上半年, 2025年第1季度, 2025年3月, or its two days."""
    months = _whole_months(first, last)
    if months == _YEAR:
        return f"{first.year}年度"
    if months == 6:
        return f"{first.year}年{'上' if first.month == 1 else '下'}半年"
    if months == 3:
        return f"{first.year}年第{(first.month + 2) // 3}季度"
    return month_text(first) if months == 1 else f"{day_text(first)}至{day_text(last)}"


def _whole_months(first: Day, last: Day) -> int:
    """The length of a calendar period in months: 1, 3, 6 or 12; 0 for any other days."""
    months = month_number(last) - month_number(first) + 1
    is_whole = first.day == 1 and last == end_of_month(month_number(last))
    fits = months in (1, 3, 6, _YEAR) and month_number(first) % months == 0
    return months if is_whole and fits else 0
