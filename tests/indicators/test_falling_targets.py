"""A later target that demands less does not make up for one that was missed (E43, E47, E03)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from areas.models import Area
from funds.models import Fund
from indicators.models import Plan
from indicators.progress.progress import State
from indicators.progress.sentences import pace_sentence
from tests.indicators.conftest import indicator_text, item_of
from tests.types import Make

pytestmark = pytest.mark.once
Day = datetime.date
_STAGES = """counting = "coverage"
measure = "street_funds"
level = 4
share = true
target = [
    { due_on = 2026-03-31, value = "0.5" },
    { due_on = 2026-06-30, value = "1" },
    { due_on = 2026-12-31, value = "0.9" },
]"""


@pytest.fixture
def stages(district: Area, own_plan: Callable[..., Plan], approved: Make) -> Callable[[int], Plan]:
    """`stages(10)`: that many of the eleven streets have a fund."""
    streets = Area.objects.within(district.code).filter(level=4, is_counted=True)

    def cover(number: int) -> Plan:
        for street in streets.order_by("code")[:number]:
            approved(Fund, area=street, level="street", established_on=Day(2026, 1, 5))
        return own_plan(indicator_text(_STAGES, unit="%"))

    return cover


@pytest.mark.parametrize(
    ("covered", "day", "goal", "state"),
    [
        (10, Day(2026, 6, 30), "1", State.LAGGING),
        (10, Day(2026, 7, 1), "1", State.LAGGING),
        (10, Day(2026, 12, 31), "1", State.LAGGING),
        (11, Day(2026, 12, 31), "0.9", State.ACHIEVED),
        (9, Day(2026, 12, 31), "0.9", State.LAGGING),
        (10, Day(2026, 3, 31), "0.5", State.ACHIEVED),
    ],
)
def test_a_missed_stage_is_not_done_by_a_lower_one(
    stages: Callable[[int], Plan], covered: int, day: Day, goal: str, state: State
) -> None:
    item = item_of(stages(covered), "one", "500103", day)
    assert item.target is not None
    assert (item.target.value, item.state) == (Decimal(goal), state)


def test_both_stages_are_told(stages: Callable[[int], Plan]) -> None:
    text = pace_sentence(item_of(stages(10), "one", "500103", Day(2026, 8, 1)))
    assert "完成2026年6月底目标100%的90.91%" in text
    assert text.endswith("已到期未完成；已达到2026年底较低的目标90%。")
