"""The predicted effect of a transition equals the figures after the transition."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from areas.models import Area
from areas.services import register_succession
from funds.models import Fund
from indicators.models import ManualFigure, Plan, Target
from indicators.progress.impact import Effect, effects_of
from indicators.progress.progress import Progress, progress_of
from indicators.store import series
from orgs.models import CommunityOrg
from reviews.models import Action, Status, Submission
from reviews.services import move_all
from scenes.models import Activity, ActivityReach
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    MINSHENGLU,
    NEIGHBOUR,
    NEIGHBOUR_STREET,
    QIXINGGANG,
)
from tests.indicators.conftest import indicator_text
from tests.indicators.test_shortfalls import succeed
from tests.indicators.worlds import KINDS, World, days_to_ask, load_world_plan, seeds
from tests.types import Make

pytestmark = [pytest.mark.once, pytest.mark.django_db]
Day = datetime.date

#: Transition → the state of the records that it takes.
MOVES = {
    Action.APPROVE: Status.PENDING,
    Action.REOPEN: Status.APPROVED,
    Action.VOID: Status.APPROVED,
}
#: A day by which most records of a world have begun.
_LATE = Day(2026, 12, 31)
#: Due day → value; from the second on, coverages require more of each area.
_TARGETS = {
    Day(2024, 6, 30): "3",
    Day(2024, 12, 31): "5",
    Day(2025, 12, 31): "9",
    Day(2026, 12, 31): "20",
}


def _set_targets(plan: Plan) -> None:
    """Give every indicator targets, so that the effect on its pace is predicted, too."""
    Target.objects.bulk_create(
        Target(
            indicator=indicator,
            due_on=due_on,
            value=Decimal(value) / (20 if indicator.is_ratio else 1),
            place="annex",
            at_least=2 if indicator.counting == "coverage" and number else None,
        )
        for indicator in plan.indicators.all()
        for number, (due_on, value) in enumerate(_TARGETS.items())
    )


def _world(seed: int, folder: Path) -> tuple[World, Plan]:
    """Create records of every kind at every level.

    In every second world some areas follow others.
    """
    world = World(Random(seed))
    plan = load_world_plan(folder)
    _set_targets(plan)
    world.fill(world.random.randint(8, 14))
    _reach_elsewhere(world)
    if seed % 2:
        succeed(world, 4)
    series.recompute_all()
    return world, plan


def _reach_elsewhere(world: World) -> None:
    """Let activities reach communities of any county."""
    random = world.random
    communities = [code for code in world.codes if len(code) == 12]
    for activity in Activity.objects.order_by("pk"):
        known = set(activity.reaches.values_list("area_id", flat=True))
        for code in random.sample(communities, min(2, len(communities))):
            if code not in known:
                ActivityReach.objects.create(activity=activity, area_id=code)


def _some(world: World, kind: type[Submission], status: Status) -> QuerySet[Submission]:
    """Return some or all of the records in a state."""
    pks = list(
        kind._default_manager.filter(status=status).order_by("pk").values_list("pk", flat=True)
    )
    chosen = world.random.sample(pks, world.random.randint(min(1, len(pks)), len(pks)))
    return kind._default_manager.filter(pk__in=chosen)


def _done(
    world: World,
    kind: type[Submission],
    pks: list[int],
    action: Action,
    ask: Callable[[], dict[str, list[Progress]]],
) -> dict[str, list[Progress]]:
    """Return the figures after the transition is really done, then roll it back."""
    with transaction.atomic():
        records = kind._default_manager.filter(pk__in=pks)
        assert move_all(records, action, by=world.reviewer, reason="核对") == len(pks)
        found = ask()
        transaction.set_rollback(True)
    return found


#: Statements that only read: queries, and PostgreSQL's COPY of a query.
_READS = ("SELECT", "COPY (SELECT")


@pytest.mark.parametrize("seed", seeds(range(300, 312), 4))
def test_what_is_foretold_comes_true(seed: int, tmp_path: Path) -> None:
    world, plan = _world(seed, tmp_path)
    felt = 0
    for number, kind in enumerate(KINDS):
        action = world.random.choice(list(MOVES))
        records = _some(world, kind, MOVES[action])
        pks = list(records.values_list("pk", flat=True))
        day = _LATE if number % 2 else world.random.choice(days_to_ask(world.random))
        codes = [world.codes[0], *world.random.sample(world.codes, min(4, len(world.codes)))]
        ask = partial(progress_of, plan, codes, day)
        with CaptureQueriesContext(connection) as queries:
            is_gain = action == Action.APPROVE
            effects = effects_of(plan, codes, day, (kind, records), is_gain=is_gain)
        written = [one["sql"] for one in queries if not one["sql"].startswith(_READS)]
        assert written == []
        before, after = ask(), _done(world, kind, pks, action, ask)
        _assert_equal(effects, before, after, f"{kind.__name__} {day}")
        felt += sum(effect.is_felt for effect in effects)
    assert felt or not Area.objects.filter(code=world.codes[0]).existing_on(_LATE).exists()


def _assert_equal(
    effects: list[Effect],
    before: dict[str, list[Progress]],
    after: dict[str, list[Progress]],
    spot: str,
) -> None:
    assert effects, spot
    for effect in effects:
        code, indicator = effect.area_code, effect.before.indicator
        old, new = (
            next(item for item in rows[code] if item.indicator == indicator)
            for rows in (before, after)
        )
        where = f"{spot} {indicator.code} {code}"
        assert effect.before == old, where
        assert effect.after == new, where
        assert (effect.after.pace is None) == (new.target is None or new.value is None), where
        assert effect.is_felt == (old.figure != new.figure), where


# --- single cases -----------------------------------------------------------------------------

ON = Day(2026, 6, 30)
REACHED = 'counting = "coverage"\nmeasure = "reached"\nlevel = 5\nwithin = "year"'
FUNDS = 'counting = "stock"\nmeasure = "funds"'


def _moved(plan: Plan, code: str, records: Any, day: Day = ON) -> tuple[Decimal, Decimal]:
    """Return the only indicator's numerator before and after these records are approved."""
    (effect,) = effects_of(plan, [code], day, (records.model, records), is_gain=True)
    return effect.before.figure.numerator, effect.after.figure.numerator


