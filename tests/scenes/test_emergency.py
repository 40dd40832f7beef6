"""Emergency plans: which areas have one in force and which have none; drills and stock of a place."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from areas.services import register_succession
from reviews.checks import find_problems
from scenes.emergency.numbers import LEVELS, preparedness
from scenes.models import EmergencyDrill, EmergencyPlan, EmergencySupply
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    JIEFANGBEI,
    MINSHENGLU,
    NEIGHBOUR,
    QIXINGGANG,
)
from tests.records.kinds import sound
from tests.types import Make

TODAY = timezone.localdate()
PAST = TODAY - datetime.timedelta(days=30)
LONG_AGO = TODAY - datetime.timedelta(days=366)
FACT: dict[str, Any] = {"status": "approved"}
PLAN: dict[str, Any] = {"issued_on": PAST, "review_on": None, "closed_on": None, **FACT}


@pytest.fixture
def plans(make: Make, district: Area) -> None:
    """Plans of a street and of two communities that count; others that do not."""
    for area in (QIXINGGANG, HUAYIPO, MINSHENGLU):
        make(EmergencyPlan, area_id=area, name=f"{area}预案", **PLAN)
    overdue = PLAN | {"review_on": TODAY - datetime.timedelta(days=1)}
    make(EmergencyPlan, area_id=HUAYIPO, name="另一预案", **overdue)
    others: list[dict[str, Any]] = [{"status": "pending"}, {"closed_on": TODAY}, {"status": "void"}]
    for number, other in enumerate(others):
        make(EmergencyPlan, area_id=JIEFANGBEI, name=f"不计{number}", **PLAN | other)


def _plainly(root: str) -> dict[int, int]:
    """Count the areas of each level without a plan in the plainest way."""
    facts = EmergencyPlan.objects.filter(status="approved")
    having = {plan.area_id for plan in facts if plan.closed_on is None or plan.closed_on > TODAY}
    areas = [area for area in Area.objects.filter(is_counted=True) if area.code.startswith(root)]
    return {
        level: sum(area.level == level and area.code not in having for area in areas)
        for level in LEVELS
    }


@pytest.mark.parametrize("root", ["50", DISTRICT, QIXINGGANG, JIEFANGBEI, HUAYIPO])
def test_areas_without_a_plan_of_their_own_are_counted(plans: None, root: str) -> None:
    found = preparedness(root, TODAY)
    assert found.total.without == _plainly(root)
    assert {group.level: group.number for group in found.missing} == {
        LEVELS[level]: number for level, number in _plainly(root).items() if number
    }
    for level in LEVELS:
        assert sum(row.numbers.without[level] for row in found.rows) == found.total.without[level]


def test_the_nearest_plan_above_is_named(plans: None) -> None:
    (group,) = preparedness(QIXINGGANG, TODAY).missing
    assert {one.above.code for one in group.listed if one.above} == {QIXINGGANG}
    assert HUAYIPO not in {one.area.code for one in group.listed}
    (own,) = preparedness(group.listed[0].area.code, TODAY).missing
    assert [str(one.above.code) for one in own.listed if one.above] == [QIXINGGANG]


def test_plans_stock_and_drills_are_counted_as_of_the_day(plans: None, make: Make) -> None:
    given = {"area_id": HUAYIPO, "emergency_plan": None, **FACT}
    for number, days in enumerate((None, 0, -1)):
        until = None if days is None else TODAY + datetime.timedelta(days=days)
        make(EmergencySupply, name=f"{number}", stocked_on=PAST, expires_on=until, **given)
    make(EmergencySupply, name="已出库", stocked_on=PAST, closed_on=TODAY, **given)
    for number, day in enumerate((TODAY, PAST, LONG_AGO)):
        make(EmergencyDrill, name=f"{number}", held_on=day, **given)
    make(EmergencyDrill, name="待审核", held_on=TODAY, **given | {"status": "pending"})
    total = preparedness(DISTRICT, TODAY).total
    told = (total.plans, total.overdue, total.supplies, total.expired, total.drills)
    assert told == (4, 1, 2, 1, 2)


def test_the_plan_of_a_merged_community_stands_at_its_successor(plans: None) -> None:
    others = Area.objects.filter(code__startswith=QIXINGGANG, level=5, is_counted=True)
    successor = others.exclude(code=HUAYIPO).first()
    assert successor is not None
    register_succession(HUAYIPO, successor.code, TODAY)
    found = preparedness(QIXINGGANG, TODAY)
    (group,) = found.missing
    assert successor.code not in {one.area.code for one in group.listed}
    assert found.total.plans == 3


def test_the_page_is_for_the_own_area_only(
    client: Client, plans: None, jiedao: User, jiangbei: User
) -> None:
    client.force_login(jiedao)
    page = client.get(reverse("emergency", args=[QIXINGGANG])).content.decode()
    assert "应急预案3份（1份已过修订日期）" in page
    for code in (DISTRICT, JIEFANGBEI, MINSHENGLU, NEIGHBOUR):
        assert client.get(reverse("emergency", args=[code])).status_code == 404
    client.force_login(jiangbei)
    assert client.get(reverse("emergency", args=[QIXINGGANG])).status_code == 404


def test_a_drill_names_a_plan_of_its_own_place_or_above_that_is_in_force(
    make: Make, district: Area
) -> None:
    street, elsewhere = (
        make(EmergencyPlan, area_id=area, **PLAN) for area in (QIXINGGANG, JIEFANGBEI)
    )
    drill = sound(make, EmergencyDrill, area_id=HUAYIPO, held_on=PAST)
    drill.emergency_plan = street
    assert find_problems(drill) == []
    drill.held_on = PAST - datetime.timedelta(days=1)
    assert [each.code for each in find_problems(drill)] == ["not_in_force"]
    street.closed_on, drill.held_on = PAST, PAST
    assert [each.code for each in find_problems(drill)] == ["not_in_force"]
    drill.emergency_plan = elsewhere
    (problem,) = find_problems(drill)
    assert problem.message.endswith("解放碑街道的，不是本地区或上级的，请核对")
    assert problem.is_warning


def test_a_community_may_choose_the_plan_of_its_street_but_no_neighbours(
    make: Make, district: Area, jiedao: User
) -> None:
    own, _ = (make(EmergencyPlan, area_id=area, **PLAN) for area in (QIXINGGANG, JIEFANGBEI))
    above = make(EmergencyPlan, area_id=DISTRICT, **PLAN)
    make(EmergencyPlan, area_id=DISTRICT, name="草稿", **PLAN | {"status": "draft"})
    assert set(EmergencyPlan.objects.choosable_by(jiedao)) == {own, above}
