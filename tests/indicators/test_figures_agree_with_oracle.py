"""Every figure that the platform shows equals a plain loop over the approved records."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from areas.codes import level_of
from areas.models import Area, AreaSuccession
from dates.months import month_end
from indicators.models import Plan
from indicators.progress.progress import progress_of
from indicators.store import series
from indicators.store.tree_context import TreeContext
from reviews.models import Action
from reviews.services import TransitionError, approve, move_all, reopen, return_, submit, void
from tests.indicators.worlds import (
    DISTRICT,
    KINDS,
    World,
    answer_now,
    days_to_ask,
    load_world_plan,
    seeds,
)

pytestmark = pytest.mark.django_db
#: The year before the plan's; growth against an earlier whole year has a test of its own.
_FIRST_WHOLE_YEAR = 2024


def _world(seed: int, folder: Path, *, is_whole: bool = False) -> tuple[World, Plan]:
    world = World(Random(seed), is_whole=is_whole)
    plan = load_world_plan(folder)
    world.fill(world.random.randint(0, 14))
    return world, plan


def _assert_all_agree(
    world: World, plan: Plan, days: Iterable[datetime.date], root: str = ""
) -> None:
    """Compare all figures on each day, in the subtree of `root` (default: any)."""
    answer = answer_now()
    for day in days:
        random_code = world.random.choice(world.codes)
        top = root or world.random.choice([DISTRICT, world.codes[0], random_code])
        codes = [code for code in world.codes if code.startswith(top)]
        for code, items in progress_of(plan, codes, day, tree=TreeContext(top)).items():
            for item in items:
                indicator = item.indicator
                if indicator.against == "whole_year" and day.year < _FIRST_WHOLE_YEAR:
                    continue
                found = (item.figure.numerator, item.figure.denominator)
                spot = f"{indicator.code} {code} {day}"
                assert found == answer.of(indicator, code, day), spot


def _shake(world: World) -> None:
    """Make random transitions, single and in bulk; those that are not allowed change nothing."""
    random = world.random
    by: dict[str, Any] = {"by": world.reviewer}
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
                move_all(kind._default_manager.all(), action, reason="批量", by=world.reviewer)
            else:
                random.choice(moves)(record)
        except TransitionError:
            continue


@pytest.mark.parametrize("seed", seeds(range(12), 4))
def test_stored_figures_and_any_day_agree_and_stay_so(seed: int, tmp_path: Path) -> None:
    world, plan = _world(seed, tmp_path)
    series.recompute_all()
    _assert_all_agree(world, plan, [*world.edges(), *days_to_ask(world.random)[:3]])
    _shake(world)
    _assert_all_agree(world, plan, days_to_ask(world.random)[2:])
    assert list(series.differences()) == []


@pytest.mark.parametrize("seed", seeds(range(100, 108), 3))
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


# --- successions ------------------------------------------------------------------------------


def _days_of_change(world: World) -> list[datetime.date]:
    """Return the eve of a succession, its day, the end of the month, and the same day a year
    later.
    """
    on = world.random.choice(list(AreaSuccession.objects.values_list("on", flat=True)))
    a_year_later = on + datetime.timedelta(days=365)
    return [on - datetime.timedelta(days=1), on, month_end(on), a_year_later]


def _world_with_successions(seed: int, folder: Path) -> tuple[World, Plan]:
    world, plan = _world(seed, folder, is_whole=True)
    world.fill(6)
    series.recompute_all()
    while not world.succeed(4):
        continue
    return world, plan


@pytest.mark.parametrize("seed", seeds(range(300, 308), 3))
def test_successions_agree_on_any_day_and_refreshes_keep_them_so(seed: int, tmp_path: Path) -> None:
    """Records come before and after; approvals concern predecessors and successors alike."""
    world, plan = _world_with_successions(seed, tmp_path)
    assert list(series.differences()) == []
    _assert_all_agree(world, plan, _days_of_change(world), world.codes[0])
    world.fill(4)
    series.recompute_all()
    _shake(world)
    world.succeed(2)
    _shake(world)
    assert list(series.differences()) == []
    _assert_all_agree(world, plan, [*_days_of_change(world), *days_to_ask(world.random)[1:]])


@pytest.mark.parametrize("seed", seeds(range(400, 404), 2))
def test_a_succession_leaves_every_record_row_and_the_sum_of_all_as_they_were(
    seed: int, tmp_path: Path
) -> None:
    """A succession changes areas only; records and the sum at the top of the tree stay.

    (A coverage asks about areas, and a manual figure gives way to the successor's.)
    """
    world, plan = _world(seed, tmp_path, is_whole=True)
    world.fill(8)
    series.recompute_all()
    rows = {kind: list(kind._default_manager.order_by("pk").values_list()) for kind in KINDS}
    top, day = world.codes[0], datetime.date(2027, 3, 31)
    before = {item.indicator.code: item for item in progress_of(plan, [top], day)[top]}
    while not world.succeed(4):
        continue
    assert rows == {
        kind: list(kind._default_manager.order_by("pk").values_list()) for kind in KINDS
    }
    if not Area.objects.get(code=top).exists_on(day):
        return
    for item in progress_of(plan, [top], day)[top]:
        if item.indicator.counting not in ("coverage", "manual"):
            assert item.figure == before[item.indicator.code].figure, item.indicator.code


@pytest.mark.parametrize("seed", seeds(range(500, 504), 2))
def test_children_add_up_to_their_parent_by_every_additive_rule(seed: int, tmp_path: Path) -> None:
    """Records of the parent itself and of abolished children are added."""
    world, plan = _world_with_successions(seed, tmp_path)
    answer = answer_now()
    for day in [*_days_of_change(world), datetime.date(2026, 6, 30)]:
        parents = [code for code in world.codes if len(code) < 12]
        homes = answer.homes(day)
        for parent in world.random.sample(parents, min(len(parents), 4)):
            if not Area.objects.get(code=parent).exists_on(day):
                continue
            children = list(Area.objects.children_of(parent, day).values_list("code", flat=True))
            left = [
                code for code, home in homes.items()
                if home.startswith(parent) and not home.startswith(tuple(children))
            ]  # fmt: skip
            rest = answer.only(left)
            found = progress_of(plan, [parent, *children], day)
            for number, item in enumerate(found[parent]):
                rule = item.indicator
                if rule.against == "whole_year" and day.year < _FIRST_WHOLE_YEAR:
                    continue
                if rule.counting == "coverage" and rule.level == level_of(parent):
                    continue  # a coverage asks about the parent itself
                parts = [found[child][number].figure for child in children]
                numerator, denominator = rest.counted(rule, parent, day)
                spot = f"{rule.code} {parent} {day}"
                assert item.figure.numerator == numerator + sum(p.numerator for p in parts), spot
                if rule.counting in ("growth", "manual") or rule.is_ratio:
                    total = denominator + sum(part.denominator for part in parts)
                    assert item.figure.denominator == total, spot
