"""Applications to be a demonstration: the figures beside the points, who decides, the list."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.models import Role, User
from areas.models import Area
from areas.services import register_succession
from audit.chain.lifting import lifted
from funds.models import Donation, Fund
from indicators.models import Plan
from orgs.models import Training
from projects.models import Aid, Project, ServiceContract
from reviews.checks import blocking, find_problems
from scenes.models import Scene
from tests.conftest import DISTRICT, HUAYIPO, QIXINGGANG
from tests.types import Make
from tests.worlds import share
from work.demonstration import (
    DecisionRefused,
    decide,
    dimensions_of,
    figures_of,
    may_decide,
    standings,
)
from work.models import (
    DIMENSIONS,
    DemonstrationApplication,
    DemonstrationDecision,
    WorkRecord,
)
from work.showcase import showcase_of

DAY = datetime.date(2026, 6, 30)
POINTS = dict.fromkeys(DIMENSIONS, "80")


@pytest.fixture
def world(yuzhong: Plan, approved: Make) -> DemonstrationApplication:
    """An approved application of 七星岗街道, and records in it and elsewhere."""
    fund = approved(Fund, area_id=HUAYIPO)
    approved(Donation, fund=fund, amount_yuan=Decimal("1200.50"), donated_on=DAY)
    for day in (DAY, datetime.date(2025, 12, 31), datetime.date(2026, 7, 1)):
        approved(Training, area_id=QIXINGGANG, held_on=day, person_times=7)
        approved(Project, area_id=HUAYIPO, starts_on=day)
        approved(Aid, area_id=HUAYIPO, helped_on=day, person_times=3)
        signed = {"area_id": QIXINGGANG, "signed_on": day, "amount_yuan": Decimal(80_000)}
        approved(ServiceContract, name=f"合同{day}", **signed)
    approved(Scene, area_id=HUAYIPO, opened_on=DAY)
    approved(Scene, area_id="500103003013", opened_on=DAY)
    return approved(DemonstrationApplication, area_id=QIXINGGANG, year="2026", applied_on=DAY)


share(__name__, "world")


def test_the_figures_are_those_of_the_records(world: DemonstrationApplication) -> None:
    """Counted again from the records in the plainest way."""
    found = figures_of(QIXINGGANG, DAY)
    assert {code: each.amount for code, each in found.items()} == {
        **{"funds": "1支", "fund_raised": "1,200.50元", "projects": "1个", "aided": "3人次"},
        **{"scenes": "1个", "full_scenes": "0个", "charity_orgs": "0个", "teams": "0支"},
        **{"trainings": "1场", "trained": "7人次", "activities": "0场", "reached": "0个"},
        **{"talents": "0人", "service_contracts": "1份", "service_contract_yuan": "80,000.00元"},
    }
    for kind, day, measure in (
        (Project, "starts_on", "projects"),
        (Training, "held_on", "trainings"),
    ):
        rows = kind.objects.within(QIXINGGANG).approved()
        number = rows.filter(**{f"{day}__year": 2026, f"{day}__lte": DAY}).count()
        assert found[measure].amount[:-1] == str(number)
    dimensions = dimensions_of(world, DAY)
    assert [one.name for one in dimensions] == list(DIMENSIONS.values())
    assert [one.own for one in dimensions] == list(world.points.values())


def test_only_a_reviewer_above_who_did_not_submit_it_decides(
    world: DemonstrationApplication, shiju: User, quji: User, jiedao: User, jiangbei: User
) -> None:
    street = User.objects.create_user("jdsh", role=Role.REVIEWER, area_id=QIXINGGANG)
    asked = (shiju, quji, jiedao, street, jiangbei)
    assert [may_decide(user, world) for user in asked] == [True, False, False, False, False]
    community = DemonstrationApplication(area_id=HUAYIPO, year="2026")
    assert not may_decide(street, community)  # the document: the district decides
    world.submitted_by = shiju
    assert not may_decide(shiju, world)
    with pytest.raises(DecisionRefused, match="不能评定自己的申报"):
        decide(world, "chosen", POINTS, "好", by=street)
    assert not DemonstrationDecision.objects.exists()


@pytest.mark.parametrize(
    ("decision", "change", "reason", "told"),
    [
        ("good", {}, "好", "请选择"),
        ("chosen", {}, " ", "评定理由"),
        ("chosen", {"fund_points": "101"}, "好", "社区慈善基金设立"),
        ("chosen", {"fund_points": ""}, "好", "0至100的整数"),
        ("chosen", {"service_points": "-1"}, "好", "购买专业机构服务"),
        ("chosen", {"service_points": "９"}, "好", "购买专业机构服务"),
    ],
)
def test_a_decision_is_whole_or_refused_in_words(
    world: DemonstrationApplication,
    shiju: User,
    decision: str,
    change: dict[str, str],
    reason: str,
    told: str,
) -> None:
    with pytest.raises(DecisionRefused, match=told):
        decide(world, decision, POINTS | change, reason, by=shiju)


def test_what_is_no_fact_is_not_decided(
    world: DemonstrationApplication, make: Make, shiju: User
) -> None:
    draft = make(DemonstrationApplication, area_id="500103003")
    with pytest.raises(DecisionRefused, match="尚未通过审核"):
        decide(draft, "chosen", POINTS, "好", by=shiju)


def test_the_last_decision_stands_and_the_chosen_come_first(
    world: DemonstrationApplication, approved: Make, shiju: User
) -> None:
    other = approved(DemonstrationApplication, area_id="500103003", year="2026")
    decide(world, "chosen", POINTS, "第一次", by=shiju)
    decide(world, "not_chosen", POINTS | {"fund_points": "10"}, "复核", by=shiju)
    decide(other, "chosen", POINTS, "好", by=shiju)
    found = standings(DISTRICT, "2026")
    assert [(each.application.area_id, each.outcome) for each in found] == [
        ("500103003", "评定为示范"),
        (QIXINGGANG, "未评定"),
    ]
    assert found[1].decision is not None
    assert (found[1].decision.score, found[1].decision.reason) == (Decimal("70.0"), "复核")
    values = DemonstrationApplication.export_values()["outcome"]
    assert [values(each.application) for each in found] == [each.outcome for each in found]
    assert standings(QIXINGGANG, "2025") == []
    with pytest.raises(IntegrityError), lifted():
        DemonstrationDecision.objects.update(reason="")
    with pytest.raises(IntegrityError), lifted():
        DemonstrationDecision.objects.update(fund_points=101)


def test_the_page_shows_the_form_to_whoever_decides(
    world: DemonstrationApplication, shiju: User, jiedao: User, jiangbei: User
) -> None:
    address, shown = f"/tasks/demonstrations/{world.pk}/", []
    for user in (shiju, jiedao, jiangbei):
        client = Client()
        client.force_login(user)
        answer = client.get(address)
        shown.append(
            (answer.status_code, answer.status_code == 200 and bool(answer.context["choices"]))
        )
    assert shown == [(200, True), (200, False), (404, False)]
    client = Client()
    client.force_login(shiju)
    client.post(f"{address}decide/", POINTS | {"decision": "chosen", "reason": "七个方面齐全"})
    assert world.decisions.get().by == shiju
    listed = client.get("/tasks/demonstrations/").content.decode()
    assert "评定为示范1个" in listed


@pytest.mark.parametrize("year", ["", "26年"])
def test_a_draft_without_a_year_has_its_page(
    make: Make, yuzhong: Plan, shiju: User, year: str
) -> None:
    draft = make(DemonstrationApplication, area_id=QIXINGGANG, year=year)
    client = Client()
    client.force_login(shiju)
    assert client.get(f"/tasks/demonstrations/{draft.pk}/").status_code == 200


@pytest.mark.parametrize("field", ["public_text", "name", "kind_name", "granted_by"])
@pytest.mark.parametrize("text", ["电话13812345678", "家住某街"])
def test_what_the_public_reads_says_nobody(
    make: Make, district: Area, field: str, text: str
) -> None:
    record = make(WorkRecord, area_id=HUAYIPO, **{"public_text": "邻里互助", field: text})
    told = [each for each in find_problems(record) if each.field == field]
    found = blocking(told)
    assert found
    assert len({each.message for each in told}) == len(told)  # not once more as a warning
    assert "13812345678" not in found[0].message


def test_the_public_sheet_shows_approved_results_and_nothing_else_of_them(
    world: DemonstrationApplication, approved: Make, make: Make, jiedao: User
) -> None:
    said = {
        "public_text": "邻里互助三年",
        "content": "内部情况",
        "note": "备注不公开",
        "place": "某处",
    }
    shown = approved(WorkRecord, area_id=HUAYIPO, **said)
    approved(WorkRecord, area_id=HUAYIPO)
    make(WorkRecord, area_id=HUAYIPO, public_text="草稿")
    approved(WorkRecord, area_id="500103003013", public_text="别的街道")
    found = showcase_of(QIXINGGANG)
    assert (found.total, list(found.groups)) == (1, [shown.kind_name])
    assert showcase_of(QIXINGGANG, year="2020").total == 0
    assert showcase_of(DISTRICT).total == 2
    client = Client()
    client.force_login(jiedao)
    for query in ("", "?print=1"):
        page = client.get(f"/tasks/results/{QIXINGGANG}/{query}").content.decode()
        assert "邻里互助三年" in page
        assert not [
            each for each in ("内部情况", "备注不公开", "某处", "草稿", "别的街道") if each in page
        ]
    assert client.get(f"/tasks/results/{QIXINGGANG}/results.xlsx").status_code == 200
    assert client.get(f"/tasks/results/{DISTRICT}/").status_code == 404


def test_what_a_merged_street_showed_and_applied_for_stands_at_its_successor(
    world: DemonstrationApplication, approved: Make
) -> None:
    approved(WorkRecord, area_id=HUAYIPO, public_text="邻里互助三年")
    successor = "500103099"
    register_succession(QIXINGGANG, successor, datetime.date(2026, 9, 1), name="七星岗新街道")
    assert showcase_of(successor).total == 1
    assert [one.application.pk for one in standings(successor, "2026")] == [world.pk]
    assert showcase_of(DISTRICT).total == 1
    assert len(standings(DISTRICT, "2026")) == 1
