"""The records behind the figures of a whole subtree, read at once, are those of each figure's lineage."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from areas.models import AreaSuccession
from indicators.models import Indicator, Plan
from indicators.progress.lineage import lineage
from indicators.progress.progress import indicators_of
from indicators.progress.records_behind import RecordsBehind
from indicators.store.series import recompute_all
from indicators.store.tree_context import TreeContext
from tests.indicators.worlds import World, days_to_ask, load_world_plan, seeds

Day = datetime.date
#: (kind, key, area) → quantity.
Quantities = dict[tuple[str, int, str], Decimal]

pytestmark = pytest.mark.django_db


def _read_at_once(behind: RecordsBehind, indicator: Indicator, root: str) -> Quantities:
    found: Quantities = defaultdict(Decimal)
    for row in behind.rows(indicator, root):
        kind = behind.facts.queries[row["query"]].model._meta.label_lower
        found[kind, int(row["pk"]), str(row["area"])] += Decimal(int(row["quantity"])) / 100
    return found


def _one_by_one(indicator: Indicator, root: str, day: Day) -> Quantities:
    found: Quantities = defaultdict(Decimal)
    for item in lineage(indicator, root, day):
        record = item.record
        found[record._meta.label_lower, record.pk, item.area_code] += item.quantity
    return found


def _assert_the_same(world: World, plan: Plan, day: Day) -> None:
    top = world.codes[0]
    indicators = indicators_of(plan, [top])
    behind = RecordsBehind(indicators, day, TreeContext(top))
    for root in {top, *world.random.sample(world.codes, min(6, len(world.codes)))}:
        for indicator in indicators:
            spot = f"{indicator.code} {root} {day}"
            found = _read_at_once(behind, indicator, root)
            assert found == _one_by_one(indicator, root, day), spot


@pytest.mark.parametrize("seed", seeds(range(230, 238), 2))
def test_they_are_the_same(seed: int, tmp_path: Path) -> None:
    world = World(Random(seed))
    plan = load_world_plan(tmp_path)
    world.fill(12)
    recompute_all()
    for day in days_to_ask(world.random)[1:3]:
        _assert_the_same(world, plan, day)


@pytest.mark.parametrize("seed", seeds(range(240, 248), 2))
def test_they_are_the_same_after_successions(seed: int, tmp_path: Path) -> None:
    """On the eve of a change, on its day and later."""
    world = World(Random(seed), is_whole=True)
    plan = load_world_plan(tmp_path)
    world.fill(12)
    recompute_all()
    while not world.succeed(4):
        continue
    change = world.random.choice(list(AreaSuccession.objects.all()))
    for day in (change.on - datetime.timedelta(days=1), change.on, Day(2026, 12, 31)):
        _assert_the_same(world, plan, day)


def test_all_records_and_balances_are_read_by_one_statement(tmp_path: Path) -> None:
    """A second one reads the reported figures."""
    world = World(Random(1))
    plan = load_world_plan(tmp_path)
    world.fill(8)
    indicators, tree = indicators_of(plan, world.codes), TreeContext(world.codes[0])
    assert tree.areas and not tree.successions
    with CaptureQueriesContext(connection) as queries:
        behind = RecordsBehind(indicators, Day(2026, 6, 30), tree)
        for code in world.codes:
            for indicator in indicators:
                behind.rows(indicator, code)
    assert len(queries) == 2
