"""Months as running numbers, and dates as text."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dates.months import day_in_month, end_of_month, month_end, month_number, year_before
from dates.text import day_text, month_text
from tests.dates.walking import following, is_last_of_month, steady

pytestmark = pytest.mark.once
Day = datetime.date

_days = st.dates(Day(1900, 1, 1), Day(2100, 12, 30))


@steady
@given(_days)
def test_a_month_ends_on_the_day_before_another_month(day: Day) -> None:
    end = month_end(day)
    assert (end.year, end.month) == (day.year, day.month)
    assert is_last_of_month(end)
    assert end_of_month(month_number(day)) == end


@steady
@given(_days)
def test_months_are_numbered_without_a_gap(day: Day) -> None:
    later = following(month_end(day))
    assert month_number(later) == month_number(day) + 1


@steady
@given(_days, st.integers(1, 31))
def test_a_month_without_the_day_has_its_last(day: Day, number: int) -> None:
    found = day_in_month(month_number(day), number)
    assert (found.year, found.month) == (day.year, day.month)
    assert found.day == number or (found.day < number and is_last_of_month(found))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (Day(2026, 6, 30), Day(2025, 6, 30)),
        (Day(2028, 2, 29), Day(2027, 2, 28)),
        (Day(2029, 2, 28), Day(2028, 2, 28)),
    ],
)
def test_the_same_day_a_year_before(day: Day, before: Day) -> None:
    assert year_before(day) == before


def test_dates_are_written_without_leading_zeros() -> None:
    assert day_text(Day(2026, 6, 5)) == "2026年6月5日"
    assert month_text(Day(2026, 6, 5)) == "2026年6月"
