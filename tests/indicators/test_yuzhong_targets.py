"""渝中区's targets are those of annex and text; 2028, which has none, stays without a target."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from indicators.models import Plan
from tests.conftest import DISTRICT, QIXINGGANG
from tests.indicators.conftest import item_of, run_json

pytestmark = pytest.mark.once  # texts; their figures are tested on both databases

Day = datetime.date
ANNEX: dict[str, tuple[int | str, ...]] = {
    "funds": (19, 27, 35),
    "scenes": (11, 15, 20),
    "charity_orgs": (158, 185, 237),
    "trained": (50, 70, 100),
    "projects": (40, 50, 70),
    "aid_projects": (10, 20, 40),
    "raised": (340, 370, 420),
    "aided": (2500, 5000, 10000),
    "coverage": ("0.7", "0.8", 1),
}
BESIDE = {
    "funds": {2026: (">=", 19), 2027: (">=", 27), 2029: (">=", 35)},
    "scenes": {2027: ("=", 15), 2029: ("=", 20)},
    "charity_orgs": {2027: (">=", 158), 2029: (">=", 237)},
}
TEXT: dict[str, dict[int, tuple[str, int | None]]] = {
    "street_fund_coverage": {2026: ("1", None)},
    "community_fund_coverage": {2026: ("0.1", None)},
    "raised_growth": {2026: ("0.1", None)},
    "orgs_each_community": {2027: ("1", 2), 2029: ("1", 3)},
    "teams_each_community": {2027: ("1", 1), 2029: ("1", 2)},
}


@pytest.mark.parametrize("code", ANNEX)
def test_the_annex(yuzhong: Plan, code: str) -> None:
    targets = yuzhong.indicators.get(code=code).targets.filter(place="annex")
    assert dict(targets.values_list("due_on", "value")) == {
        Day(year, 12, 31): Decimal(value)
        for year, value in zip((2026, 2027, 2029), ANNEX[code], strict=True)
    }


@pytest.mark.parametrize("code", BESIDE)
def test_the_texts_own_numbers_stand_beside_the_annex(yuzhong: Plan, code: str) -> None:
    targets = yuzhong.indicators.get(code=code).targets.filter(place="text")
    assert {
        target.due_on.year: (target.operator, int(target.value)) for target in targets
    } == BESIDE[code]
    assert all("工作目标" in target.clause for target in targets)


def test_only_three_of_the_annex_are_in_the_text_too(yuzhong: Plan) -> None:
    found = yuzhong.indicators.filter(place="annex", targets__place="text").distinct()
    assert set(found.values_list("code", flat=True)) == set(BESIDE)


@pytest.mark.parametrize("code", TEXT)
def test_the_text(yuzhong: Plan, code: str) -> None:
    targets = yuzhong.indicators.get(code=code).targets.values_list("due_on", "value", "at_least")
    assert {due.year: (value, at_least) for due, value, at_least in targets} == {
        year: (Decimal(value), at_least) for year, (value, at_least) in TEXT[code].items()
    }


def test_the_indicators_stand_in_the_documents_order(yuzhong: Plan) -> None:
    assert list(yuzhong.indicators.values_list("code", flat=True)) == [*ANNEX, *TEXT]


def test_the_annex_gives_more_where_it_says_not_less(yuzhong: Plan) -> None:
    targets = yuzhong.indicators.get(code="funds").targets.filter(place="annex")
    assert list(targets.values_list("operator", flat=True)) == ["=", ">=", ">="]


def test_2028_has_no_target_and_none_is_made_up(yuzhong: Plan) -> None:
    items = run_json("progress", "yuzhong-2026", "--on", "2028-06-30")["indicators"]
    has_data = [item for item in items if item["value"] is not None]
    assert len(has_data) == len(items) - 1  # nothing was raised, so nothing grew
    for item in items:
        absent = ("target", "operator", "rate", "expected", "projection")
        assert [item[key] for key in absent] == [None] * 5
        assert item["status"] == ("no_target" if item in has_data else "no_data")


@pytest.mark.parametrize("code", ["50", "5001", QIXINGGANG])
def test_only_the_plans_own_area_has_its_targets(yuzhong: Plan, code: str) -> None:
    day = Day(2026, 6, 30)
    assert item_of(yuzhong, "funds", DISTRICT, day).target is not None
    item = item_of(yuzhong, "funds", code, day)
    assert (item.target, item.state) == (None, "no_target")


def test_denominators_are_11_streets_and_79_communities(yuzhong: Plan) -> None:
    day = Day(2026, 6, 30)
    assert item_of(yuzhong, "street_fund_coverage", DISTRICT, day).figure.denominator == 11
    assert item_of(yuzhong, "coverage", DISTRICT, day).figure.denominator == 79
