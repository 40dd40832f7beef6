"""Due days that depend on a day of a record, found by walking the calendar."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dates.anchored import (
    Shifted,
    Unit,
    WhileRunning,
    period_code,
    period_text,
    shifted,
)
from dates.days_off import day_off

Day = datetime.date
ONE = datetime.timedelta(days=1)
DAYS = st.dates(Day(2015, 1, 1), Day(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "number", "unit", "found"),
    [
        (Day(2024, 11, 30), 3, Unit.MONTHS, Day(2025, 2, 28)),
        (Day(2024, 2, 29), 12, Unit.MONTHS, Day(2025, 2, 28)),
        (Day(2024, 2, 29), 48, Unit.MONTHS, Day(2028, 2, 29)),
        (Day(2024, 12, 31), 60, Unit.DAYS, Day(2025, 3, 1)),
        (Day(2026, 2, 24), -5, Unit.WORKDAYS, Day(2026, 2, 10)),  # 春节, and Saturdays worked
        (Day(2026, 5, 1), 0, Unit.WORKDAYS, Day(2026, 5, 1)),
    ],
)
def test_known_days(day: Day, number: int, unit: Unit, found: Day) -> None:
    assert shifted(day, number, unit) == found


@given(DAYS, st.integers(-40, 40))
def test_working_days_are_counted_one_by_one(day: Day, number: int) -> None:
    found = shifted(day, number, Unit.WORKDAYS)
    first, last = sorted((day, found))
    between = [first + ONE * at for at in range((last - first).days + 1)]
    passed = [each for each in between if each != day and not day_off(each)]
    assert len(passed) == abs(number) and (number == 0 or not day_off(found))


@given(DAYS, st.integers(1, 12), st.integers(0, 900), st.integers(0, 12))
def test_what_runs_is_due_after_each_whole_period(
    start: Day, months: int, length: int, longer: int
) -> None:
    end = start + ONE * length
    periods = list(
        WhileRunning(start, end, months, longer).periods(Day(2010, 1, 1), Day(2040, 1, 1))
    )
    runs_longer = shifted(start, longer, Unit.MONTHS) <= end
    assert bool(periods) == (runs_longer and shifted(start, months, Unit.MONTHS) - ONE <= end)
    if periods:
        assert periods[0].first == start and periods[-1].last <= end
        assert all(a.last + ONE == b.first for a, b in pairwise(periods))
        rest = shifted(start, months * (len(periods) + 1), Unit.MONTHS) - ONE
        assert rest > end


def test_what_has_no_end_goes_on() -> None:
    found = WhileRunning(Day(2025, 1, 31), None, 3, 6, 10).periods(Day(2025, 1, 1), Day(2026, 1, 1))
    assert [each.due_on for each in found] == [
        Day(2025, 5, 9), Day(2025, 8, 9), Day(2025, 11, 9)
    ]  # fmt: skip


def test_something_before_a_day_opens_a_year_ahead() -> None:
    (period,) = Shifted(Day(2026, 3, 10), -3, Unit.DAYS).periods(Day.min, Day.max)
    assert period == (Day(2025, 3, 7), Day(2026, 3, 7), Day(2026, 3, 7))
    assert Shifted(Day(2026, 3, 10), 0, Unit.DAYS).is_due(Day(2026, 3, 10))


def test_something_due_on_a_day_opens_on_the_record_s_own_day() -> None:
    received, answer_by = Day(2026, 2, 9), Day(2026, 3, 10)
    for since, number, start in (
        (received, 0, received),
        (None, 0, answer_by),
        (Day(2026, 4, 1), 0, answer_by),
        (received, 3, answer_by),
    ):
        found = Shifted(answer_by, number, Unit.DAYS, since).periods(Day.min, Day.max)
        assert [each.first for each in found] == [start]


@pytest.mark.parametrize(
    ("first", "last", "code", "text"),
    [
        (Day(2025, 1, 1), Day(2025, 12, 31), "2025", "2025年度"),
        (Day(2025, 7, 1), Day(2025, 12, 31), "2025-H2", "2025年下半年"),
        (Day(2025, 4, 1), Day(2025, 6, 30), "2025-Q2", "2025年第2季度"),
        (Day(2024, 2, 1), Day(2024, 2, 29), "2024-02", "2024年2月"),
        (Day(2025, 2, 1), Day(2025, 4, 30), "2025-02-01", "2025年2月1日至2025年4月30日"),
        (Day(2024, 2, 1), Day(2024, 2, 28), "2024-02-01", "2024年2月1日至2024年2月28日"),
    ],
)
def test_periods_have_names(first: Day, last: Day, code: str, text: str) -> None:
    assert (period_code(first, last), period_text(first, last)) == (code, text)
