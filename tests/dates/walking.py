"""Calendars counted one day after another: slow, and without any arithmetic of months."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import groupby

from hypothesis import settings

from dates.recurrence import CalendarPeriods, DaysOfYear, Once, Period, Recurrence

Day = datetime.date
_ONE_DAY = datetime.timedelta(days=1)
#: The longest time between a period and its due day; the walk is extended by it at both ends.
_MARGIN = datetime.timedelta(days=850)

#: Hypothesis draws the same examples in every run, and a slow machine does not fail a test.
steady = settings(deadline=None, derandomize=True)


def following(day: Day) -> Day:
    return day + _ONE_DAY


def is_last_of_month(day: Day) -> bool:
    return following(day).month != day.month


def walk(first: Day, last: Day) -> Iterator[Day]:
    """Every day from the first to the last."""
    while first <= last:
        yield first
        first = following(first)


def walked(recurrence: Recurrence, first: Day, last: Day) -> list[Period]:
    """The periods due from the first to the last day, found by looking at every day."""
    if isinstance(recurrence, Once):
        due = [Period(recurrence.first, recurrence.due_on, recurrence.due_on)]
    elif isinstance(recurrence, DaysOfYear):
        due = _between_due_days(recurrence, first - _MARGIN, last)
    else:
        assert isinstance(recurrence, CalendarPeriods)
        due = _of_the_calendar(recurrence, first - _MARGIN, last + _MARGIN)
    return [period for period in due if first <= period.due_on <= last]


def _between_due_days(recurrence: DaysOfYear, first: Day, last: Day) -> list[Period]:
    found: list[Period] = []
    before = first
    for day in walk(first, last):
        if any(_meets(day, each.month, each.day) for each in recurrence.days):
            found.append(Period(following(before), day, day))
            before = day
    return found


def _meets(day: Day, month: int, number: int) -> bool:
    """Whether the day is this day of this month, or the last day of a month without that day."""
    is_instead = is_last_of_month(day) and day.day < number
    return day.month == month and (day.day == number or is_instead)


def _of_the_calendar(recurrence: CalendarPeriods, first: Day, last: Day) -> list[Period]:
    months = [list(days) for _, days in groupby(walk(first, last), lambda d: (d.year, d.month))]
    due = [next(d for d in days if d.day == recurrence.due_day or d is days[-1]) for days in months]
    found = []
    for index, days in enumerate(months):
        start, at = index - recurrence.length + 1, index + recurrence.due_month
        ends_a_period = days[0].month % recurrence.length == 0
        if ends_a_period and start >= 0 and 0 <= at < len(months):
            found.append(Period(months[start][0], days[-1], due[at]))
    return found
