"""A record through the API, through the form and through Excel is the same, to the last field and event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.forms.models import model_to_dict
from django.urls import reverse

from accounts.models import User
from api.records import RecordViewSet
from config.urls import router
from funds.models import Donation, Expenditure, Fund
from indicators.models import ManualFigure, OpeningBalance, Plan
from ledgers.registry import KINDS
from ledgers.service import import_ledger
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from projects.models import Aid, Project
from reviews.models import ReviewEvent, Submission
from scenes.models import Activity, Scene
from tests.api.clients import ApiOf
from tests.conftest import HUAYIPO
from tests.ledger import workbooks
from tests.ledger.workbooks import HOST, one_sheet
from tests.records.kinds import RECORD_KINDS, kind_name, manual_indicator
from tests.types import Make
from tests.web.forms import filled_in

PLACE = {"街道": "七星岗街道", "社区": "华一坡社区"}
#: Kind → what is sent as JSON; the form is sent the same.
JSON: dict[type[Submission], dict[str, Any]] = {
    Fund: {
        "name": f"{HOST}华一坡社区1号基金",
        "level": "community",
        "host_name": HOST,
        "host_has_public_fundraising": True,
        "established_on": "2026-03-01",
        "initial_yuan": "100.00",
        "initiator": "enterprise",
        "leader": "王某",
        "phone": "13800000000",
        "note": "首支",
    },
    Donation: {
        "fund": "FUND",
        "donated_on": "2026-04-01",
        "amount_yuan": "100.50",
        "purpose": "助老",
        "donor_name": "某公司",
        "donor_type": "enterprise",
        "channel": "transfer",
        "receipt_number": "渝财00000001",
    },
    Expenditure: {
        "fund": "FUND",
        "spent_on": "2026-04-02",
        "amount_yuan": "20.00",
        "purpose": "慰问",
    },
    CommunityOrg: {
        "name": "华一坡社区互助会1",
        "category": "charity",
        "tier": "street",
        "number": "渝中社备000001",
        "registered_on": "2025-03-01",
        "members": 20,
        "party_members": 3,
    },
    VolunteerTeam: {
        "name": "邻里队",
        "founded_on": "2024-05-01",
        "volunteers": 12,
        "leader": "李某",
    },
    Charity: {
        "area": "500103",
        "name": "测试慈善会",
        "legal_form": "association",
        "registered_on": "2010-06-01",
    },
    Training: {
        "name": "慈善骨干培训1",
        "held_on": "2026-05-04",
        "audience": "社工",
        "person_times": 10,
        "people": 8,
    },
    Scene: {
        "name": "华一坡社区慈善墙1",
        "type": "wall",
        "address": "华一路1号",
        "opened_on": "2026-03-01",
        "operation_mode": "public",
        "person_times": 300,
    },
    Activity: {
        "name": "学雷锋活动1",
        "held_on": "2026-03-05",
        "form": "activity",
        "series": "neighbours",
        "person_times": 50,
        "communities": [HUAYIPO],
    },
    Project: {
        "name": "华一坡社区助老项目1",
        "for_elderly": True,
        "is_aid": True,
        "budget_yuan": "10000.00",
        "starts_on": "2026-03-01",
        "source": "donation",
    },
    Aid: {
        "helped_on": "2026-03-03",
        "group": "elderly",
        "content": "助餐1",
        "person_times": 5,
        "amount_yuan": "60.00",
    },
    OpeningBalance: {
        "measure": "funds",
        "as_of": "2025-12-31",
        "covers": "all",
        "quantity": "2.00",
        "evidence": "年报",
    },
    ManualFigure: {
        "plan_code": "test-2026",
        "indicator_code": "satisfaction",
        "as_of": "2026-02-28",
        "numerator": "91.00",
        "denominator": "100.00",
        "evidence": "调查报告",
    },
}
#: Kind → its ledger and the row that says the same. Two kinds have no ledger.
ROWS: dict[type[Submission], tuple[str, dict[str, Any]]] = {
    Fund: (
        "funds",
        workbooks.fund(发起主体="企业", 负责人="王某", 联系电话="13800000000", 备注="首支"),
    ),
    Donation: (
        "money",
        workbooks.money(
            **{
                "基金": workbooks.fund(9)["基金名称"],
                "摘要": "助老",
                "捐赠人": "某公司",
                "类型": "企业",
                "方式": "转账",
                "收入（元）": 100.5,
            }
        ),
    ),
    Expenditure: (
        "money",
        workbooks.money(
            **{
                "基金": workbooks.fund(9)["基金名称"],
                "日期": "2026-04-02",
                "摘要": "慰问",
                "收入（元）": None,
                "支出（元）": 20,
                "票据号": None,
            }
        ),
    ),
    CommunityOrg: ("orgs", workbooks.org(党员数=3)),
    VolunteerTeam: (
        "teams",
        PLACE
        | {"队伍名称": "邻里队", "成立日期": "2024-05-01", "志愿者人数": 12, "负责人": "李某"},
    ),
    Charity: (
        "charities",
        {"慈善组织名称": "测试慈善会", "组织形式": "社会团体", "登记日期": "2010-06-01"},
    ),
    Training: ("activities", PLACE | workbooks.training(对象="社工", 参训人数=8)),
    Scene: (
        "scenes",
        workbooks.scene(地址="华一路1号", 运营模式="公办", 年服务人次=300),
    ),
    Activity: ("activities", workbooks.activity(系列="邻里守望", 参与人次=50)),
    Project: ("projects", workbooks.project(资金来源="社会捐赠")),
    Aid: ("activities", workbooks.aid(金额=60)),
}
#: Where a record came from and when: all that may differ.
_PROVENANCE = frozenset({"id", "created_at", "updated_at", "submitted_at", "transition_id"})
_OF_A_LEDGER = frozenset({"import_batch", "import_cell", "review_reason"})
PREFIX = {
    viewset.queryset.model: prefix
    for prefix, viewset, _ in router.registry
    if issubclass(viewset, RecordViewSet)
}


@pytest.fixture
def world(yuzhong: Plan, make: Make, quji: User) -> Fund:
    """The fund that money refers to, with something to spend, and a plan with a figure by hand."""
    manual_indicator()
    fund: Fund = make(Fund, name=workbooks.fund(9)["基金名称"])
    make(Donation, fund=fund, amount_yuan=1000, donated_on="2026-03-02")
    return fund


def _sent(kind: type[Submission], fund: Fund) -> dict[str, Any]:
    given = {name: fund.pk if value == "FUND" else value for name, value in JSON[kind].items()}
    return given if kind in (Donation, Expenditure) else {"area": HUAYIPO} | given


def _through_the_api(kind: type[Submission], fund: Fund, api: ApiOf, user: User) -> Submission:
    made = api(user).post(f"{PREFIX[kind]}/", _sent(kind, fund))
    assert made.status_code == 201, made.json()
    pk = made.json()["id"]
    moved = api(user).post(f"{PREFIX[kind]}/{pk}/submit/")
    assert moved.status_code == 200, moved.json()
    return kind._default_manager.get(pk=pk)


def _through_bulk(kind: type[Submission], fund: Fund, api: ApiOf, user: User) -> Submission:
    sent = {"records": [_sent(kind, fund)], "submit": True}
    made = api(user).post(f"{PREFIX[kind]}/bulk/", sent)
    assert made.status_code == 201, made.json()
    return kind._default_manager.get(pk=made.json()["ids"][0])


def _through_the_form(kind: type[Submission], fund: Fund, api: ApiOf, user: User) -> Submission:
    client = api(user).client
    opts = kind._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
    given = _sent(kind, fund)
    reached = given.pop("communities", [])
    page = client.get(url)
    values = filled_in(page, **given, _submit="1")
    if reached:
        values |= {f"reaches-{at}-area": code for at, code in enumerate(reached)}
        values |= {"reaches-TOTAL_FORMS": len(reached)}
    answer = client.post(url, values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return kind._default_manager.latest("pk")


def _through_excel(kind: type[Submission], fund: Fund, api: ApiOf, user: User) -> Submission:
    ledger, row = ROWS[kind]
    assert user.area
    result = import_ledger(
        ledger,
        KINDS[ledger],
        one_sheet(row),
        "台账.xlsx",
        by=user,
        root=user.area,
        is_submitted=True,
    )
    assert result.problems == []
    return kind._default_manager.latest("pk")


def _fields(record: Submission) -> dict[str, Any]:
    kept = {field.name: field.value_from_object(record) for field in record._meta.concrete_fields}
    lists = {
        name: sorted(
            str(
                {
                    k: v
                    for k, v in model_to_dict(row).items()
                    if k not in ("id", relation.field.name)
                }
            )
            for row in getattr(record, name).all()
        )
        for relation in record._meta.related_objects
        if relation.on_delete is models.CASCADE and (name := relation.get_accessor_name())
    }
    return {name: value for name, value in (kept | lists).items() if name not in _PROVENANCE}


def _events(record: Submission) -> list[tuple[Any, ...]]:
    events = ReviewEvent.objects.filter(
        object_id=record.pk, content_type__model=record._meta.model_name
    )
    return list(
        events.order_by("pk").values_list("area", "action", "from_status", "to_status", "by")
    )


def _versions(record: Submission) -> list[tuple[Any, ...]]:
    return list(record.history.order_by("pk").values_list("history_type", "history_user"))


def _without(found: tuple[dict[str, Any], Any, Any], names: frozenset[str]) -> tuple[Any, ...]:
    fields, *rest = found
    return {name: value for name, value in fields.items() if name not in names}, *rest


WAYS: list[Callable[..., Submission]] = [_through_bulk, _through_the_form, _through_excel]


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_whichever_way_a_record_comes_it_is_the_same(
    world: Fund, api: ApiOf, quji: User, kind: type[Submission]
) -> None:
    first = _through_the_api(kind, world, api, quji)
    expected = _fields(first), _events(first), _versions(first)
    for way in WAYS:
        if way is _through_excel and kind not in ROWS:
            continue
        kind._default_manager.filter(pk__gte=first.pk).update(status="void")
        record = way(kind, world, api, quji)
        found = _fields(record), _events(record), _versions(record)
        left_out = _OF_A_LEDGER if way is _through_excel else frozenset[str]()
        assert _without(found, left_out) == _without(expected, left_out), way.__name__


def test_both_kinds_without_a_ledger_are_known() -> None:
    assert set(RECORD_KINDS) - set(ROWS) == {OpeningBalance, ManualFigure}
    assert set(JSON) == set(RECORD_KINDS)
