"""Weekends and the public holidays that the State Council (国务院) arranges year by year."""

from __future__ import annotations

import datetime

import chinese_calendar

_SATURDAY = 5


def day_off(day: datetime.date) -> str:
    """Why nobody works on a day: `周末`, `春节假期`; empty on a working day.

    A year whose holidays are not arranged yet has weekends only.
    """
    try:
        is_off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # no arrangement for that year in the installed library
        return "周末" if day.weekday() >= _SATURDAY else ""
    if not is_off:
        return ""
    names = {each.value: each.chinese for each in chinese_calendar.Holiday}
    return f"{names.get(holiday, '')}假期" if holiday else "周末"
