"""Weekends, holidays, and the working weekend days that compensate for holidays (调休)."""

from __future__ import annotations

import datetime

import pytest

from dates.days_off import day_off

pytestmark = pytest.mark.once
Day = datetime.date


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (Day(2026, 6, 30), ""),
        (Day(2025, 11, 30), "周末"),
        (Day(2026, 10, 1), "国庆节假期"),
        (Day(2026, 10, 10), ""),  # a Saturday on which all work
        (Day(2044, 6, 26), "周末"),  # not arranged yet
        (Day(2044, 6, 27), ""),
    ],
)
def test_a_day_off_says_why(day: Day, why: str) -> None:
    assert day_off(day) == why
