"""How often something falls due: each recurrence lists its periods between two days.

A new recurrence is one frozen dataclass with a `periods` method; `Schedule` takes it unchanged.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

from typing_extensions import override

from dates.months import Day, day_in_month, end_of_month, month_number

_ONE_DAY = datetime.timedelta(days=1)
_LENGTHS = (1, 3, 6, 12)


class Period(NamedTuple):
    """The days that one report or duty is about (both ends included), and the day it is due by."""

    first: Day
    last: Day
    due_on: Day


class Recurrence(ABC):
    """Base class: a rule that says which days are due days, without a beginning or an end."""

    @abstractmethod
    def periods(self, first: Day, last: Day) -> Iterator[Period]:
        """The periods whose due day lies from `first` to `last`, both included, earliest first."""

    def is_due(self, day: Day) -> bool:
        """Whether the day is a due day."""
        return next(self.periods(day, day), None) is not None


class MonthDay(NamedTuple):
    """A day of every year, such as 30 June."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `06-30`; ValueError where the text is no day of a year."""
        day = Day.fromisoformat(f"2024-{text}")  # a leap year, so that 02-29 can be read
        if f"{day:%m-%d}" != text:
            raise ValueError(f"not written as MM-DD: {text}")
        return cls(day.month, day.day)

    def in_year(self, year: int) -> Day:
        """The day in one year; 28 February for 29 February in a common year."""
        return day_in_month(year * 12 + self.month - 1, self.day)


@dataclass(frozen=True)
class DaysOfYear(Recurrence):
    """Fixed days of every year, such as 30 June and 30 November (云南 通知: 每年6月底、11月底前).

    A period ends on its due day and begins the day after the due day before. No days: never due.
    """

    days: tuple[MonthDay, ...]

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Self:
        """Read `["06-30", "11-30"]`; ValueError where a text is no day of a year."""
        return cls(tuple(MonthDay.parse(text) for text in texts))

    @override
    def periods(self, first: Day, last: Day) -> Iterator[Period]:
        if not self.days:
            return
        before = max(day for day in self._from_year(first.year - 1, first.year) if day < first)
        for due_on in self._from_year(first.year, last.year):
            if first <= due_on <= last:
                yield Period(before + _ONE_DAY, due_on, due_on)
                before = due_on

    def _from_year(self, first: int, last: int) -> Iterator[Day]:
        for year in range(first, last + 1):
            yield from sorted({day.in_year(year) for day in self.days})


@dataclass(frozen=True)
class CalendarPeriods(Recurrence):
    """Every month, quarter, half-year or year of the calendar, due on one day of one month.

    `length`: months in a period: 1, 3, 6 or 12. `due_month`: the month of the due day, counted from
    the period's last month: 0 is that month, 3 is March of the year after (a year's audit by
    31 March), -1 the month before. `due_day`: 1–31; the month's last day where it is shorter.
    """

    length: int
    due_month: int = 0
    due_day: int = 31

    def __post_init__(self) -> None:
        """Raise ValueError where the length does not divide a year, or the due day is not 1–31."""
        if self.length not in _LENGTHS or not 1 <= self.due_day <= 31:
            raise ValueError(f"no calendar period: {self}")

    @override
    def periods(self, first: Day, last: Day) -> Iterator[Period]:
        for month in range(month_number(first), month_number(last) + 1):
            due_on, end = day_in_month(month, self.due_day), month - self.due_month
            if (end + 1) % self.length == 0 and first <= due_on <= last:
                start = day_in_month(end - self.length + 1, 1)
                yield Period(start, end_of_month(end), due_on)


@dataclass(frozen=True)
class Once(Recurrence):
    """One due day, about the days from `first` to it."""

    first: Day
    due_on: Day

    @override
    def periods(self, first: Day, last: Day) -> Iterator[Period]:
        if first <= self.due_on <= last:
            yield Period(self.first, self.due_on, self.due_on)


def monthly(due_day: int = 31) -> CalendarPeriods:
    """Every calendar month, due on a day of it."""
    return CalendarPeriods(1, due_day=due_day)


def quarterly(due_month: int = 0, due_day: int = 31) -> CalendarPeriods:
    """Every calendar quarter; by default due on its last day."""
    return CalendarPeriods(3, due_month, due_day)


def half_yearly(due_month: int = 0, due_day: int = 31) -> CalendarPeriods:
    """Every half of a calendar year; by default due on its last day."""
    return CalendarPeriods(6, due_month, due_day)


def yearly(due: MonthDay, *, is_for_year_before: bool = False) -> CalendarPeriods:
    """Every calendar year, due on a day of that year, or of the year after it."""
    return CalendarPeriods(12, due.month - (0 if is_for_year_before else 12), due.day)
