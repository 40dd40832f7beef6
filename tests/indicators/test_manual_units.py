"""Reported figures of two streets: a unit that adds up is summed, a rate is averaged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from indicators.models import Indicator, ManualFigure, Plan
from reviews.checks import find_problems
from tests.conftest import DISTRICT, JIEFANGBEI, QIXINGGANG
from tests.indicators.conftest import indicator_text, item_of
from tests.types import Make

DAY = date(2026, 6, 30)
REPORT = {"plan_code": "own", "indicator_code": "one", "as_of": date(2026, 5, 1)}


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("小时", 900), ("人次", 900), ("万元", 900), ("公里", 900), ("分", 450), ("元/人", 450)],
)
def test_the_unit_decides_what_two_streets_make(
    own_plan: Callable[..., Plan], approved: Make, unit: str, expected: int
) -> None:
    plan = own_plan(indicator_text('counting = "manual"', unit=unit))
    assert item_of(plan, "one", DISTRICT, DAY).value is None
    for area, hours in ((QIXINGGANG, 400), (JIEFANGBEI, 500)):
        approved(ManualFigure, area_id=area, numerator=hours, denominator=1, **REPORT)
    assert item_of(plan, "one", DISTRICT, DAY).value == expected
    assert item_of(plan, "one", QIXINGGANG, DAY).value == 400


def test_a_percentage_is_averaged_by_its_totals(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(indicator_text('counting = "manual"', unit="%"))
    for area, done, total in ((QIXINGGANG, 90, 100), (JIEFANGBEI, 30, 100)):
        approved(ManualFigure, area_id=area, numerator=done, denominator=total, **REPORT)
    assert item_of(plan, "one", DISTRICT, DAY).value == Decimal("0.6")


def test_a_total_for_a_unit_that_adds_up_is_a_warning(
    own_plan: Callable[..., Plan], make: Make
) -> None:
    own_plan(indicator_text('counting = "manual"', unit="小时"))
    figure = make(ManualFigure, area_id=QIXINGGANG, numerator=400, denominator=800, **REPORT)
    assert ("no_total", True) in [(each.code, each.is_warning) for each in find_problems(figure)]


@pytest.mark.parametrize(
    "unit",
    [
        "%",
        "‰",
        "百分点",
        "分",
        "倍",
        "元/人",
        "人均元",
        "满意率",
        "％",
        "得分",
        "满意度",
        "个百分点",
        "名次",
    ],
)
def test_rates_and_marks_are_averaged(unit: str) -> None:
    assert Indicator(unit=unit).is_averaged


@pytest.mark.parametrize(
    "unit", ["小时", "人次", "元", "万元", "支", "个", "场", "平方米", "天", "积分"]
)
def test_all_other_units_add_up(unit: str) -> None:
    assert not Indicator(unit=unit).is_averaged
