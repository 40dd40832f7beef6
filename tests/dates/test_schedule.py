"""A schedule gives the same days as a walk through the calendar, day by day."""

from __future__ import annotations

import datetime
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dates.recurrence import (
    CalendarPeriods,
    DaysOfYear,
    MonthDay,
    Once,
    Period,
    Recurrence,
    half_yearly,
    monthly,
    quarterly,
    yearly,
)
from dates.reminders import reminder_due
from dates.schedule import Schedule
from tests.dates.walking import steady, walk, walked

pytestmark = pytest.mark.once
Day = datetime.date

_days = st.dates(Day(2015, 1, 1), Day(2033, 12, 31))
_month_days = st.dates(Day(2024, 1, 1), Day(2024, 12, 31)).map(lambda d: MonthDay(d.month, d.day))
_calendar = st.builds(
    CalendarPeriods,
    length=st.sampled_from([1, 3, 6, 12]),
    due_month=st.integers(-11, 15),
    due_day=st.integers(1, 31),
)
_recurrences: st.SearchStrategy[Recurrence] = st.one_of(
    st.lists(_month_days, max_size=4).map(lambda days: DaysOfYear(tuple(days))),
    _calendar,
    st.builds(Once, _days, _days),
)
_spans = st.tuples(_days, st.integers(-30, 800)).map(
    lambda each: (each[0], each[0] + datetime.timedelta(days=each[1]))
)
_LEAP = DaysOfYear((MonthDay(2, 29), MonthDay(2, 28)))


def _runs(recurrence: Recurrence, span: tuple[Day, Day], prepare_days: int = 0) -> Schedule:
    return Schedule(recurrence, *span, prepare_days=prepare_days)


# --- against the walk -------------------------------------------------------------------------


@steady
@given(_recurrences, _spans)
@example(_LEAP, (Day(2027, 2, 28), Day(2028, 2, 29)))
@example(monthly(31), (Day(2028, 1, 31), Day(2028, 4, 30)))
@example(yearly(MonthDay(2, 29), is_for_year_before=True), (Day(2024, 2, 29), Day(2025, 2, 28)))
def test_periods_are_those_of_the_walk(recurrence: Recurrence, span: tuple[Day, Day]) -> None:
    found = list(_runs(recurrence, span).periods())
    assert found == walked(recurrence, *span)
    assert found == sorted(found, key=lambda period: period.due_on)


@steady
@given(_recurrences, _spans, _days)
def test_the_next_and_the_last_due_day_are_those_of_the_walk(
    recurrence: Recurrence, span: tuple[Day, Day], day: Day
) -> None:
    schedule, due = _runs(recurrence, span), [each.due_on for each in walked(recurrence, *span)]
    assert schedule.next_due(day) == min((each for each in due if each >= day), default=None)
    assert schedule.last_due(day) == max((each for each in due if each < day), default=None)


@steady
@given(_recurrences, _spans, _days, st.integers(0, 180))
def test_what_is_in_preparation_is_what_the_walk_has_met(
    recurrence: Recurrence, span: tuple[Day, Day], day: Day, ahead: int
) -> None:
    """A due day is in preparation from the day on which the walk meets its preparation."""
    starts_on, ends_on = span
    early = datetime.timedelta(days=ahead)
    due = [each.due_on for each in walked(recurrence, starts_on, max(ends_on, day) + early)]
    expected = [each for each in due if each - early <= min(day, ends_on)]
    assert _runs(recurrence, span, ahead).in_preparation(day) == expected


@steady
@given(_recurrences, _days)
def test_a_day_is_due_or_is_not(recurrence: Recurrence, day: Day) -> None:
    assert recurrence.is_due(day) is bool(walked(recurrence, day, day))


@steady
@given(_recurrences, _spans)
def test_periods_of_one_schedule_do_not_overlap(
    recurrence: Recurrence, span: tuple[Day, Day]
) -> None:
    found = list(_runs(recurrence, span).periods())
    for one, after in pairwise(found):
        assert one.last < after.first


