"""Before a reviewer confirms, the page says how the transition changes the figures."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from areas.models import Area
from areas.services import register_succession
from funds.models import Fund
from indicators.models import OpeningBalance, Plan
from indicators.plan.loading import load_plans
from indicators.progress.services import progress
from indicators.store.series import recompute_all
from orgs.models import CommunityOrg, Training
from reviews.models import Status, Submission
from reviews.services import submit
from scenes.models import Activity
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    JIEFANGBEI,
    MINSHENGLU,
    NEIGHBOUR,
    NEIGHBOUR_STREET,
    QIXINGGANG,
)
from tests.indicators.conftest import indicator_text
from tests.types import Make, Response, Visit
from tests.web.forms import hidden_fields, messages_of

pytestmark = pytest.mark.once  # sentences; the predicted figures are tested on both databases

Day = datetime.date

TODAY = Day(2026, 6, 15)
LIST = reverse("admin:orgs_communityorg_changelist")
SENTENCE = "公益慈善类社区社会组织：由151个变为158个（2026年底目标158个，已达到）"
FAR = f"{NEIGHBOUR_STREET}001"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fix today's date, on which the target of a figure depends."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: TODAY)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Plan]:
    """`load("50", "市级方案")`: a plan of that area with funds, organisations and coverage."""

    def plan(area: str, title: str) -> Plan:
        head = (
            f'[plan]\ncode = "plan-{area}"\ntitle = "{title}"\nissuer = "局"\n'
            f'issued_on = 2025-12-01\narea = "{area}"\nstarts_on = 2026-01-01\n'
            "ends_on = 2029-12-31\n"
        )
        funds = (
            'counting = "stock"\nmeasure = "funds"\ntarget = [{ due_on = 2026-12-31, value = "5" }]'
        )
        texts = [
            indicator_text(funds, code="funds", unit="支"),
            indicator_text('counting = "stock"\nmeasure = "charity_orgs"', code="orgs"),
            indicator_text(
                'counting = "coverage"\nmeasure = "reached"\nlevel = 5\nwithin = "year"',
                code="reached",
            ),
        ]
        path = tmp_path / f"{area}.toml"
        path.write_text(head + "".join(texts), encoding="utf-8")
        return load_plans([path])[0]

    return plan


def _some(make: Make, by: User, kind: type[Submission], number: int, **values: object) -> list[Any]:
    records = [make(kind, **values) for _ in range(number)]
    for record in records:
        submit(record, by=by, reason="测试")
    return records


def _choose(client: Client, records: list[Any], action: str = "approve") -> Response:
    kind = records[0]._meta
    url = reverse(f"admin:{kind.app_label}_{kind.model_name}_changelist")
    chosen = {"action": f"{action}_selected", "_selected_action": [each.pk for each in records]}
    return client.post(url, chosen)


def _effects(page: Response) -> list[str]:
    """Return the sentences of the page, which are also in its context."""
    body = unescape(page.content.decode())
    assert all(f"<li>{sentence}</li>" in body for sentence in page.context["effects"])
    assert ("后指标的变化" in body) == bool(page.context["effects"])
    return list(page.context["effects"])


@pytest.fixture
def pending(yuzhong: Plan, make: Make, quji: User, shiju: User) -> list[CommunityOrg]:
    """Create 151 approved charity organisations and seven pending ones; return the pending ones."""
    codes = Area.objects.within(DISTRICT).filter(level=5).values_list("code", flat=True)
    CommunityOrg.objects.bulk_create(
        CommunityOrg(area_id=codes[n % 79], name=f"互助会{n}", category="charity", tier="street",
                     number=f"{n}", registered_on=Day(2026, 1, 10), status=Status.APPROVED,
                     submitted_by=quji, reviewed_by=shiju)
        for n in range(151)
    )  # fmt: skip
    recompute_all()
    return _some(make, quji, CommunityOrg, 7, area_id=HUAYIPO)


# --- predicted before, true afterwards ----------------------------------------------------------


def test_a_batch_says_that_it_completes_the_target_and_then_does(
    pending: list[CommunityOrg], yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    with CaptureQueriesContext(connection) as queries:
        page = _choose(client, pending)
    reads = ("SELECT", "COPY (SELECT", "SAVEPOINT", "RELEASE")
    assert [one["sql"] for one in queries if not one["sql"].startswith(reads)] == []
    # Two indicators change: the number, and the communities with two organisations.
    assert _effects(page)[0] == SENTENCE
    assert _charity_orgs(yuzhong) == 151
    done = client.post(LIST, hidden_fields(page) | {"reason": ""}, follow=True)
    assert messages_of(done) == ["通过：7 条"]
    assert _charity_orgs(yuzhong) == 158


def _charity_orgs(plan: Plan) -> int:
    items = progress(plan, Area.objects.get(code=DISTRICT)).items
    found = next(item for item in items if item.indicator.code == "charity_orgs")
    return int(found.figure.numerator)


def test_one_record_says_so_on_its_own_page(
    pending: list[CommunityOrg], visit: Visit, shiju: User
) -> None:
    url = reverse("admin:orgs_communityorg_approve_one", args=[pending[0].pk])
    assert _effects(visit(shiju).get(url))[0] == (
        "公益慈善类社区社会组织：由151个变为152个（2026年底目标158个，尚差6个）"
    )


def test_taking_back_and_voiding_say_what_is_lost(
    pending: list[CommunityOrg], visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    approved = list(CommunityOrg.objects.approved().order_by("pk")[:3])
    for action in ("reopen", "void"):
        assert _effects(_choose(client, approved, action))[0] == (
            "公益慈善类社区社会组织：由151个变为148个（2026年底目标158个，尚差10个）"
        )
    assert _effects(_choose(client, pending, "void")) == []
    assert _effects(_choose(client, pending, "return")) == []


def test_only_what_will_move_is_counted(
    pending: list[CommunityOrg], make: Make, visit: Visit, shiju: User
) -> None:
    """Drafts do not change, nor what the reviewer submitted before becoming a reviewer."""
    CommunityOrg.objects.filter(pk=pending[0].pk).update(submitted_by=shiju, reviewed_by=None)
    page = _choose(visit(shiju), [*pending, make(CommunityOrg)])
    assert page.context["movable"] == 6
    assert _effects(page)[0].startswith("公益慈善类社区社会组织：由151个变为157个")


def test_what_no_figure_counts_has_no_effect(
    yuzhong: Plan, make: Make, quji: User, visit: Visit, shiju: User
) -> None:
    records = _some(make, quji, CommunityOrg, 2, category="culture")
    assert _effects(_choose(visit(shiju), records)) == []


def test_every_figure_that_moves_has_its_sentence(
    yuzhong: Plan, make: Make, quji: User, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    assert _effects(_choose(client, _some(make, quji, Fund, 1))) == [
        "社区慈善基金：由0支变为1支（2026年底目标19支，尚差18支）",
        "社区级慈善基金覆盖面：由0%变为1.27%（2026年底目标10%，尚差8.73个百分点）",
    ]
    reaching = _some(make, quji, Activity, 1, reached=[HUAYIPO, MINSHENGLU])
    assert _effects(_choose(client, reaching)) == [
        "社区慈善活动和慈善宣传覆盖面：由0%变为2.53%（2026年底目标70%，尚差67.47个百分点）"
    ]
    balance = _some(make, quji, OpeningBalance, 1, quantity=8, as_of=Day(2025, 12, 31))
    assert _effects(_choose(client, balance))[0] == (
        "社区慈善基金：由0支变为8支（2026年底目标19支，尚差11支）"
    )


# --- whose figures ------------------------------------------------------------------------------


def test_a_plan_above_is_told_at_the_reviewers_own_area(
    yuzhong: Plan,
    load: Callable[..., Plan],
    make: Make,
    approved: Make,
    quji: User,
    shiju: User,
    visit: Visit,
) -> None:
    """Two plans are named, each with figures of its own area."""
    load("50", "重庆市方案")
    approved(Fund)
    make(Fund, area_id=FAR, status=Status.APPROVED)
    recompute_all()
    effects = _effects(_choose(visit(shiju), _some(make, quji, Fund, 1, area_id=MINSHENGLU)))
    assert effects == [
        "《渝中区加强社区慈善建设工作方案》社区慈善基金：由1支变为2支（2026年底目标19支，尚差17支）",
        "《渝中区加强社区慈善建设工作方案》社区级慈善基金覆盖面：由1.27%变为2.53%"
        "（2026年底目标10%，尚差7.47个百分点）",
        "《重庆市方案》funds指标：由1支变为2支",
    ]


def test_who_reviews_for_the_city_reads_the_citys_figure(
    load: Callable[..., Plan], make: Make, approved: Make, quji: User, district: Area, visit: Visit
) -> None:
    load("50", "重庆市方案")
    approved(Fund)
    make(Fund, area_id=FAR, status=Status.APPROVED)
    recompute_all()
    city = User.objects.create_user("shishen", role=Role.REVIEWER, area_id="50")
    effects = _effects(_choose(visit(city), _some(make, quji, Fund, 1)))
    assert effects == ["funds指标：由2支变为3支（2026年底目标5支，尚差2支）"]


def test_a_streets_reviewer_reads_the_streets_figure(
    yuzhong: Plan, make: Make, approved: Make, quji: User, visit: Visit
) -> None:
    approved(Fund, area_id=MINSHENGLU)
    street = User.objects.create_user("jieshen", role=Role.REVIEWER, area_id=QIXINGGANG)
    assert _effects(_choose(visit(street), _some(make, quji, Fund, 1)))[0] == (
        "社区慈善基金：由0支变为1支"
    )


def test_a_neighbours_figures_never_appear(
    yuzhong: Plan,
    load: Callable[..., Plan],
    make: Make,
    quji: User,
    shiju: User,
    jiangbei: User,
    visit: Visit,
) -> None:
    """Neither through an activity that reached over the border nor on the neighbour's own pages."""
    load(NEIGHBOUR, "江北区方案")
    far = _some(make, User.objects.create_user("jiangqi", role=Role.CLERK, area_id=NEIGHBOUR),
                Fund, 1, area_id=FAR)  # fmt: skip
    reaching = _some(make, quji, Activity, 1, reached=[HUAYIPO, FAR])
    own = _some(make, quji, Fund, 1)
    for records in (own, reaching):
        effects = _effects(_choose(visit(shiju), records))
        assert effects
        assert not any(re.search("江北|《|指标：", each) for each in effects)
    assert _effects(_choose(visit(jiangbei), far)) == [
        "funds指标：由0支变为1支（2026年底目标5支，尚差4支）"
    ]
    assert _choose(visit(shiju), far).context.get("effects") in ([], None)


