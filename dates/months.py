"""Months as running numbers: `year * 12 + month - 1`, so that months are added like numbers."""

from __future__ import annotations

import calendar
import datetime

Day = datetime.date


def month_number(day: Day) -> int:
    """The running number of the day's month."""
    return day.year * 12 + day.month - 1


def day_in_month(month: int, day: int) -> Day:
    """Day 1–31 of a month by its running number; the month's last day where the month is shorter."""
    year, index = divmod(month, 12)
    return Day(year, index + 1, min(day, calendar.monthrange(year, index + 1)[1]))


def end_of_month(month: int) -> Day:
    """The last day of a month by its running number."""
    return day_in_month(month, 31)


def month_end(day: Day) -> Day:
    """The last day of the month that a day lies in."""
    return end_of_month(month_number(day))


def year_before(day: Day) -> Day:
    """The same day one year earlier; 28 February for 29 February."""
    return day_in_month(month_number(day) - 12, day.day)
