"""Figures are exact on any day: never rounded to a month, the same whether stored or counted."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from funds.models import Donation, Fund
from indicators.models import OpeningBalance, Plan
from indicators.progress.progress import trend_of
from indicators.store.series import recompute_all
from indicators.store.series_reader import view
from indicators.store.tree_context import TreeContext
from tests.conftest import DISTRICT, QIXINGGANG
from tests.indicators.conftest import indicator_text, item_of, numerator_of
from tests.types import Make

Day = datetime.date


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (Day(2026, 2, 28), 0),
        (Day(2026, 3, 9), 0),
        (Day(2026, 3, 10), 1),
        (Day(2026, 3, 19), 1),
        (Day(2026, 3, 20), 0),
        (Day(2026, 3, 31), 0),
    ],
)
def test_a_fund_runs_from_its_first_day_until_the_day_it_closes(
    yuzhong: Plan, approved: Make, day: Day, count: int
) -> None:
    approved(Fund, established_on=Day(2026, 3, 10), closed_on=Day(2026, 3, 20))
    assert numerator_of(yuzhong, "funds", DISTRICT, day) == count


def test_a_leap_day_is_compared_with_the_28th(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    rule = 'counting = "growth"\nmeasure = "raised"'
    plan = own_plan(indicator_text(rule, unit="%"))
    for day, amount in (
        (Day(2023, 2, 28), 100),
        (Day(2023, 3, 1), 1000),
        (Day(2024, 2, 29), 130),
        (Day(2024, 3, 1), 1000),
    ):
        approved(Donation, donated_on=day, amount_yuan=amount)
    assert item_of(plan, "one", DISTRICT, Day(2024, 2, 29)).value == Decimal("0.3")
    assert item_of(plan, "one", DISTRICT, Day(2024, 2, 28)).value == Decimal(-1)


def test_a_day_behind_which_the_month_is_empty_equals_the_month_end(
    yuzhong: Plan, approved: Make
) -> None:
    approved(Fund, established_on=Day(2026, 3, 10))
    approved(OpeningBalance, area_id=QIXINGGANG, as_of=Day(2026, 3, 25), quantity=4)
    assert [
        numerator_of(yuzhong, "funds", DISTRICT, Day(2026, 3, day)) for day in (24, 25, 26)
    ] == [
        1,
        5,
        5,
    ]


@pytest.mark.parametrize("day", [Day(2025, 6, 30), Day(2025, 6, 15), Day(2024, 6, 15)])
def test_growth_against_the_whole_year_before_the_stored_years(
    own_plan: Callable[..., Plan], approved: Make, day: Day
) -> None:
    """The stored rows begin a year before the plan (2025), but 2024 is still needed for
    comparison.
    """
    rule = 'counting = "growth"\nmeasure = "raised"\nagainst = "whole_year"'
    plan = own_plan(indicator_text(rule, unit="%"))
    approved(Donation, donated_on=Day(day.year - 1, 9, 9), amount_yuan=100)
    approved(Donation, donated_on=Day(day.year, 6, 1), amount_yuan=120)
    assert item_of(plan, "one", DISTRICT, day).value == Decimal("0.2")


def test_the_last_point_of_a_trend_is_the_figure_itself(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    rule = 'counting = "growth"\nmeasure = "raised"'
    plan = own_plan(indicator_text(rule, unit="%"))
    approved(Donation, donated_on=Day(2025, 2, 1), amount_yuan=100)
    approved(Donation, donated_on=Day(2025, 11, 1), amount_yuan=900)
    approved(Donation, donated_on=Day(2026, 2, 1), amount_yuan=150)
    day = Day(2026, 6, 30)
    item = item_of(plan, "one", DISTRICT, day)
    trend = trend_of(item.indicator, DISTRICT, view([DISTRICT], day, TreeContext(DISTRICT)), 3)
    assert item.value == Decimal("0.5")
    assert [figure.value for figure in trend] == [Decimal("0.5")] * 3


def test_a_day_far_outside_the_stored_years_is_counted(yuzhong: Plan, approved: Make) -> None:
    approved(Fund, established_on=Day(2019, 5, 5))
    recompute_all()
    found = [
        numerator_of(yuzhong, "funds", DISTRICT, day)
        for day in (Day(2019, 5, 4), Day(2019, 5, 5), Day(2035, 1, 1))
    ]
    assert found == [0, 1, 1]