def test_a_record_of_an_abolished_street_moves_the_figure_of_who_followed(
    yuzhong: Plan,
    load: Callable[..., Plan],
    make: Make,
    quji: User,
    shiju: User,
    district: Area,
    visit: Visit,
) -> None:
    load(NEIGHBOUR, "江北区方案")
    records = _some(make, quji, Fund, 1)
    register_succession(QIXINGGANG, f"{NEIGHBOUR}009", Day(2026, 6, 1))
    assert _effects(_choose(visit(shiju), records)) == []
    city = User.objects.create_user("shishen", role=Role.REVIEWER, area_id="50")
    assert _effects(_choose(visit(city), records)) == [
        "funds指标：由0支变为1支（2026年底目标5支，尚差4支）"
    ]


def test_within_the_district_the_figure_stays_when_a_street_follows_another(
    yuzhong: Plan, make: Make, quji: User, shiju: User, visit: Visit
) -> None:
    records = _some(make, quji, Fund, 1)
    register_succession(QIXINGGANG, "500103099", Day(2026, 6, 1), name="新七星岗街道")
    assert _effects(_choose(visit(shiju), records))[0] == (
        "社区慈善基金：由0支变为1支（2026年底目标19支，尚差18支）"
    )


def test_a_plan_that_is_over_is_not_asked(
    yuzhong: Plan, make: Make, quji: User, shiju: User, visit: Visit
) -> None:
    Plan.objects.update(ends_on=Day(2026, 6, 14))
    assert _effects(_choose(visit(shiju), _some(make, quji, Fund, 1))) == []


# --- how much it costs --------------------------------------------------------------------------


def test_many_records_are_asked_about_in_as_few_queries_as_one(
    yuzhong: Plan, make: Make, quji: User, shiju: User, visit: Visit
) -> None:
    client, costs = visit(shiju), []
    records: list[Any] = []
    for number in (2, 30):
        records += _some(make, quji, Training, number, area_id=(QIXINGGANG, JIEFANGBEI)[number % 2])
        with CaptureQueriesContext(connection) as queries:
            assert _effects(_choose(client, records))
        costs.append(len(queries))
    assert costs[0] == costs[1] < 100, costs
