"""The pages of reports: the calendar, one report, and what each role may do there."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import Role, User
from funds.models import Fund
from indicators.models import Plan
from reports.editions.files import workbook_path
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Report, ReportState
from tests.conftest import DAXIGOU, DISTRICT, HUAYIPO, JIEFANGBEI, QIXINGGANG
from tests.reports.filing.conftest import JUNE, PREPARED, signer
from tests.types import Make, Response, Visit
from tests.web.forms import sealing_fields
from tests.worlds import share

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once

Day = datetime.date
TODAY = Day(2026, 7, 3)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda value=None: TODAY)


@pytest.fixture
def prepared(few_streets: Plan, approved: Make) -> None:
    """June is over: 七星岗 filed in time, 解放碑 late.

    大溪沟 and the district still owe their reports.
    """
    approved(Fund, area_id=HUAYIPO)
    prepare_reports(PREPARED)
    for code, on in ((QIXINGGANG, JUNE), (JIEFANGBEI, TODAY)):
        seal(_report(code), by=signer(code), on=on)


share(__name__, "prepared")


def _report(code: str) -> Report:
    return Report.objects.select_related("plan", "area").get(area=code, due_on=JUNE)


def _page(visit: Visit, user: User, code: str, tail: str = "") -> Response:
    return visit(user).get(f"/reports/{_report(code).pk}/{tail}")


# --- calendar ---------------------------------------------------------------------------------


def test_the_calendar_says_how_each_period_stands(
    prepared: None, visit: Visit, shiju: User
) -> None:
    (plan,) = visit(shiju).get("/reports/").context["plans"]
    ahead, june = plan["periods"]
    assert (ahead.due_on, ahead.own, ahead.counts) == (Day(2026, 11, 30), None, [])
    assert june.own == _report(DISTRICT)
    assert [(standing.label, number) for standing, number in june.counts] == [
        ("逾期", 1),
        ("已报", 2),
    ]


def test_who_is_punctual_is_counted_period_by_period(
    prepared: None, visit: Visit, shiju: User
) -> None:
    (plan,) = visit(shiju).get("/reports/").context["plans"]
    rows = {row["area"].code: row for row in plan["punctual"]}
    assert len(rows) == 3
    told = {
        code: (rows[code]["on_time"], rows[code]["late"], rows[code]["missing"], rows[code]["rate"])
        for code in rows
    }
    assert told[QIXINGGANG] == (1, 0, 0, "100%")
    assert told[JIEFANGBEI] == (0, 1, 0, "0%")
    assert told[DAXIGOU] == (0, 0, 1, "0%")


def test_who_is_no_longer_asked_is_not_called_late(
    prepared: None, visit: Visit, shiju: User
) -> None:
    Report.objects.filter(area=DAXIGOU).update(state=ReportState.DROPPED)
    page = visit(shiju).get("/reports/")
    (plan,) = page.context["plans"]
    assert DAXIGOU not in {row["area"].code for row in plan["punctual"]}
    assert page.context["late"] == []


def test_the_late_ones_below_are_listed_to_be_urged(
    prepared: None, visit: Visit, shiju: User
) -> None:
    page = visit(shiju).get("/reports/")
    assert page.context["late_count"] == 1
    assert {one["days"] for one in page.context["late"]} == {3}
    assert all(one["may_urge"] for one in page.context["late"])
    assert QIXINGGANG not in {one["report"].area_id for one in page.context["late"]}


def test_a_street_sees_its_own_alone(prepared: None, visit: Visit, jiedao: User) -> None:
    page = visit(jiedao).get("/reports/")
    (plan,) = page.context["plans"]
    assert [period.own for period in plan["periods"]] == [None, _report(QIXINGGANG)]
    assert page.context["late"] == []
    assert plan["punctual"] == []
    assert "解放碑" not in page.content.decode()


def test_who_stands_above_the_plan_watches_its_own_report(
    prepared: None, visit: Visit, shengting: User
) -> None:
    page = visit(shengting).get("/reports/")
    (plan,) = page.context["plans"]
    assert plan["periods"][1].own == _report(DISTRICT)
    assert not any(one["may_urge"] for one in page.context["late"])


def test_a_neighbour_sees_nothing_of_it(prepared: None, visit: Visit, jiangbei: User) -> None:
    page = visit(jiangbei).get("/reports/")
    assert "渝中" not in page.content.decode()
    assert _page(visit, jiangbei, DISTRICT).status_code == 404


# --- one report -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "code", "offered"),
    [
        ("shiju", DISTRICT, {"seal", "prepare", "edit"}),
        ("quji", DISTRICT, {"prepare", "edit"}),
        ("jiedao", QIXINGGANG, {"seal", "prepare"}),
        ("shiju", QIXINGGANG, {"receive", "return"}),
        ("shiju", DAXIGOU, {"urge"}),
        ("quji", QIXINGGANG, set()),
        ("shengting", DISTRICT, set()),
    ],
)
def test_a_page_offers_what_its_reader_may_do(
    prepared: None,
    visit: Visit,
    request: pytest.FixtureRequest,
    user: str,
    code: str,
    offered: set[str],
) -> None:
    page = _page(visit, request.getfixturevalue(user), code).content.decode()
    start = f"/reports/{_report(code).pk}/"
    every = ("seal", "prepare", "edit", "receive", "return", "urge")
    assert {one for one in every if f'"{start}{one}/"' in page} == offered


def test_a_street_does_not_see_the_districts_report(
    prepared: None, visit: Visit, jiedao: User
) -> None:
    for tail in ("", "preview/", "seal/", "edit/"):
        assert _page(visit, jiedao, DISTRICT, tail).status_code == 404
        assert _page(visit, jiedao, JIEFANGBEI, tail).status_code == 404


@pytest.mark.parametrize("name", ["receive", "return", "urge", "prepare"])
def test_what_changes_something_is_not_done_by_looking(
    prepared: None, visit: Visit, shiju: User, name: str
) -> None:
    assert _page(visit, shiju, QIXINGGANG, f"{name}/").status_code == 405


def test_a_round_from_the_pages(prepared: None, visit: Visit, shiju: User, jiedao: User) -> None:
    above, street = visit(shiju), visit(jiedao)
    start = f"/reports/{_report(QIXINGGANG).pk}/"
    answer = above.post(f"{start}return/", {"edition": "1", "reason": ""}, follow=True)
    assert "请写明退回理由" in answer.content.decode()
    above.post(f"{start}return/", {"edition": "1", "reason": "人次与台账不符"})
    assert _report(QIXINGGANG).state == ReportState.RETURNED
    page = street.get(f"{start}seal/")
    form = page.content.decode()
    assert "人次与台账不符" in form
    assert "按退回意见修改：人次与台账不符" in form
    street.post(f"{start}seal/", sealing_fields(page, reason="按退回意见修改"))
    above.post(f"{start}receive/", {"edition": "2"})
    assert _report(QIXINGGANG).state == ReportState.RECEIVED
    twice = above.post(f"{start}receive/", {"edition": "2"}, follow=True).content.decode()
    assert "不能接收或退回" in twice
    titles = [entry.title for entry in above.get(start).context["timeline"]]
    of = "（重庆市渝中区民政局）"
    assert titles == [f"接收{of}", "更正上报", f"退回{of}", "上报", "准备"]


def test_a_seal_that_is_refused_keeps_what_was_written(
    prepared: None, visit: Visit, shiju: User
) -> None:
    browser = visit(shiju)
    start = f"/reports/{_report(DISTRICT).pk}/"
    fields = sealing_fields(browser.get(f"{start}seal/"))
    page = browser.post(f"{start}seal/", fields | {"missing_reason": " "})
    assert page.status_code == 400
    assert "如不等待，请写明缺报说明" in page.content.decode()
    browser.post(f"{start}seal/", fields | {"missing_reason": "该街道另行补报"})
    assert _report(DISTRICT).state == ReportState.FILED
    assert "封存时缺报" in browser.get(start).content.decode()


def test_a_zero_report_that_is_none_is_refused_on_the_page(prepared: None, visit: Visit) -> None:
    code = DAXIGOU
    browser, address = visit(signer(code)), f"/reports/{_report(code).pk}/seal/"
    page = browser.post(address, sealing_fields(browser.get(address), is_zero="1"))
    assert page.status_code == 302
    assert _report(code).editions.get().is_zero


def test_words_are_written_and_kept(prepared: None, visit: Visit, quji: User) -> None:
    browser = visit(quji)
    start = f"/reports/{_report(DISTRICT).pk}/"
    sent = {each.code: each.text for each in browser.get(f"{start}edit/").context["sections"]}
    assert "社区慈善基金为1支" in sent["progress"]
    answer = browser.post(f"{start}edit/", sent | {"plans": "<b>加强</b>培训=1+1"}, follow=True)
    assert "文稿已保存" in answer.content.decode()
    assert set(_report(DISTRICT).narrative) == {"plans"}
    assert "&lt;b&gt;加强&lt;/b&gt;培训=1+1" in browser.get(start).content.decode()
    assert "&lt;b&gt;加强&lt;/b&gt;" in browser.get(f"{start}preview/").content.decode()
    long = browser.post(f"{start}edit/", {"plans": "长" * 20_001})
    assert (long.status_code, "过长" in long.content.decode()) == (400, True)


def test_the_preview_of_what_is_not_sealed_says_so(
    prepared: None, visit: Visit, shiju: User
) -> None:
    draft, sealed = (_page(visit, shiju, code, "preview/") for code in (DISTRICT, QIXINGGANG))
    assert not draft.context["is_sealed"]
    assert sealed.context["is_sealed"]
    assert _report(QIXINGGANG).editions.get().sha256 in sealed.content.decode()


# --- editions ---------------------------------------------------------------------------------


def test_an_edition_is_verified_on_its_page(prepared: None, visit: Visit, shiju: User) -> None:
    browser, edition = visit(shiju), _report(QIXINGGANG).editions.get()
    url = f"/reports/editions/{edition.pk}/verify/"
    assert "属实" in browser.post(url, follow=True).content.decode()
    path = workbook_path(edition)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert f"工作簿文件 {path.name} 被改动" in browser.post(url, follow=True).content.decode()
    refused = browser.get(f"/reports/editions/{edition.pk}.xlsx", follow=True).content.decode()
    assert "文件与封存时不一致，没有下载" in refused


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf", "txt"])
def test_files_of_others_are_not_found(
    prepared: None, visit: Visit, jiangbei: User, jiedao2: User, shenji: User, kind: str
) -> None:
    edition = _report(QIXINGGANG).editions.get()
    for user in (jiangbei, jiedao2, shenji):
        assert visit(user).get(f"/reports/editions/{edition.pk}.{kind}").status_code == 404


# --- desks ------------------------------------------------------------------------------------


def test_the_desk_says_what_is_owed_and_what_waits(
    prepared: None, visit: Visit, shiju: User
) -> None:
    page = visit(shiju).get("/")
    assert [each.area_id for each in page.context["filed"]] == [QIXINGGANG, JIEFANGBEI]
    (due,) = page.context["dues"]
    assert (due.report, due.days_late) == (_report(DISTRICT), 3)
    assert "已逾期3天" in page.content.decode()


def test_a_street_that_has_filed_sees_the_next_day(
    prepared: None, visit: Visit, jiedao: User
) -> None:
    (due,) = visit(jiedao).get("/").context["dues"]
    assert (due.report, due.on) == (None, Day(2026, 11, 30))


def test_an_observer_changes_nothing(prepared: None, visit: Visit) -> None:
    looks = User.objects.create_user("looks", role=Role.OBSERVER, area_id=DISTRICT)
    browser = visit(looks)
    for code in (DISTRICT, QIXINGGANG):
        start = f"/reports/{_report(code).pk}/"
        for name in ("seal", "edit", "prepare", "receive", "return", "urge"):
            assert browser.post(f"{start}{name}/", {"reason": "越权"}).status_code == 403
