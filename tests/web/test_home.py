"""The home page: each role sees its tasks, and nobody sees another street's."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan, TargetAllocation
from orgs.models import CommunityOrg, Training
from reviews.services import reopen, return_, submit
from tests.conftest import HUAYIPO, MINSHENGLU, PASSWORD, QIXINGGANG
from tests.types import Make, Response, Visit

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

TITLES = {
    "quji": "desks/clerk.html",
    "jiedao": "desks/clerk.html",
    "shiju": "desks/reviewer.html",
    "jiangbei": "desks/reviewer.html",
    "guanli": "desks/administrator.html",
    "anquan": "desks/security.html",
    "shenji": "desks/auditor.html",
}


def _text(response: Response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("name", list(TITLES))
def test_each_role_has_its_own_desk(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    response = visit(request.getfixturevalue(name)).get("/")
    assert response.status_code == 200
    assert response.templates[0].name == TITLES[name]


def test_an_observer_goes_to_the_figures(yuzhong: Plan, visit: Visit, shengting: User) -> None:
    response = visit(shengting).get("/", follow=True)
    assert response.redirect_chain == [("/dashboard/yuzhong-2026/500103/", 302)]


def test_the_board_is_that_of_ones_own_place(yuzhong: Plan, visit: Visit, jiedao: User) -> None:
    response = visit(jiedao).get("/board/", follow=True)
    assert response.redirect_chain == [("/dashboard/yuzhong-2026/500103001/", 302)]


def test_who_has_no_plan_is_not_lost(yuzhong: Plan, visit: Visit, jiangbei: User) -> None:
    assert visit(jiangbei).get("/board/", follow=True).redirect_chain == [("/admin/", 302)]


def test_a_stranger_is_asked_to_log_in(client: Client, db: None) -> None:
    for path in ("/", "/board/", "/imports/"):
        assert client.get(path)["Location"] == f"/admin/login/?next={path}"


def test_after_logging_in_one_is_where_one_belongs(
    yuzhong: Plan, client: Client, shiju: User
) -> None:
    answers = {"username": "shiju", "password": PASSWORD, "next": "/"}
    response = client.post("/admin/login/?next=/", answers, follow=True)
    assert response.redirect_chain[-1][0] == "/"
    assert response.templates[0].name == "desks/reviewer.html"


def test_an_account_switched_off_does_not_get_in(client: Client, shiju: User) -> None:
    shiju.is_active = False
    shiju.save()
    response = client.post("/admin/login/", {"username": "shiju", "password": PASSWORD})
    assert response.status_code == 200
    assert client.get("/").status_code == 302


# --- the clerk ----------------------------------------------------------------------------------


def test_the_clerk_sees_what_came_back_and_why(
    yuzhong: Plan, visit: Visit, make: Make, quji: User, jiedao: User, shiju: User
) -> None:
    fund = make(Fund, name="重庆市渝中区慈善会退回基金")
    submit(fund, by=quji, reason="核对")
    return_(fund, by=shiju, reason="协议编号与扫描件不符")
    response = visit(jiedao).get("/")
    assert "1条被退回待修改" in response.context["sentence"]
    text = _text(response)
    assert "重庆市渝中区慈善会退回基金" in text
    assert "协议编号与扫描件不符" in text
    assert f"/admin/funds/fund/{fund.pk}/change/" in text
    fund.refresh_from_db()
    submit(fund, by=quji, reason="已改正")
    assert "没有被退回的记录" in _text(visit(jiedao).get("/"))


def test_drafts_and_submitted_records_are_counted_by_kind(
    yuzhong: Plan, visit: Visit, make: Make, quji: User, jiedao: User
) -> None:
    make(CommunityOrg), make(CommunityOrg), make(Training)
    submit(make(CommunityOrg), by=quji, reason="核对")
    found = {
        one["name"]: (one["drafts"], one["pending"])
        for one in visit(jiedao).get("/").context["unfinished"]
    }
    assert found == {"社区社会组织": (2, 1), "人才培训": (1, 0)}


def test_no_desk_shows_another_streets_work(
    yuzhong: Plan,
    visit: Visit,
    make: Make,
    quji: User,
    jiedao: User,
    jiedao2: User,
    shiju: User,
    jiangbei: User,
) -> None:
    secret = make(Fund, name="七星岗的机密基金")
    draft = make(CommunityOrg, name="七星岗的机密组织")
    submit(secret, by=quji, reason="核对")
    for user in (jiedao2, jiangbei):
        response = visit(user).get("/")
        assert "机密" not in _text(response)
        assert "1条" not in response.context["sentence"]
    return_(secret, by=shiju, reason="机密理由")
    for user in (jiedao2, jiangbei):
        assert "机密" not in _text(visit(user).get("/"))
    assert str(draft)


def test_a_streets_shares_stand_beside_its_figures(
    yuzhong: Plan, visit: Visit, approved: Make, jiedao: User
) -> None:
    approved(Fund)
    assert "目标尚未分解到本级" in _text(visit(jiedao).get("/"))
    day = timezone.localdate()
    targets = yuzhong.indicators.get(code="funds").targets
    target = targets.get(due_on__year=day.year, place="annex")
    TargetAllocation.objects.create(target=target, area_id=QIXINGGANG, value=2)
    (board,) = visit(jiedao).get("/").context["boards"]
    goal = next(goal for goal in board.goals if goal.name == "社区慈善基金")
    assert (goal.value, goal.target, goal.rate) == ("1支", "2", "50%")


def test_the_next_report_is_announced_with_the_days_left(
    yuzhong: Plan, visit: Visit, jiedao: User
) -> None:
    (due,) = visit(jiedao).get("/").context["dues"]
    today = timezone.localdate()
    assert due.on >= today
    assert due.days_left == (due.on - today).days
    assert (due.on.month, due.on.day) in ((6, 30), (11, 30))


# --- the reviewer -------------------------------------------------------------------------------


def test_the_queue_stands_by_street_and_kind_the_longest_waiting_first(
    yuzhong: Plan, visit: Visit, make: Make, quji: User, shiju: User
) -> None:
    first = make(CommunityOrg, area_id=MINSHENGLU, name="解放碑互助会")
    second = make(Fund, area_id=HUAYIPO)
    for record in (second, make(CommunityOrg, area_id=HUAYIPO), first):
        submit(record, by=quji, reason="核对")
    earlier = timezone.now() - datetime.timedelta(days=9)
    CommunityOrg.objects.filter(pk=first.pk).update(submitted_at=earlier)
    context = visit(shiju).get("/").context
    assert [street["name"] for street in context["streets"]] == ["解放碑街道", "七星岗街道"]
    cells = [[cell["number"] for cell in street["cells"]] for street in context["streets"]]
    assert sorted(cells[1]) == [1, 1]
    assert sorted(cells[0]) == [0, 1]
    assert (context["oldest"][0]["record"], context["oldest"][0]["days"]) == (first, 9)
    assert context["waiting_count"] == 3


def test_every_number_of_the_queue_opens_exactly_those_records(
    yuzhong: Plan, visit: Visit, make: Make, quji: User, shiju: User
) -> None:
    for area in (HUAYIPO, HUAYIPO, MINSHENGLU):
        submit(make(CommunityOrg, area_id=area), by=quji, reason="核对")
    make(CommunityOrg)
    browser = visit(shiju)
    for street in browser.get("/").context["streets"]:
        for cell in street["cells"]:
            found = browser.get(cell["link"]).context["cl"].queryset
            assert found.count() == cell["number"]
            assert {str(record.area)[:2] for record in found}


def test_silent_streets_are_named_with_their_last_submission(
    yuzhong: Plan, visit: Visit, make: Make, quji: User, shiju: User
) -> None:
    browser = visit(shiju)
    assert len(browser.get("/").context["silent"]) == 11
    submit(make(CommunityOrg), by=quji, reason="核对")
    names = [one["name"] for one in browser.get("/").context["silent"]]
    assert len(names) == 10
    assert "七星岗街道" not in names


def test_figures_that_moved_this_month_are_told(
    yuzhong: Plan, visit: Visit, approved: Make, shiju: User
) -> None:
    assert visit(shiju).get("/").context["moved"] == []
    approved(Fund, established_on=timezone.localdate())
    approved(CommunityOrg)  # of March: no news this month
    moved = {one["name"]: (one["before"], one["after"]) for one in _moved(visit, shiju)}
    assert moved["社区慈善基金"] == ("0", "1")
    assert "公益慈善类社区社会组织" not in moved


def _moved(visit: Visit, user: User) -> list[dict[str, str]]:
    found: list[dict[str, str]] = visit(user).get("/").context["moved"]
    return found


# --- the others ---------------------------------------------------------------------------------


def test_the_security_administrator_sees_accounts_and_no_record(
    yuzhong: Plan, visit: Visit, make: Make, anquan: User, jiedao: User, shiju: User
) -> None:
    make(Fund, name="机密基金")
    User.objects.filter(pk=jiedao.pk).update(
        date_joined=timezone.now() - datetime.timedelta(days=100)
    )
    response = visit(anquan).get("/")
    assert "机密" not in _text(response)
    assert list(response.context["unused"]) == [jiedao]
    by_label = {group["label"]: group["number"] for group in response.context["without"]}
    assert by_label["没有本级填报员的街道（乡镇）"] >= 10


def test_the_auditor_sees_who_was_overruled_and_why(
    yuzhong: Plan, visit: Visit, approved: Make, shenji: User, shiju: User
) -> None:
    fund = approved(Fund)
    reopen(fund, by=shiju, reason="金额有误")
    response = visit(shenji).get("/")
    assert "金额有误" in _text(response)
    assert {label: number for label, number, _ in response.context["actions"]} == {
        "提交": 1,
        "通过": 1,
        "退回": 0,
        "撤回通过": 1,
        "作废": 0,
    }


@pytest.mark.parametrize("name", ["jiedao", "shiju", "guanli", "anquan", "shenji"])
def test_the_queries_of_a_desk_do_not_grow_with_the_records(
    request: pytest.FixtureRequest,
    yuzhong: Plan,
    visit: Visit,
    make: Make,
    quji: User,
    shiju: User,
    name: str,
) -> None:
    user = request.getfixturevalue(name)
    costs = []
    for number in (1, 12):
        for _ in range(number):
            fund = make(Fund)
            make(CommunityOrg)
            submit(make(CommunityOrg), by=quji, reason="核对")
            submit(fund, by=quji, reason="核对")
            return_(fund, by=shiju, reason="核对")
        browser = visit(user)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1], costs
