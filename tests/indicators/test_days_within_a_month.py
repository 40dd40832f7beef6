"""A day within a month is read from the stored rows and equals a count of the records."""

from __future__ import annotations

import datetime
from pathlib import Path
from random import Random

import numpy as np
import pytest

from indicators.models import Plan
from indicators.store import series_reader
from indicators.store.catalogue import current_layout, layout_keys
from indicators.store.engine import SeriesKey
from indicators.store.series import ensure_layout, recompute_all
from indicators.store.tree_context import TreeContext
from orgs.models import Charity
from tests.conftest import DISTRICT
from tests.indicators.worlds import World, load_world_plan, seeds
from tests.types import Make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", seeds(range(6), 2))
def test_every_series_on_random_days_equals_the_count_on_the_spot(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(Random(seed))
    load_world_plan(tmp_path)
    world.fill(12)
    if seed % 2:
        world.succeed(4)
    recompute_all()
    layout = current_layout()
    assert layout is not None
    keys, root = layout_keys(layout), world.codes[0]
    for _ in range(4):
        year = world.random.randint(layout.first_year + 1, 2026)
        day = datetime.date(year, world.random.randint(1, 12), world.random.randint(1, 27))
        read = series_reader.view(world.codes, day, TreeContext(root), keys)
        with monkeypatch.context() as patched:
            patched.setattr(series_reader, "_is_stored", lambda *_: False)
            counted = series_reader.view(world.codes, day, TreeContext(root), keys)
        assert read.span == counted.span
        for code in world.codes:
            for key in keys:
                found, right = read.row(code, key), counted.row(code, key)
                assert np.array_equal(found, right), (str(day), code, str(key))


def test_a_record_without_its_first_day_counts_on_no_day(yuzhong: Plan, approved: Make) -> None:
    """It may still have a last day, like a charity that is known to be dissolved."""
    ensure_layout()
    approved(Charity, closed_on=datetime.date(2026, 3, 20))
    key = SeriesKey("measure", "charities")
    for day in (10, 19, 20, 31):
        seen = series_reader.view(
            [DISTRICT], datetime.date(2026, 3, day), TreeContext(DISTRICT), [key]
        )
        assert seen.at(DISTRICT, key) == 0, day
