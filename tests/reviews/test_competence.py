"""Who decides follows the plan's tiers: 登记 the county, 街道管理 the street, 社区指导 the community (B33)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from areas.codes import level_of
from areas.models import Area
from desks.reviewer import reviewer_desk
from indicators.models import Plan
from indicators.plan.loading import load_plans
from orgs.models import CommunityOrg
from reviews.models import Action, ReviewEvent, Status
from reviews.services import (
    Refusal,
    TransitionError,
    approve,
    move_all,
    reopen,
    return_,
    submit,
    void,
)
from tests.indicators.conftest import HEAD
from tests.types import Make

STREET, COMMUNITY, OTHER_STREET = "500103001", "500103001003", "500103003"
_LEVELS = {"registered": 3, "street": 4, "community": 5}
_RULE = """
[[competence]]
code = "{tier}"
name = "{tier}的组织"
clause = "三、（四）2"
kind = "community-orgs"
where = {{ tier = "{tier}" }}
level = {level}
"""
Reviewer = Callable[..., User]


@pytest.fixture
def tiers(district: Area, tmp_path: Path) -> Plan:
    path = tmp_path / "tiers.toml"
    rules = [_RULE.format(tier=tier, level=level) for tier, level in _LEVELS.items()]
    path.write_text(HEAD + "".join(rules), encoding="utf-8")
    return load_plans([path])[0]


@pytest.fixture
def reviewer(district: Area) -> Reviewer:
    def create(area: str) -> User:
        return User.objects.create_user(f"sh{area}", role=Role.REVIEWER, area_id=area)

    return create


@pytest.fixture
def pending(make: Make, quji: User) -> Callable[[str], CommunityOrg]:
    def submitted(tier: str) -> CommunityOrg:
        org = make(CommunityOrg, area_id=COMMUNITY, tier=tier)
        submit(org, by=quji, reason="测试")
        return org

    return submitted


@pytest.mark.parametrize("tier", _LEVELS)
@pytest.mark.parametrize("code", ["500103", STREET, COMMUNITY])
def test_each_tier_is_decided_at_its_own_level(
    tiers: Plan,
    reviewer: Reviewer,
    pending: Callable[[str], CommunityOrg],
    tier: str,
    code: str,
) -> None:
    users = {area: reviewer(area) for area in ("500103", STREET, COMMUNITY)}
    org, by, level = pending(tier), users[code], level_of(code)
    if level > _LEVELS[tier]:
        for act in (approve, return_, void):
            with pytest.raises(TransitionError, match="本级不能") as refused:
                act(org, by=by, reason="试")
            assert refused.value.refusal == Refusal.LEVEL
    elif level < _LEVELS[tier]:
        with pytest.raises(TransitionError, match="须填写理由") as refused:
            approve(org, by=by)
        assert refused.value.refusal == Refusal.REASON
        approve(org, by=by, reason="社区审核员休假")
        event = ReviewEvent.objects.get(object_id=org.pk, action=Action.APPROVE)
        assert event.reason == "上级代审：社区审核员休假"
    else:
        approve(org, by=by)
        reopen(org, by=by, reason="补材料")
        event = ReviewEvent.objects.get(object_id=org.pk, action=Action.REOPEN)
        assert event.reason == "补材料"


@pytest.mark.parametrize("code", ["500103", STREET])
def test_without_a_reviewer_of_that_level_the_next_higher_decides_in_its_own_right(
    tiers: Plan, reviewer: Reviewer, pending: Callable[[str], CommunityOrg], code: str
) -> None:
    by = reviewer(code)
    gone = reviewer(COMMUNITY)
    gone.is_active = False
    gone.save()
    org = pending("community")
    approve(org, by=by)
    assert ReviewEvent.objects.get(object_id=org.pk, action=Action.APPROVE).reason == ""


def test_a_reviewer_of_another_street_does_not_make_it_stepping_in(
    tiers: Plan, reviewer: Reviewer, pending: Callable[[str], CommunityOrg]
) -> None:
    reviewer(OTHER_STREET)
    approve(pending("street"), by=reviewer("500103"))


def test_a_neighbour_sees_no_record_and_no_rule_helps(
    tiers: Plan, jiangbei: User, pending: Callable[[str], CommunityOrg]
) -> None:
    with pytest.raises(TransitionError) as refused:
        approve(pending("registered"), by=jiangbei, reason="试")
    assert refused.value.refusal == Refusal.SCOPE


def test_without_such_a_plan_every_level_decides_as_before(
    reviewer: Reviewer, pending: Callable[[str], CommunityOrg]
) -> None:
    reviewer(COMMUNITY)
    approve(pending("community"), by=reviewer("500103"))
    approve(pending("registered"), by=reviewer(STREET))


def test_a_set_is_moved_as_far_as_it_is_ones_own(
    tiers: Plan, reviewer: Reviewer, pending: Callable[[str], CommunityOrg]
) -> None:
    street, _ = reviewer(STREET), reviewer(COMMUNITY)
    orgs = {tier: pending(tier) for tier in _LEVELS}
    rows = CommunityOrg.objects.all()
    with pytest.raises(TransitionError, match="其中1条由下级审核"):
        move_all(rows, Action.APPROVE, by=street)
    assert move_all(rows, Action.APPROVE, by=street, reason="集中办理") == 2
    reasons = dict(
        ReviewEvent.objects.filter(action=Action.APPROVE).values_list("object_id", "reason")
    )
    assert reasons == {
        orgs["street"].pk: "集中办理",
        orgs["community"].pk: "上级代审：集中办理",
    }
    orgs["registered"].refresh_from_db()
    assert orgs["registered"].status == Status.PENDING


def test_the_desk_shows_what_is_ones_own(
    tiers: Plan, reviewer: Reviewer, pending: Callable[[str], CommunityOrg]
) -> None:
    users = [reviewer(code) for code in ("500103", STREET, COMMUNITY)]
    orgs = [pending(tier) for tier in _LEVELS]
    for user, org in zip(users, orgs, strict=True):
        desk: dict[str, Any] = reviewer_desk(user)
        assert [line["record"] for line in desk["oldest"]] == [org]
        assert desk["waiting_count"] == 1


def test_the_page_says_whose_it_is(
    tiers: Plan, reviewer: Reviewer, pending: Callable[[str], CommunityOrg]
) -> None:
    county, street = reviewer("500103"), reviewer(STREET)
    org, high = pending("street"), pending("registered")
    client = Client()
    client.force_login(county)
    page = client.get(reverse("admin:orgs_communityorg_approve_one", args=[org.pk]), follow=True)
    assert "您可以代为通过，须填写理由" in page.content.decode()
    assert "理由（必填）" in page.content.decode()
    client.force_login(street)
    page = client.get(reverse("admin:orgs_communityorg_approve_one", args=[high.pk]), follow=True)
    assert "本级不能通过" in page.content.decode()


def test_the_api_refuses_with_a_code(
    tiers: Plan, reviewer: Reviewer, pending: Callable[[str], CommunityOrg]
) -> None:
    county, street = reviewer("500103"), reviewer(STREET)
    high, own = pending("registered"), pending("street")
    client = Client()
    client.force_login(street)
    answer = client.post(
        f"/api/v1/community-orgs/{high.pk}/approve/", {}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "level")
    client.force_login(county)
    address = f"/api/v1/community-orgs/{own.pk}/approve/"
    answer = client.post(address, {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "reason")
    answer = client.post(address, {"reason": "代办"}, content_type="application/json")
    assert answer.status_code == 200
