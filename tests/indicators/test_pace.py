"""The pace of a figure: run rate, last three months and last year's season, all worked out by
hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from areas.successions import Successions
from dates.months import year_before
from indicators.models import Indicator, Plan, Target
from indicators.progress.pace import Pace, pace_of
from indicators.rules import rule_of
from indicators.store.engine import SeriesKey, Span, month_of
from indicators.store.series_view import Rows, SeriesView

pytestmark = pytest.mark.once  # no database
Day = datetime.date
CODE = "500103"
#: Day 73 of 365: a fifth of 2026 is over and 292 days are left.
FIFTH = Day(2026, 3, 14)
END = Day(2026, 12, 31)
PLAN = Plan(code="own", starts_on=Day(2026, 1, 1))
A_MONTH = Decimal("30.4375")

STOCK = {"counting": "stock", "measure": "funds", "unit": "支"}
YEAR = {"counting": "year", "measure": "trained", "unit": "人次"}
CUMULATIVE = {"counting": "cumulative", "measure": "projects", "unit": "个"}
GROWTH = {"counting": "growth", "measure": "trained", "unit": "%"}
MANUAL = {"counting": "manual", "unit": "%"}
SHARE = {"counting": "coverage", "measure": "funds", "level": 4, "is_ratio": True, "unit": "%"}


def rule(values: dict[str, Any], **more: object) -> Indicator:
    return Indicator(**{"plan": PLAN, "code": "one", **values, **more})


def target(value: str, due_on: Day = END) -> Target:
    return Target(due_on=due_on, value=Decimal(value), place="annex")


def seen(
    day: Day, keys: Sequence[SeriesKey], *series: Sequence[int], first: int = 2025
) -> SeriesView:
    """Return a view from January of `first` to the day.

    Months that are not given repeat the last value (or 0).
    """
    span = Span(month_of(first, 1), month_of(day.year, day.month))
    rows: Rows = {}
    for key, given in zip(keys, series, strict=True):
        rest = given[-1] if key.kind == "coverage" or key.measure in ("funds", "townships") else 0
        row = [*given, *[rest] * len(span)][: len(span)]
        rows[CODE, key] = np.array(row, dtype=np.int64)
    return SeriesView(day, span, rows, Successions([]))


def pace(
    indicator: Indicator,
    views: tuple[SeriesView, SeriesView],
    *targets: Target,
    aim: int = -1,
) -> Pace:
    """Return the pace towards one of the targets (default: the last)."""
    value = rule_of(indicator).figure(CODE, *views).value
    assert value is not None
    return pace_of(indicator, CODE, views[0], targets, targets[aim], value, 1)


def a_year_of(number: int) -> list[int]:
    return [number] * 12


def both(
    indicator: Indicator, day: Day, now: Sequence[Sequence[int]], before: Sequence[Sequence[int]]
) -> tuple[SeriesView, SeriesView]:
    keys = rule_of(indicator).series_keys()
    return seen(day, keys, *now), seen(year_before(day), keys, *before, first=2025)


# --- one rule after the other -------------------------------------------------------------------


def test_a_stock_walks_from_what_was_there_before_the_plan() -> None:
    """5 last March, 8 at the end of the year, 10 now; the target is 20."""
    last_year = [4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8]
    views = both(rule(STOCK), FIFTH, [[*last_year, 8, 9, 10]], [[4, 5, 5]])
    found = pace(rule(STOCK), views, target("20"))
    assert found.expected == Decimal("10.4")  # 8 + 12 / 5
    assert found.projection == 18  # 8 + 2 × 5
    # last three months: 2 in 73 days, 292 more days: 18; last year: 3 more after this day: 13
    assert (found.low, found.high) == (13, 18)
    assert found.months_left == 292 / A_MONTH
    assert found.needed_per_month == 10 / (292 / A_MONTH)


def test_a_yearly_flow_sets_its_season_in_proportion() -> None:
    """Last year a quarter came by 30 September.

    This year 120 came, 90 of them in the last quarter.
    """
    day = Day(2026, 9, 30)
    last_year = [0, 0, 0, 0, 0, 0, 5, 5, 10, 20, 20, 20]
    views = both(rule(YEAR), day, [[*last_year, 5, 5, 5, 5, 5, 5, 30, 30, 30]], [last_year[:9]])
    found = pace(rule(YEAR), views, target("200"))
    assert found.expected == Decimal(200) * 273 / 365
    assert found.projection == Decimal(120) / (Decimal(273) / 365)  # 160.4
    recent = 120 + Decimal(90) / 92 * 92  # since 30 June, 92 days; 92 more
    season = Decimal(120) * 80 / 20
    assert (recent, season) == (210, 480)
    assert (found.low, found.high) == (found.projection, season)
    assert found.needed_per_month == 80 / (92 / A_MONTH)


def test_a_cumulative_figure_adds_what_last_year_still_brought() -> None:
    day = Day(2026, 6, 30)
    last_year = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 4]
    started = rule(CUMULATIVE, plan=Plan(code="own", starts_on=Day(2025, 1, 1)))
    now, before = [*last_year, 2, 2, 2, 0, 0, 0], last_year[:6]
    views = both(started, day, [now, [0]], [before, [0]])
    found = pace(started, views, target("20"))
    assert found.projection == 16 / (Decimal(546) / 730)  # 16 in 546 of 730 days
    # nothing in the last three months: 16; last year 4 more came after this day: 20
    assert (found.low, found.high) == (16, found.projection)
    assert found.high is not None
    assert found.high > 20


def test_a_share_is_projected_to_no_more_than_all_and_no_less_than_none() -> None:
    views = both(rule(SHARE), FIFTH, [[*a_year_of(0), 1, 2, 3], [11]], [[0], [11]])
    found = pace(rule(SHARE), views, target("1"))
    assert (found.projection, found.low, found.high) == (1, 1, 1)
    assert found.expected == Decimal("0.2")
    falling = both(rule(SHARE), FIFTH, [[*a_year_of(9), 6, 4, 3], [11]], [[9], [11]])
    found = pace(rule(SHARE), falling, target("1"))
    assert (found.projection, found.low) == (0, 0)


def test_a_falling_stock_does_not_fall_below_nothing() -> None:
    views = both(rule(STOCK), FIFTH, [[*a_year_of(10), 8, 6, 5]], [[10]])
    found = pace(rule(STOCK), views, target("20"))
    assert (found.projection, found.low, found.high) == (
        0,
        0,
        5,
    )  # 10 − 5 × 5; last year: none went


def test_what_is_compared_or_reported_has_a_run_rate_and_no_range() -> None:
    against = rule(GROWTH, against="whole_year")
    views = both(against, FIFTH, [[*a_year_of(10), 12, 12, 6]], [[10, 10, 5]])
    found = pace(against, views, target("0.1"))
    assert found.expected == Decimal("-0.78")  # −1 + 1.1 / 5
    assert found.projection == found.low == found.high == -1 + Decimal(30) / 120 * 5
    reported = rule(MANUAL)
    parts = [*a_year_of(0), 300, 300, 300], [*a_year_of(0), 1000, 1000, 1000]
    views = both(reported, FIFTH, parts, [[0], [0]])
    found = pace(reported, views, target("0.9"))
    assert found.low == found.projection == found.high == Decimal("0.3") * 5


def test_a_growth_does_not_fall_below_the_loss_of_all() -> None:
    against = rule(GROWTH, against="same_day")
    views = both(against, FIFTH, [[*a_year_of(10), 0, 0, 1]], [[10, 10, 5]])
    found = pace(against, views, target("0.1"))
    assert (found.projection, found.low, found.high) == (-1, -1, -1)


# --- missing history ------------------------------------------------------------------------------


def test_without_a_last_year_on_record_there_is_no_season() -> None:
    """The series begin with the plan's own year, and in March there are no last three months
    either.
    """
    keys = rule_of(rule(YEAR)).series_keys()
    views = seen(FIFTH, keys, [10, 10, 10], first=2026), seen(year_before(FIFTH), keys, [0])
    found = pace(rule(YEAR), views, target("100"))
    assert (found.low, found.projection, found.high) == (150, 150, 150)


def test_where_last_year_brought_nothing_there_is_no_season() -> None:
    day = Day(2026, 6, 30)
    views = both(rule(YEAR), day, [[*a_year_of(0), 5, 5, 5, 5, 5, 5]], [[0]])
    found = pace(rule(YEAR), views, target("100"))
    run_rate, recent = Decimal(30) / (Decimal(181) / 365), 30 + Decimal(15) / 91 * 184
    assert (found.low, found.high) == (recent, run_rate)


def test_a_yearly_flow_looks_no_further_back_than_new_year() -> None:
    """In March the last three months would begin last year; in April they begin on 31 January."""
    before = [[0]]
    march = both(rule(YEAR), Day(2026, 3, 31), [[*a_year_of(0), 1, 1, 7]], before)
    found = pace(rule(YEAR), march, target("100"))
    assert found.low == found.projection == found.high
    april = both(rule(YEAR), Day(2026, 4, 30), [[*a_year_of(0), 1, 1, 7, 1]], before)
    found = pace(rule(YEAR), april, target("100"))
    assert found.projection == 10 / (Decimal(120) / 365)
    assert found.high == 10 + Decimal(9) / 89 * 245


def test_a_target_of_another_year_has_no_season() -> None:
    last_year = [4, 5, 5, 6, 6, 6, 7, 7, 7, 7, 8, 8]
    views = both(rule(STOCK), FIFTH, [[*last_year, 8, 9, 10]], [[4, 5, 5]])
    found = pace(rule(STOCK), views, target("30", Day(2027, 12, 31)))
    assert found.projection == 8 + 2 / (Decimal(73) / 730)
    assert (found.low, found.high) == (
        found.projection,
        found.projection,
    )  # as the last months went


def test_before_the_line_begins_there_is_no_projection() -> None:
    """The line of 2027 begins where the target of 2026 ends."""
    views = both(rule(STOCK), FIFTH, [[*a_year_of(8), 8, 9, 10]], [[8]])
    found = pace(rule(STOCK), views, target("19"), target("27", Day(2027, 12, 31)))
    assert (found.expected, found.projection, found.low, found.high) == (19, None, None, None)
    assert found.needed_per_month == 17 / found.months_left


# --- the due day ----------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [END, Day(2027, 1, 1), Day(2027, 5, 5)])
def test_from_the_due_day_on_nothing_is_foretold_or_needed(day: Day) -> None:
    keys = rule_of(rule(STOCK)).series_keys()
    views = seen(day, keys, [*a_year_of(8), 8, 9, 10]), seen(year_before(day), keys, [8])
    found = pace(rule(STOCK), views, target("20"))
    assert (found.expected, found.months_left, found.needed_per_month) == (20, 0, None)
    assert (found.projection, found.low, found.high) == (10, 10, 10)


def test_the_last_month_needs_the_whole_gap() -> None:
    """With one week left, the need per month is the whole gap, not four times as much."""
    views = both(rule(STOCK), Day(2026, 12, 24), [[*a_year_of(8), 10]], [[8]])
    found = pace(rule(STOCK), views, target("20"))
    assert found.months_left == 7 / A_MONTH
    assert found.needed_per_month == 10


def test_what_is_met_needs_nothing_more_and_expects_no_more_than_the_target() -> None:
    views = both(rule(STOCK), FIFTH, [[*a_year_of(25), 25]], [[25]])
    found = pace(rule(STOCK), views, target("20"))
    assert (found.expected, found.needed_per_month) == (20, None)


@pytest.mark.parametrize("seed", range(40))
def test_the_projection_lies_within_its_range(seed: int) -> None:
    random = np.random.default_rng(seed)
    day = Day(2026, int(random.integers(1, 13)), int(random.integers(1, 29)))
    for values in (STOCK, YEAR, CUMULATIVE, GROWTH, SHARE):
        indicator = rule(values)
        numbers = random.integers(1, 12, size=(2, 24)).tolist()
        series = [numbers[0], [12] * 24][: len(rule_of(indicator).series_keys())]
        now = seen(day, rule_of(indicator).series_keys(), *series)
        before = seen(year_before(day), rule_of(indicator).series_keys(), *series)
        found = pace(indicator, (now, before), target("1" if values is SHARE else "40"))
        assert found.projection is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.projection <= found.high
        assert found.low >= (-1 if values is GROWTH else 0)


def test_within_a_month_last_years_season_lies_between_its_month_ends() -> None:
    """On 15 June: last year had 10 by the end of May and 40 by the end of June, so 25 by the 15th."""
    last_year = [0, 0, 0, 0, 10, 30, 0, 0, 0, 0, 0, 60]
    views = both(rule(YEAR), Day(2026, 6, 15), [[*last_year, 1, 1, 1, 1, 1, 45]], [[0]])
    found = pace(rule(YEAR), views, target("1000"))
    assert found.high == 50 * Decimal(100) / 25
    # In January last year's began at nothing.
    views = both(rule(YEAR), Day(2026, 1, 10), [[31, *a_year_of(0)[1:], 20]], [[0]])
    found = pace(rule(YEAR), views, target("1000"))
    assert found.low == 20 * Decimal(31) / 10
