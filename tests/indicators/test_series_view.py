"""A view holds the rows of some areas up to a day, read on the tree of that day."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from areas.successions import Successions
from indicators.store.engine import SeriesKey, Span, month_of
from indicators.store.series_view import SeriesView

pytestmark = pytest.mark.once  # no database
Day = datetime.date
FUNDS, TRAINED = SeriesKey("measure", "funds"), SeriesKey("measure", "trained")
TOWNS, COVERED = (
    SeriesKey("measure", "townships"),
    SeriesKey("coverage", "funds", "stock", "townships", 1),
)
OLD, PART, NEW, OTHER = "500112", "500112135", "500157", "500109"
ON = Day(2026, 1, 25)
MOVES = Successions([(ON, PART, "500109135"), (ON, OLD, NEW)])


def _view(day: Day, tree_day: Day | None = None) -> SeriesView:
    """Return a view from January 2025 to the month of the day."""
    span = Span(month_of(2025, 1), month_of(day.year, day.month))
    months = np.arange(1, len(span) + 1)
    rows = {}
    for times, code in ((1, NEW), (100, OLD), (10, PART), (1000, OTHER)):
        for key in (FUNDS, TRAINED, TOWNS, COVERED):
            rows[code, key] = months * times
    return SeriesView(day, span, rows, MOVES, tree_day)


def test_the_last_column_is_the_day() -> None:
    now = _view(Day(2025, 3, 31))
    assert now.row(OLD, FUNDS).tolist() == [100, 200, 300]
    assert now.at(OLD, FUNDS) == 300
    assert now.at(OLD, FUNDS, 0) == 100
    assert now.codes == {NEW, OLD, PART, OTHER}


def test_what_is_additive_is_read_on_the_tree_of_the_day_and_areas_are_not() -> None:
    """两江新区 is 渝北区 without the town, plus its own records."""
    now = _view(Day(2026, 1, 31))
    assert now.at(NEW, FUNDS) == 13 * (1 + 100 - 10)
    assert now.at(OTHER, FUNDS) == 13 * (1000 + 10)
    assert now.at(OLD, FUNDS) == 0
    assert now.at(NEW, TOWNS) == now.at(NEW, COVERED) == 13
    assert now.at(OLD, TOWNS) == 1300


def test_every_month_is_read_on_that_same_tree() -> None:
    now = _view(Day(2026, 2, 28))
    assert now.sum(NEW, TRAINED, month_of(2025, 1), month_of(2025, 2)) == 91 * (1 + 2)
    earlier = now.cut(Day(2025, 2, 28), now.tree_day)
    assert (earlier.at(NEW, FUNDS), earlier.at(OLD, FUNDS)) == (182, 0)
    there = now.cut(Day(2025, 2, 28))
    assert (there.at(NEW, FUNDS), there.at(OLD, FUNDS)) == (2, 200)


@pytest.mark.parametrize(
    ("first", "last", "total"),
    [
        ((2025, 2), (2025, 3), 500),
        ((2024, 1), (2025, 2), 300),
        ((2025, 3), (2030, 1), 300),
        ((2024, 1), (2024, 12), 0),
        ((2026, 1), (2026, 2), 0),
    ],
)
def test_a_sum_is_cut_to_what_the_view_holds(
    first: tuple[int, int], last: tuple[int, int], total: int
) -> None:
    now = _view(Day(2025, 3, 31))
    assert now.sum(OLD, TRAINED, month_of(*first), month_of(*last)) == total


def test_a_year_to_date_ends_with_the_day_or_with_its_year() -> None:
    now = _view(Day(2026, 1, 24))
    assert now.year_to_date(OLD, TRAINED, 2026) == 1300
    assert now.year_to_date(OLD, TRAINED, 2025) == 100 * 78
    assert now.year_to_date(OLD, TRAINED, 2024) == 0


def test_a_cut_before_the_first_month_holds_nothing() -> None:
    before = _view(Day(2025, 3, 31)).cut(Day(2024, 12, 31))
    assert before.at(OLD, FUNDS) == 0
    assert before.year_to_date(OLD, TRAINED, 2024) == 0
    assert len(before.span) == 0


def test_more_rows_are_added_where_there_are_any_and_the_view_stays() -> None:
    now = _view(Day(2025, 3, 31))
    more = now.plus({(OLD, FUNDS): np.array([0, 0, 7]), ("999999", FUNDS): np.array([1, 1, 1])})
    assert (more.at(OLD, FUNDS), more.at(OLD, TRAINED)) == (307, 300)
    assert now.at(OLD, FUNDS) == 300
    assert (more.day, more.span, more.tree_day) == (now.day, now.span, now.tree_day)
