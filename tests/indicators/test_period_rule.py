"""周期内: the figure of the quarter, half-year or year of a day, against a target of its own."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.models import User
from areas.models import Area
from indicators.models import CountedPeriod, Indicator, OpeningBalance, Plan, Target
from indicators.plan.loading import export_plan
from indicators.plan.revisions import RevisionError, change_rule, with_rule
from indicators.plan.targets import allocate, suggest_allocation
from indicators.progress.impact import effects_of
from indicators.progress.lineage import lineage
from indicators.progress.pace import pace_of
from indicators.progress.progress import State
from indicators.progress.sentences import pace_sentence
from indicators.rules import rule_of
from orgs.models import Training
from tests.conftest import DISTRICT, MINSHENGLU
from tests.indicators.conftest import indicator_text, item_of
from tests.indicators.test_pace import a_year_of, both, rule, target
from tests.types import Make

Day = datetime.date
QUARTERS = (
    'counting = "period"\nmeasure = "trained"\n'
    'target = [{ due_on = 2026-03-31, value = "20" }, { due_on = 2026-06-30, value = "10" }]'
)
PERIOD = {"counting": "period", "measure": "trained", "unit": "人次"}


@pytest.fixture
def quarters(own_plan: Callable[..., Plan], approved: Make) -> Plan:
    """19 人次 in the first quarter and 4 in April, with targets for two quarters."""
    plan = own_plan(indicator_text(QUARTERS, unit="人次"))
    for day, number in ((Day(2026, 3, 31), 19), (Day(2026, 4, 1), 4), (Day(2025, 6, 1), 7)):
        approved(Training, held_on=day, person_times=number)
    return plan


@pytest.mark.once
@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        ("quarter", Day(2026, 1, 1), Day(2026, 1, 1), Day(2026, 3, 31)),
        ("quarter", Day(2026, 12, 31), Day(2026, 10, 1), Day(2026, 12, 31)),
        ("quarter", Day(2024, 2, 29), Day(2024, 1, 1), Day(2024, 3, 31)),
        ("half_year", Day(2026, 6, 30), Day(2026, 1, 1), Day(2026, 6, 30)),
        ("half_year", Day(2026, 7, 1), Day(2026, 7, 1), Day(2026, 12, 31)),
        ("year", Day(2026, 5, 5), Day(2026, 1, 1), Day(2026, 12, 31)),
    ],
)
def test_the_period_of_a_day(period: str, day: Day, first: Day, last: Day) -> None:
    counted = rule_of(Indicator(**PERIOD, period=period))
    assert counted.began_on(day) == first and counted.starts_again
    ahead = [Target(due_on=first - datetime.timedelta(days=1)), Target(due_on=last)]
    assert counted.due_target(ahead, day.year, day) is ahead[1]
    behind = [*ahead[:1], Target(due_on=last + datetime.timedelta(days=1))]
    assert counted.due_target(behind, day.year, day) is None


def test_it_starts_again_with_every_quarter(quarters: Plan) -> None:
    def numerator(day: Day) -> Decimal:
        return item_of(quarters, "one", DISTRICT, day).figure.numerator

    days = [Day(2026, 3, 30), Day(2026, 3, 31), Day(2026, 4, 1), Day(2026, 6, 30), Day(2026, 7, 1)]
    assert [numerator(day) for day in days] == [0, 19, 4, 4, 0]


def test_only_the_quarters_own_target_is_compared(quarters: Plan) -> None:
    first, second, third = (
        item_of(quarters, "one", DISTRICT, day)
        for day in (Day(2026, 3, 31), Day(2026, 5, 15), Day(2026, 8, 1))
    )
    assert first.target and (first.target.value, first.state) == (20, State.LAGGING)
    assert second.target and (second.target.value, second.gap) == (10, 6)
    assert second.expected == Decimal(10) * 45 / 91  # from 31 March to 30 June
    assert third.target is None and third.state == State.NO_TARGET


def test_its_words(quarters: Plan) -> None:
    indicator = quarters.indicators.get()
    assert rule_of(indicator).text == "当日所在季度内“参训人次”的累计"
    sentence = pace_sentence(item_of(quarters, "one", DISTRICT, Day(2026, 5, 15)))
    assert sentence.startswith(
        "one指标为4人次，完成2026年6月底目标10人次的40%，尚差6人次；按时序应达4.9人次"
    )


def test_its_records_are_those_of_the_quarter(quarters: Plan, approved: Make) -> None:
    approved(OpeningBalance, measure="trained", as_of=Day(2026, 5, 1), covers="year", quantity=3)
    before = {"as_of": Day(2026, 3, 1), "covers": "year", "quantity": 5, "area_id": MINSHENGLU}
    approved(OpeningBalance, measure="trained", **before)
    day, indicator = Day(2026, 6, 30), quarters.indicators.get()
    found = lineage(indicator, DISTRICT, day)
    assert {item.day for item in found} == {Day(2026, 4, 1), Day(2026, 5, 1)}
    figure = item_of(quarters, "one", DISTRICT, day).figure
    assert sum(item.quantity for item in found) == figure.numerator == 7


def test_what_if_counts_the_quarter(quarters: Plan, make: Make) -> None:
    make(Training, held_on=Day(2026, 3, 1), person_times=30)
    make(Training, held_on=Day(2026, 5, 1), person_times=6)
    change = (Training, Training.objects.exclude(status="approved"))
    (effect,) = effects_of(quarters, [DISTRICT], Day(2026, 5, 15), change, is_gain=True)
    assert (effect.before.value, effect.after.value) == (4, 10)
    assert effect.after.state == State.ACHIEVED


@pytest.mark.once
def test_the_season_is_the_same_period_of_last_year() -> None:
    """Last year 3 came in October and 9 by the end of the quarter, so three times as much is to
    come.
    """
    day, indicator = Day(2026, 10, 31), rule(PERIOD)
    last_year = [*a_year_of(0)[:9], 3, 4, 5]
    views = both(indicator, day, [[*last_year, *a_year_of(7)[:9], 2]], [last_year[:10]])
    goal = target("20")
    found = pace_of(indicator, "500103", views[0], [goal], goal, Decimal(2), 1)
    run_rate = Decimal(2) / (Decimal(31) / 92)
    assert found.projection == run_rate
    assert (found.low, found.high) == (run_rate, Decimal(2) * 12 / 3)


def test_its_targets_can_be_allocated(quarters: Plan, shiju: User) -> None:
    goal = quarters.indicators.get().targets.get(due_on=Day(2026, 6, 30))
    parts = suggest_allocation(goal, "even")
    allocate(goal, parts, by=shiju, reason="分解")
    street = next(code for code, value in parts.items() if value)
    here = item_of(quarters, "one", street, Day(2026, 5, 15)).target
    assert here is not None and here.value == parts[street]


def test_a_plan_file_and_the_page_choose_the_period(
    district: Area, own_plan: Callable[..., Plan], shiju: User
) -> None:
    plan = own_plan(indicator_text(f'{QUARTERS}\nperiod = "half_year"', unit="人次"))
    indicator = plan.indicators.get()
    assert 'period = "half_year"' in export_plan(plan)
    revision = change_rule(indicator, {"period": "year"}, by=shiju, reason="按年")
    assert revision.after["words"] == ["计数周期由“半年”改为“年度”"]
    assert plan.indicators.get().period == CountedPeriod.YEAR
    with pytest.raises(RevisionError, match="应为 quarter、half_year、year"):
        with_rule(plan.indicators.get(), {"period": "month"})
    with pytest.raises(RevisionError, match="“社区慈善基金”是时点数，不能按“周期内”计"):
        with_rule(plan.indicators.get(), {"measure": "funds"})


@pytest.mark.once
def test_figures_of_other_periods_are_not_added_up() -> None:
    prints = {rule_of(Indicator(**PERIOD, period=each)).fingerprint(1) for each in CountedPeriod}
    assert len(prints) == len(CountedPeriod)