def test_an_activity_of_the_province_counts_where_it_reached(
    own_plan: Callable[..., Plan], make: Make
) -> None:
    plan = own_plan(indicator_text(REACHED))
    make(Activity, area_id="50", reached=[HUAYIPO, f"{NEIGHBOUR_STREET}001"], status="pending")
    pending = Activity.objects.pending()
    assert _moved(plan, DISTRICT, pending) == (0, 1)
    assert _moved(plan, NEIGHBOUR, pending) == (0, 1)
    assert _moved(plan, "50", pending) == (0, 2)
    assert _moved(plan, MINSHENGLU, pending) == (0, 0)


def test_a_record_of_an_abolished_street_counts_for_who_followed_it(
    own_plan: Callable[..., Plan], make: Make
) -> None:
    plan = own_plan(indicator_text(FUNDS))
    make(Fund, status="pending")
    register_succession(QIXINGGANG, f"{NEIGHBOUR}009", Day(2026, 6, 1))
    pending = Fund.objects.pending()
    eve = Day(2026, 5, 31)
    assert [_moved(plan, code, pending, eve) for code in (DISTRICT, NEIGHBOUR)] == [(0, 1), (0, 0)]
    assert [_moved(plan, code, pending) for code in (DISTRICT, NEIGHBOUR)] == [(0, 0), (0, 1)]
    assert _moved(plan, f"{NEIGHBOUR}009003", pending) == (0, 1)
    assert _moved(plan, "50", pending, eve) == _moved(plan, "50", pending) == (0, 1)


def test_a_report_takes_the_place_of_the_one_before(
    own_plan: Callable[..., Plan], approved: Make, make: Make
) -> None:
    plan = own_plan(indicator_text('counting = "manual"', unit="%"))
    report = {"plan_code": "own", "indicator_code": "one", "denominator": 10}
    approved(ManualFigure, numerator=3, **report)
    make(ManualFigure, numerator=7, as_of=Day(2026, 5, 1), status="pending", **report)
    assert _moved(plan, DISTRICT, ManualFigure.objects.pending()) == (3, 7)


def test_the_asked_years_target_decides_what_is_enough(
    yuzhong: Plan, approved: Make, make: Make
) -> None:
    """In 2029 a community needs three organisations, so a second one changes nothing yet."""
    approved(CommunityOrg)
    make(CommunityOrg, status="pending")
    pending = CommunityOrg.objects.pending()
    felt = {}
    for year in (2027, 2029):
        effects = effects_of(
            yuzhong, [DISTRICT], ON, (CommunityOrg, pending), is_gain=True, year=year
        )
        felt[year] = {one.before.indicator.code for one in effects if one.is_felt}
    assert felt == {2027: {"charity_orgs", "orgs_each_community"}, 2029: {"charity_orgs"}}


def test_what_a_plan_does_not_count_has_no_effect(
    own_plan: Callable[..., Plan], make: Make
) -> None:
    plan = own_plan(indicator_text(FUNDS))
    make(Activity, status="pending", reached=[HUAYIPO])
    change = (Activity, Activity.objects.pending())
    assert effects_of(plan, [DISTRICT], ON, change, is_gain=True) == []


def test_many_records_are_asked_about_in_as_few_queries_as_one(yuzhong: Plan, make: Make) -> None:
    costs = []
    for number in (1, 30):
        for _ in range(number):
            make(Fund, status="pending", area_id=(HUAYIPO, MINSHENGLU)[number % 2])
        with CaptureQueriesContext(connection) as queries:
            change = (Fund, Fund.objects.pending())
            effects_of(yuzhong, [DISTRICT], ON, change, is_gain=True)
        costs.append(len(queries))
    assert costs[0] == costs[1] < 60, costs
