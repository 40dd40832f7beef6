"""Dates as Chinese text."""

from __future__ import annotations

import datetime


def day_text(day: datetime.date) -> str:
    """A day without leading zeros: 2026年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def month_text(day: datetime.date) -> str:
    """The month that a day lies in: 2026年6月."""
    return f"{day.year}年{day.month}月"
