"""Organisations and teams by nature, groups, hub and place: each figure equals a plain count."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from areas.models import Area
from areas.signals import tree_changed
from indicators.measures import MEASURES
from indicators.models import Plan
from indicators.plan.loading import load_plans
from indicators.store.series import differences, recompute_all
from orgs.models import (
    SERVED,
    CommunityOrg,
    MajorActivity,
    Nature,
    OrgCategory,
    Reply,
    VolunteerTeam,
)
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.indicators.conftest import item_of
from tests.types import Make
from tests.worlds import share

Day = datetime.date
Holds = Callable[[CommunityOrg], bool]

#: Narrowed code → whether an organisation is of it, in the plainest way.
NARROWED: dict[str, Holds] = {
    "orgs": lambda org: True,
    "orgs:category=charity+rural": lambda org: org.category in ("charity", "rural"),
    "orgs:nature=mutual": lambda org: org.nature == "mutual",
    "orgs:served=serves_elderly+serves_children": lambda org: (
        org.serves_elderly or org.serves_children
    ),
    "orgs:place=rural": lambda org: org.area.level == 5 and not org.area.is_urban,
    "orgs:place=urban": lambda org: org.area.level == 5 and org.area.is_urban,
    "orgs:nature=public+service:place=rural": lambda org: (
        org.nature in ("public", "service") and org.area.level == 5 and not org.area.is_urban
    ),
    "filed_charity_orgs:nature=public": lambda org: (
        org.category == "charity" and org.tier != "registered" and org.nature == "public"
    ),
    "hubs:hub_kind=incubator": lambda org: org.hub_kind == "incubator",
    "orgs_with_charter": lambda org: org.charter_on is not None,
}
PLAN = """
[plan]
code = "natures-2026"
title = "组织结构（测试）"
issuer = "重庆市渝中区民政局"
issued_on = 2026-01-01
area = "500103"
starts_on = 2026-01-01
ends_on = 2026-12-31
"""
INDICATOR = """
[[indicator]]
code = "n{number}"
name = "指标{number}"
unit = "个"
place = "text"
clause = "一"
counting = "stock"
measure = "{measure}"
"""


@pytest.fixture
def plan(district: Area, tmp_path: Path) -> Plan:
    file = tmp_path / "natures-2026.toml"
    tables = (INDICATOR.format(number=at, measure=code) for at, code in enumerate(NARROWED))
    file.write_text(PLAN + "".join(tables), encoding="utf-8")
    load_plans([file])
    return Plan.objects.get(code="natures-2026")


@pytest.fixture
def orgs(plan: Plan, make: Make) -> list[CommunityOrg]:
    """Forty organisations of an urban and a rural community and of a street; some expire or close."""
    Area.objects.filter(code=MINSHENGLU).update(is_urban=False)
    Area.objects.filter(code=HUAYIPO).update(is_urban=True)
    dice, found = random.Random(7), []
    for _ in range(40):
        since = Day(2024, 1, 1) + datetime.timedelta(days=dice.randint(0, 700))
        end = since + datetime.timedelta(days=dice.randint(0, 800))
        found.append(
            make(
                CommunityOrg,
                area_id=dice.choice([HUAYIPO, MINSHENGLU, QIXINGGANG]),
                category=dice.choice(OrgCategory.values),
                tier=dice.choice(["registered", "street", "community"]),
                nature=dice.choice(["", *Nature.values]),
                hub_kind=dice.choice(["", "federation", "incubator"]),
                registered_on=since,
                valid_until=dice.choice([None, end]),
                closed_on=dice.choice([None, None, end]),
                charter_on=dice.choice([None, since]),
                status=dice.choice(["approved", "approved", "approved", "pending", "void"]),
                **{name: dice.random() < 0.4 for name in SERVED},
            )
        )
    recompute_all()
    return found


share(__name__, "district", "plan", "orgs")


def counts_on(org: CommunityOrg, day: Day) -> bool:
    """Whether an organisation is approved and in force on a day."""
    is_valid = org.valid_until is None or day <= org.valid_until
    is_open = org.closed_on is None or day < org.closed_on
    return org.status == "approved" and org.registered_on <= day and is_valid and is_open


def test_each_figure_equals_a_plain_count(plan: Plan, orgs: list[CommunityOrg]) -> None:
    dice = random.Random(8)
    stored = list(CommunityOrg.objects.select_related("area"))
    for _ in range(4):
        day = Day(2026, 1, 1) + datetime.timedelta(days=dice.randint(0, 300))
        for area in (DISTRICT, HUAYIPO, MINSHENGLU):
            inside = [org for org in stored if org.area_id.startswith(area) and counts_on(org, day)]
            for at, holds in enumerate(NARROWED.values()):
                value = item_of(plan, f"n{at}", area, day).value
                assert value == sum(map(holds, inside)), (plan, at, area, day)
    assert list(differences()) == []


def test_a_community_that_becomes_urban_takes_its_organisations_along(
    plan: Plan, orgs: list[CommunityOrg]
) -> None:
    Area.objects.filter(code=MINSHENGLU).update(is_urban=True)
    tree_changed.send(Area, area_codes={MINSHENGLU})
    at = list(NARROWED).index("orgs:place=rural")
    assert item_of(plan, f"n{at}", DISTRICT, Day(2026, 6, 30)).value == 0
    assert list(differences()) == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("orgs:nature=kind", "“组织性质”没有“kind”，可用：service、public、mutual"),
        ("orgs:color=red", "“社区社会组织”不能按“color”限定，可用：category、nature"),
        ("aided:nature=mutual", "“帮扶人次”不能按“nature”限定，可用：无"),
        ("orgs:mutual", "“社区社会组织”不能限定类型"),
        ("orgs:nature=public:nature=mutual", "“社区社会组织”按“nature”限定了两次"),
        ("scenes:park:square", "类型或期间限定了两次，几个值请用“+”相连"),
        ("active_funds:4q:6", "类型或期间限定了两次"),
    ],
)
def test_a_wrong_narrowing_is_told(code: str, message: str) -> None:
    assert message in MEASURES.fault_of(code)


@pytest.mark.once
def test_a_narrowed_measure_is_named_by_its_values() -> None:
    name = MEASURES["teams:kind=neighbours:services=gives_company"].name
    assert name == "志愿服务队伍（队伍类型：邻里守望）（服务内容：亲情陪伴）"
    assert MEASURES["teams_with_social_workers"].model is VolunteerTeam


def test_a_refused_activity_was_not_held(district: Area, approved: Make) -> None:
    org = approved(CommunityOrg)
    for reply in ("", *Reply.values):
        told = {"replied_on": Day(2026, 2, 11), "reply_text": "说明"} if reply else {}
        approved(MajorActivity, organisation=org, name=f"活动{reply}", reply=reply, **told)
    rows = MajorActivity.objects.filter(MEASURES["major_activities"].condition)
    assert {each.reply for each in rows} == {"", "agreed", "conditions"}