@steady
@given(st.lists(st.integers(-30, 60), unique=True, max_size=6), st.integers(0, 20), st.data())
def test_each_reminder_goes_once_and_none_after_a_later_one(
    marks: list[int], start: int, data: st.DataObject
) -> None:
    """This holds for any days on which the reminder task does not run."""
    due_on, sent = Day(2026, 6, 30), list[int]()
    first = due_on - datetime.timedelta(days=max(marks, default=0) + start)
    for day in walk(first, due_on + datetime.timedelta(days=40)):
        if not data.draw(st.booleans()):
            continue
        left = (due_on - day).days
        mark = reminder_due(left, marks, min(sent, default=None))
        reached = [each for each in marks if each >= left]
        if mark is None:
            assert not reached or min(reached) in sent or min(sent) < min(reached)
        else:
            assert mark == min(reached)
            sent.append(mark)
    assert sent == sorted(set(sent), reverse=True)


# --- by example -------------------------------------------------------------------------------


def _first(recurrence: Recurrence, on: Day) -> Period:
    return next(recurrence.periods(on, Day(2040, 1, 1)))


@pytest.mark.parametrize(
    ("recurrence", "period"),
    [
        (quarterly(), Period(Day(2028, 1, 1), Day(2028, 3, 31), Day(2028, 3, 31))),
        (quarterly(1, 15), Period(Day(2027, 10, 1), Day(2027, 12, 31), Day(2028, 1, 15))),
        (half_yearly(), Period(Day(2028, 1, 1), Day(2028, 6, 30), Day(2028, 6, 30))),
        (monthly(), Period(Day(2028, 1, 1), Day(2028, 1, 31), Day(2028, 1, 31))),
        (
            yearly(MonthDay(3, 31), is_for_year_before=True),
            Period(Day(2027, 1, 1), Day(2027, 12, 31), Day(2028, 3, 31)),
        ),
        (
            yearly(MonthDay(11, 30)),
            Period(Day(2028, 1, 1), Day(2028, 12, 31), Day(2028, 11, 30)),
        ),
        (
            DaysOfYear.parse(["11-30", "06-30"]),
            Period(Day(2027, 12, 1), Day(2028, 6, 30), Day(2028, 6, 30)),
        ),
        (
            Once(Day(2026, 1, 1), Day(2028, 9, 1)),
            Period(Day(2026, 1, 1), Day(2028, 9, 1), Day(2028, 9, 1)),
        ),
    ],
)
def test_the_first_period_due_in_2028(recurrence: Recurrence, period: Period) -> None:
    assert _first(recurrence, Day(2028, 1, 1)) == period


def test_a_level_is_done_before_the_due_day_and_counts_to_the_cut_off() -> None:
    schedule = Schedule(
        DaysOfYear.parse(["06-30"]),
        Day(2026, 1, 1),
        Day(2029, 12, 31),
        lead_days={4: 10},
        cutoff_days=5,
    )
    due_on = Day(2026, 6, 30)
    assert schedule.own_due_day(due_on, 4) == Day(2026, 6, 20)
    assert schedule.own_due_day(due_on, 3) == due_on
    assert schedule.cut_off(due_on) == Day(2026, 6, 25)


def test_the_next_due_day_may_leave_out_those_that_are_done() -> None:
    schedule = Schedule(DaysOfYear.parse(["06-30", "11-30"]), Day(2026, 1, 1), Day(2026, 12, 31))
    june, november = Day(2026, 6, 30), Day(2026, 11, 30)
    assert schedule.next_due(Day(2026, 2, 1), without={june}) == november
    assert schedule.next_due(Day(2026, 2, 1), without={june, november}) is None


def test_without_days_nothing_is_ever_due() -> None:
    schedule = Schedule(DaysOfYear(()), Day(2026, 1, 1), Day(2029, 12, 31))
    day = Day(2027, 6, 30)
    assert (schedule.next_due(day), schedule.last_due(day)) == (None, None)
    assert (schedule.in_preparation(day), schedule.is_due(day)) == ([], False)


@pytest.mark.parametrize("text", ["6-30", "06-31", "13-01", "0630", "W10-1", "", "02-30"])
def test_what_is_no_day_of_a_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        MonthDay.parse(text)


@pytest.mark.parametrize(("length", "day"), [(2, 1), (24, 1), (0, 1), (3, 0), (3, 32)])
def test_what_is_no_period_of_a_year_is_refused(length: int, day: int) -> None:
    with pytest.raises(ValueError, match="no calendar period"):
        CalendarPeriods(length, due_day=day)
