"""A figure against its target: rate, expected value, projection and state, worked out by hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from funds.models import Donation, Fund
from indicators.models import OpeningBalance, Plan
from indicators.progress.progress import Progress, as_json
from indicators.rules.answers.values import plain
from orgs.models import Training
from projects.models import Project
from tests.conftest import DISTRICT, HUAYIPO, QIXINGGANG
from tests.indicators.conftest import HEAD, indicator_text, item_of
from tests.types import Make

Day = datetime.date
#: Day 73 of 365: a fifth of 2026 is over.
FIFTH = Day(2026, 3, 14)
_TRAINED = (
    'counting = "year"\nmeasure = "trained"\ntarget = [{ due_on = 2026-12-31, value = "100" }]'
)
_THREE = """target = [
    { due_on = 2026-12-31, operator = "=", value = "19" },
    { due_on = 2027-12-31, value = "27" },
    { due_on = 2029-12-31, value = "35" },
]"""
_FUNDS = f'counting = "stock"\nmeasure = "funds"\n{_THREE}'


def _growth(against: str, target: str) -> str:
    return indicator_text(
        f'counting = "growth"\nmeasure = "raised"\nagainst = "{against}"\n'
        f'target = [{{ due_on = 2026-12-31, value = "{target}" }}]',
        unit="%",
    )


@pytest.mark.parametrize(
    ("day", "count", "status"),
    [
        (FIFTH, 100, "achieved"),
        (FIFTH, 120, "achieved"),
        (FIFTH, 99, "on_track"),
        (FIFTH, 20, "on_track"),
        (FIFTH, 19, "lagging"),
        (FIFTH, 16, "lagging"),
        (FIFTH, 15, "behind"),
        (Day(2026, 12, 31), 100, "achieved"),
        (Day(2026, 12, 31), 99, "lagging"),
        (Day(2026, 12, 31), 80, "lagging"),
        (Day(2026, 12, 31), 79, "behind"),
    ],
)
def test_the_status_changes_exactly_at_its_boundaries(
    own_plan: Callable[..., Plan],
    approved: Make,
    day: Day,
    count: int,
    status: str,
) -> None:
    plan = own_plan(indicator_text(_TRAINED))
    approved(Training, person_times=count)
    assert item_of(plan, "one", DISTRICT, day).state == status


def test_a_plan_sets_its_own_lagging_line(own_plan: Callable[..., Plan], approved: Make) -> None:
    plan = own_plan(indicator_text(_TRAINED), head=HEAD + 'lagging_from = "0.5"\n')
    approved(Training, person_times=10)
    assert item_of(plan, "one", DISTRICT, FIFTH).state == "lagging"
    assert item_of(plan, "one", DISTRICT, Day(2026, 3, 15)).state == "behind"


def test_a_yearly_figure_starts_from_nothing_each_year(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(indicator_text(_TRAINED))
    approved(Training, held_on=Day(2025, 12, 31), person_times=500)
    approved(Training, held_on=Day(2026, 1, 1), person_times=30)
    item = item_of(plan, "one", DISTRICT, FIFTH)
    assert (item.value, item.rate, item.gap) == (30, Decimal("0.3"), 70)
    assert (item.expected, item.projection) == (20, 150)


def test_a_stock_starts_from_what_was_there_before_the_plan(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(indicator_text(_FUNDS))
    approved(OpeningBalance, as_of=Day(2025, 12, 31), quantity=8)
    approved(Fund, established_on=Day(2025, 6, 1))
    approved(Fund, established_on=Day(2026, 2, 1))
    item = item_of(plan, "one", DISTRICT, FIFTH)
    assert (item.value, item.expected) == (10, 11)  # 9 + (19 - 9) / 5
    assert item.projection == 14  # 9 + 1 * 5
    assert item.state == "lagging"


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        (Day(2026, 12, 31), 2026, "19"),
        (Day(2026, 12, 31), 2027, "19"),
        (Day(2027, 3, 14), 2027, "20.6"),  # 19 + 8 * 73 / 365
        (Day(2027, 12, 31), 2027, "27"),
        (Day(2028, 12, 31), 2029, "31.01"),  # 27 + 8 * 366 / 731
        (Day(2029, 12, 31), 2029, "35"),
    ],
)
def test_a_later_target_is_walked_to_from_the_one_before(
    own_plan: Callable[..., Plan], day: Day, year: int, expected: str
) -> None:
    plan = own_plan(indicator_text(_FUNDS))
    assert as_json(item_of(plan, "one", DISTRICT, day, year))["expected"] == expected


def test_a_cumulative_figure_starts_from_nothing_with_the_plan(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    rule = f'counting = "cumulative"\nmeasure = "projects"\n{_THREE}'
    plan = own_plan(indicator_text(rule))
    approved(Project, starts_on=Day(2025, 12, 31))
    approved(Project, starts_on=Day(2026, 1, 1))
    item = item_of(plan, "one", DISTRICT, FIFTH)
    assert (item.value, item.expected, item.projection) == (1, Decimal("3.8"), 5)


def test_growth_is_compared_with_the_same_days_of_the_year_before(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(_growth("same_day", "0.1"))
    for day, amount in (
        (Day(2025, 3, 14), 100),
        (Day(2025, 3, 15), 900),
        (Day(2026, 3, 14), 109),
        (Day(2026, 3, 15), 991),
    ):
        approved(Donation, donated_on=day, amount_yuan=amount)
    item = item_of(plan, "one", DISTRICT, FIFTH)
    assert (item.figure.numerator, item.figure.denominator) == (9, 100)
    assert (item.value, item.expected, item.state) == (Decimal("0.09"), Decimal("0.1"), "lagging")
    after = item_of(plan, "one", DISTRICT, Day(2026, 3, 15))
    assert (after.value, after.state) == (Decimal("0.1"), "achieved")


def test_growth_on_a_whole_year_climbs_from_minus_100_per_cent(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(_growth("whole_year", "0.1"))
    approved(Donation, donated_on=Day(2025, 11, 1), amount_yuan=1000)
    approved(Donation, donated_on=Day(2026, 2, 1), amount_yuan=220)
    item = item_of(plan, "one", DISTRICT, FIFTH)
    assert (item.value, item.expected) == (Decimal("-0.78"), Decimal("-0.78"))  # -1 + 1.1 / 5
    assert item.state == "on_track"
    assert item.projection == Decimal("0.1")


def test_growth_slightly_below_its_line_is_lagging_not_behind(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    """219 of 220 yuan are in; the bound of 0.8 must not lie above a negative line."""
    plan = own_plan(_growth("whole_year", "0.1"))
    approved(Donation, donated_on=Day(2025, 11, 1), amount_yuan=1000)
    approved(Donation, donated_on=Day(2026, 2, 1), amount_yuan=219)
    assert item_of(plan, "one", DISTRICT, FIFTH).state == "lagging"


def test_nothing_to_compare_with_is_no_data(own_plan: Callable[..., Plan]) -> None:
    item = item_of(own_plan(_growth("same_day", "0.1")), "one", DISTRICT, FIFTH)
    assert (item.value, item.rate, item.expected, item.state) == (None, None, None, "no_data")
    shown = as_json(item)
    assert (shown["value"], shown["denominator"], shown["target"]) == (None, "0", "0.1")


def test_a_share_of_no_areas_is_no_data(own_plan: Callable[..., Plan]) -> None:
    rule = 'counting = "coverage"\nmeasure = "teams"\nlevel = 4\nshare = true'
    plan = own_plan(indicator_text(rule, unit="%"))
    assert item_of(plan, "one", HUAYIPO, FIFTH).state == "no_data"
    assert item_of(plan, "one", QIXINGGANG, FIFTH).value == 0


def test_a_share_is_not_projected_beyond_all(own_plan: Callable[..., Plan], approved: Make) -> None:
    rule = (
        'counting = "coverage"\nmeasure = "street_funds"\nlevel = 4\nshare = true\n'
        'target = [{ due_on = 2026-12-31, value = "1" }]'
    )
    plan = own_plan(indicator_text(rule, unit="%"))
    for code in ("500103001", "500103003", "500103004"):
        approved(Fund, area_id=code, level="street")
    item = item_of(plan, "one", DISTRICT, FIFTH)
    assert (item.figure.numerator, item.figure.denominator, item.projection) == (3, 11, 1)


def test_the_next_stage_of_a_year_is_the_target(own_plan: Callable[..., Plan]) -> None:
    rule = (
        'counting = "cumulative"\nmeasure = "projects"\ntarget = [\n'
        '{ due_on = 2026-06-30, value = "10" },\n{ due_on = 2026-11-30, value = "30" },\n]'
    )
    plan = own_plan(indicator_text(rule))
    days = (Day(2026, 1, 31), Day(2026, 6, 30), Day(2026, 7, 1), Day(2026, 12, 31))
    targets = [item_of(plan, "one", DISTRICT, day).target for day in days]
    assert [target.value for target in targets if target] == [10, 10, 30, 30]


def test_decimals_are_strings_rounded_half_up(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    rule = 'counting = "year"\nmeasure = "raised"\ntarget = [{ due_on = 2026-12-31, value = "3" }]'
    plan = own_plan(indicator_text(rule, unit="万元"))
    approved(Donation, amount_yuan=Decimal("1234.50"))
    shown = as_json(item_of(plan, "one", DISTRICT, FIFTH))
    assert (shown["numerator"], shown["value"], shown["rate"]) == ("0.1235", "0.1235", "0.0412")
    assert (shown["expected"], shown["projection"]) == ("0.6", "0.6173")


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        ("0.00005", 4, "0.0001"),
        ("0.68421", 4, "0.6842"),
        ("-0.5", 0, "-1"),
        ("100", 0, "100"),
        ("12.50", 2, "12.5"),
        ("1E+3", 2, "1000"),
        ("0", 4, "0"),
        ("-0.00001", 4, "0"),
    ],
)
def test_a_number_is_written_plainly(number: str, places: int, text: str) -> None:
    assert plain(Decimal(number), places) == text


def test_numerator_and_value_of_a_whole_amount_agree(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    """In 亿元 the numerator has as many decimals as the value."""
    plan = own_plan(indicator_text('counting = "year"\nmeasure = "raised"', unit="亿元"))
    approved(Donation, amount_yuan=123_456_700)
    shown = as_json(item_of(plan, "one", DISTRICT, FIFTH))
    assert shown["value"] == "1.234567"
    assert shown["numerator"] == shown["value"]


def test_a_gap_is_none_once_the_target_is_met(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(indicator_text(_TRAINED))
    approved(Training, person_times=101)
    item: Progress = item_of(plan, "one", DISTRICT, FIFTH)
    assert (item.gap, item.rate) == (None, Decimal("1.01"))
