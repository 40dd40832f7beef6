"""Every figure the platform shows is what a plain loop over the approved records gives."""

from __future__ import annotations

import datetime
from pathlib import Path
from random import Random

import pytest

from indicators import series
from indicators.figures import progress_of
from indicators.models import Plan
from reviews.models import Action
from reviews.services import TransitionError, approve, move_all, reopen, return_, submit, void
from tests.indicators.worlds import DISTRICT, KINDS, Answer, World, days_to_ask, load_world_plan

pytestmark = pytest.mark.django_db
#: The year before the plan's: growth against a whole year is tested apart before it.
_FIRST_WHOLE_YEAR = 2024


def _world(seed: int, folder: Path) -> tuple[World, Plan]:
    world = World(Random(seed))
    plan = load_world_plan(folder)
    world.fill(world.random.randint(0, 14))
    return world, plan


def _assert_all_agree(world: World, plan: Plan, days: list[datetime.date]) -> None:
    answer = Answer()
    for day in days:
        random_code = world.random.choice(world.codes)
        root = world.random.choice([DISTRICT, world.codes[0], random_code])
        codes = [code for code in world.codes if code.startswith(root)]
        for code, items in progress_of(plan, codes, day, root=root).items():
            for item in items:
                indicator = item.indicator
                if indicator.against == "whole_year" and day.year < _FIRST_WHOLE_YEAR:
                    continue
                found = (item.figure.numerator, item.figure.denominator)
                spot = f"{indicator.code} {code} {day}"
                assert found == answer.of(indicator, code, day), spot


def _shake(world: World) -> None:
    """Random transitions, single and in bulk; those that may not happen change nothing."""
    random, by = world.random, {"by": world.reviewer}
    for _ in range(random.randint(3, 6)):
        kind = random.choice(KINDS)
        if not (records := list(kind._default_manager.order_by("pk"))):
            continue
        record = random.choice(records)
        moves = [
            lambda row: approve(row, **by),
            lambda row: reopen(row, reason="核对", **by),
            lambda row: void(row, reason="重复", **by),
            lambda row: return_(row, reason="补正", **by),
            lambda row: submit(row, reason="已核", by=world.clerk),
        ]
        try:
            if random.random() < 0.2:
                action = random.choice([Action.APPROVE, Action.REOPEN])
                move_all(kind._default_manager.all(), action, reason="批量", **by)
            else:
                random.choice(moves)(record)
        except TransitionError:
            continue


@pytest.mark.parametrize("seed", range(12))
def test_stored_figures_and_any_day_agree_and_stay_so(seed: int, tmp_path: Path) -> None:
    world, plan = _world(seed, tmp_path)
    series.recompute_all()
    _assert_all_agree(world, plan, [*world.edges(), *days_to_ask(world.random)[:3]])
    _shake(world)
    _assert_all_agree(world, plan, days_to_ask(world.random)[2:])
    assert list(series.differences()) == []


@pytest.mark.parametrize("seed", range(100, 108))
def test_refreshes_alone_build_what_a_recomputation_builds(seed: int, tmp_path: Path) -> None:
    world, plan = _world(seed, tmp_path)
    series.recompute_all()
    kinds = world.random.sample(KINDS, 4)
    for kind in kinds:
        records = kind._default_manager.all()
        move_all(records, Action.REOPEN, by=world.reviewer, reason="全部重核")
        records.filter(status="returned").update(
            status="pending", submitted_by=world.clerk, reviewed_by=None
        )
    assert list(series.differences()) == []
    _shake(world)
    for kind in reversed(kinds):
        move_all(kind._default_manager.all(), Action.APPROVE, by=world.reviewer)
    assert list(series.differences()) == []
    _assert_all_agree(world, plan, days_to_ask(world.random)[2:])
