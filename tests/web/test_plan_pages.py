"""The plan's pages: who reads, who revises, and the preview before saving."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.models import Indicator, Plan, Revision, Target, TargetAllocation
from indicators.plan.loading import SHIPPED, export_plan, load_plans
from indicators.plan.targets import allocate, allocation_areas, revise_target
from orgs.models import CommunityOrg
from tests.conftest import HUAYIPO, JIEFANGBEI, NEIGHBOUR, QIXINGGANG
from tests.indicators.conftest import HEAD, indicator_text
from tests.types import Make, Response, Visit
from tests.web.forms import messages_of
from tests.web.test_chinese import english_in

pytestmark = pytest.mark.once  # pages; loading and revising are tested on both databases

LOAD = "/admin/indicators/plan/load_file/"
FILE = (SHIPPED / "yuzhong-2026.toml").read_text(encoding="utf-8")


def _page(plan: Plan) -> str:
    return reverse("admin:indicators_plan_change", args=[plan.pk])


def _target(plan: Plan, code: str = "funds", year: int = 2026, place: str = "annex") -> Target:
    return plan.indicators.get(code=code).targets.get(due_on__year=year, place=place)


def _revise(target: Target) -> str:
    return reverse("admin:indicators_target_revise", args=[target.pk])


def _shares(target: Target) -> str:
    return reverse("admin:indicators_target_shares", args=[target.pk])


def _rule(plan: Plan, code: str) -> str:
    pk = plan.indicators.get(code=code).pk
    return reverse("admin:indicators_indicator_rule", args=[pk])


def _words(response: Response) -> str:
    """Return the page's text in one line."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


def _form_of(page: Response, **changes: object) -> dict[str, Any]:
    """Return what a browser would send back, with some fields changed."""
    form = page.context["form"]
    values = {each.html_name: each.value() for each in form} | {"seen": page.context.get("seen")}
    values |= changes
    return {name: value for name, value in values.items() if value not in (None, False)}


def _send(client: Client, url: str, **changes: object) -> Response:
    return client.post(url, _form_of(client.get(url), **changes), follow=True)


# --- the plan's page ------------------------------------------------------------------------


def test_the_page_shows_rule_place_targets_and_what_disagrees(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    page = visit(shiju).get(_page(yuzhong))
    text = _words(page)
    for part in (
        "3. 公益慈善类社区社会组织（个）",
        "时点数：截至当日的“公益慈善类社区社会组织”数",
        "附件，附件第3项",
        "目标前后不一：2027年底：附件185个，正文158个，相差27个",
        "目标前后不一：正文2027年底的158个，附件2026年底即要求",
        "可选口径 只计备案",
        "每个社区2个以上，79个社区",
    ):
        assert part in text, part
    assert re.search(r"2027年底 正文 ≥158个 对照 一、工作目标（2027年底）", text)
    assert re.search(r"2027年底 附件 185个 考核依据 附件第3项", text)
    assert re.search(r"2028年底 — 211个 推算 — 文件未设目标，按前后目标直线推算，仅供参考", text)
    assert english_in(page.content.decode()) == set()


def test_the_lines_stand_in_the_order_of_days(yuzhong: Plan, visit: Visit, shiju: User) -> None:
    sections = visit(shiju).get(_page(yuzhong)).context["sections"]
    lines = next(each for each in sections if each.indicator.code == "scenes").lines
    assert [(line.day, line.source, line.role) for line in lines] == [
        ("2026年底", "附件", "考核依据"),
        ("2027年底", "附件", "考核依据"),
        ("2027年底", "正文", "对照"),
        ("2028年底", "—", "推算"),
        ("2029年底", "附件", "考核依据"),
        ("2029年底", "正文", "对照"),
    ]


@pytest.mark.parametrize("name", ["quji", "jiedao", "shengting", "guanli", "jiangbei"])
def test_everyone_else_reads_without_buttons(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    text = _words(visit(request.getfixturevalue(name)).get(_page(yuzhong)))
    assert "相差27个" in text
    for button in ("修订目标", "目标分解", "修改口径"):
        assert button not in text
    assert ("导出方案文件" in text) == (name == "guanli")


def test_the_reviewer_has_the_buttons(yuzhong: Plan, visit: Visit, shiju: User) -> None:
    page = visit(shiju).get(_page(yuzhong))
    body = page.content.decode()
    assert body.count(">修订目标</a>") == Target.objects.count()
    assert body.count(">修改口径</a>") == 14
    shareable = [t for t in Target.objects.select_related("indicator") if t.indicator.unit != "%"]
    assert body.count(">目标分解</a>") == len(shareable)
    assert "导出方案文件" in body and "coverage" not in _words(page)


def test_the_auditor_reads_no_plans(yuzhong: Plan, visit: Visit, shenji: User) -> None:
    assert visit(shenji).get(_page(yuzhong)).status_code in (403, 404)


def test_the_page_costs_the_same_whatever_was_revised(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client, counts = visit(shiju), []
    client.get(_page(yuzhong))
    for number in (1, 2):
        for code in ("funds", "trained", "aided")[: number + 1]:
            target = _target(yuzhong, code)
            revise_target(target, by=shiju, value=target.value + 1, reason="试")
            shares = {area.code: target.value + number for area in allocation_areas(yuzhong)}
            allocate(_target(yuzhong, code), shares, by=shiju, reason="试")
        with CaptureQueriesContext(connection) as queries:
            client.get(_page(yuzhong))
        counts.append(len(queries))
    assert counts[0] == counts[1] < 40


# --- who sees shares and revisions ----------------------------------------------------------


@pytest.fixture
def revised(yuzhong: Plan, shiju: User) -> Plan:
    revise_target(_target(yuzhong), by=shiju, value=Decimal(22), reason="市局加码理由甲")
    shares = {area.code: Decimal(3) for area in allocation_areas(yuzhong)}
    shares[JIEFANGBEI] = Decimal(7)
    allocate(_target(yuzhong), shares, by=shiju, reason="按社区数理由乙")
    return yuzhong


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("shiju", "甲乙全解"),
        ("quji", "甲乙全解"),
        ("shengting", "甲乙全解"),
        ("jiedao", "甲"),
        ("jiedao2", "甲解"),
        ("guanli", "甲"),
        ("jiangbei", ""),
    ],
)
def test_shares_and_revisions_are_for_whom_they_concern(
    revised: Plan, visit: Visit, request: pytest.FixtureRequest, name: str, sees: str
) -> None:
    text = _words(visit(request.getfixturevalue(name)).get(_page(revised)))
    marks = {
        "甲": "市局加码理由甲",
        "乙": "按社区数理由乙",
        "全": "已分解到11个地区，合计37支，比目标多15支",
        "解": "解放碑街道：7支",
    }
    assert {mark for mark, words in marks.items() if words in text} == set(sees)
    assert ("七星岗街道：3支" in text) == (name in ("shiju", "quji", "shengting", "jiedao"))
    assert "≥22支" not in text and "22支" in text


def test_a_community_sees_its_streets_share(revised: Plan, visit: Visit, jiedao: User) -> None:
    User.objects.filter(pk=jiedao.pk).update(area=HUAYIPO)
    assert "七星岗街道：3支" in _words(visit(jiedao).get(_page(revised)))


def test_money_is_marked_as_guidance_where_it_is_shown(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    target, client = _target(yuzhong, "raised"), visit(shiju)
    allocate(target, {QIXINGGANG: Decimal(340)}, by=shiju, reason="参考")
    for url in (_page(yuzhong), _shares(target)):
        assert "指导性分解：仅供工作安排参考，不得向单位或个人摊派" in _words(client.get(url))
    assert "摊派" not in _words(client.get(_shares(_target(yuzhong))))


# --- guards ---------------------------------------------------------------------------------


def _guarded(plan: Plan) -> list[str]:
    target = _target(plan)
    return [_revise(target), _shares(target), _rule(plan, "funds")]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("quji", 403),
        ("jiedao", 403),
        ("shengting", 403),
        ("guanli", 403),
        ("jiangbei", 403),
        ("shenji", 404),
    ],
)
def test_only_the_reviewer_reaches_what_revises(
    yuzhong: Plan, visit: Visit, shiju: User, request: pytest.FixtureRequest, name: str, status: int
) -> None:
    client, own = visit(request.getfixturevalue(name)), visit(shiju)
    before = export_plan(yuzhong)
    for url in _guarded(yuzhong):
        sent = _form_of(own.get(url), reason="越权", value="1", reading="越权", confirmed="1")
        assert client.get(url).status_code == status, url
        assert client.post(url, sent).status_code == status, url
    assert export_plan(yuzhong) == before
    assert not Revision.objects.exists() and not TargetAllocation.objects.exists()


def test_strangers_are_asked_to_log_in_and_what_is_not_there_is_not_found(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    for url in (*_guarded(yuzhong), LOAD, _page(yuzhong).replace("change", "export_one")):
        assert visit(None).get(url)["Location"].startswith("/admin/login/")
    for kind in ("targets/{}/revise", "targets/{}/shares", "indicators/{}/rule"):
        for pk in (10**6, 10**30):
            url = f"/admin/indicators/plan/{kind.format(pk)}/"
            assert visit(shiju).get(url).status_code == 404
    assert visit(shiju).get("/admin/indicators/plan/999999/export_one/").status_code == 404


# --- 修订目标 -------------------------------------------------------------------------------


def test_a_target_is_revised_and_the_old_one_shown(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client, target = visit(shiju), _target(yuzhong)
    page = _send(client, _revise(target), value="22", reason="市局要求", operator=">=",
                 document_number="渝民〔2026〕9号")  # fmt: skip
    assert page.redirect_chain[-1][0] == _page(yuzhong)
    text = _words(page)
    assert "目标已修订" in text and "2026年底 附件 ≥22支 考核依据" in text
    assert "shiju：修订目标：2026年底（附件）（渝民〔2026〕9号）。理由：市局要求" in text
    assert "由“19支”改为“≥22支”" in text
    assert english_in(page.content.decode()) == set()


def test_per_cent_are_typed_as_per_cent(yuzhong: Plan, visit: Visit, shiju: User) -> None:
    client, target = visit(shiju), _target(yuzhong, "coverage")
    assert client.get(_revise(target)).context["form"]["value"].value() == "70"
    _send(client, _revise(target), value="72.5", reason="试")
    target.refresh_from_db()
    assert (target.value, target.at_least) == (Decimal("0.725"), None)
    target = _target(yuzhong, "orgs_each_community", 2027, "text")
    _send(client, _revise(target), at_least="3", reason="试")
    target.refresh_from_db()
    assert (target.value, target.at_least) == (1, 3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": "22", "reason": ""}, "该字段是必填项"),
        ({"value": "", "reason": "试"}, "该字段是必填项"),
        ({"value": "一", "reason": "试"}, "输入一个数字"),
        ({"value": "1.5", "reason": "试"}, "以“支”计的目标应为整数"),
        ({"value": "-1", "reason": "试"}, "目标值应为不小于0的数"),
        ({"value": "19", "reason": "试"}, "目标没有变化"),
        ({"value": "22", "operator": "<", "reason": "试"}, "选择一个有效的选项"),
        ({"value": "22", "reason": "试", "seen": "x"}, "目标刚有变化，没有保存"),
        ({"value": "22", "reason": "试", "document_number": "文" * 61}, "60"),
    ],
)
def test_a_form_that_does_not_fit_is_sent_back_as_typed(
    yuzhong: Plan, visit: Visit, shiju: User, changes: dict[str, str], message: str
) -> None:
    page = _send(visit(shiju), _revise(_target(yuzhong)), **changes)
    assert message in _words(page)
    assert page.context["form"]["value"].value() == changes["value"]
    assert english_in(page.content.decode()) == set()
    assert _target(yuzhong).value == 19 and not Revision.objects.exists()


def test_two_who_revise_at_once_do_not_overwrite_each_other(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client, target = visit(shiju), _target(yuzhong)
    shown = client.get(_revise(target))
    revise_target(target, by=shiju, value=Decimal(25), reason="另一人")
    page = client.post(_revise(target), _form_of(shown, value="22", reason="试"))
    assert "目标刚有变化" in _words(page) and "25支" in _words(page)
    assert _target(yuzhong).value == 25


def test_revising_what_is_shared_out_says_what_is_missing(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    allocate(_target(yuzhong), {QIXINGGANG: Decimal(19)}, by=shiju, reason="试")
    page = _send(visit(shiju), _revise(_target(yuzhong)), value="21", reason="试")
    told = "已分解到1个地区，合计19支，比目标少2支；目标已修订，请核对目标分解"
    assert told in messages_of(page)


# --- 目标分解 -------------------------------------------------------------------------------


def test_a_suggestion_filled_in_is_saved(yuzhong: Plan, visit: Visit, shiju: User) -> None:
    client, target = visit(shiju), _target(yuzhong)
    page = client.get(_shares(target))
    numbers = page.context["numbers"]
    assert (numbers["target"], numbers["unit"]) == ("19", "支")
    assert set(numbers["shares"]) == {"communities", "last_year", "even"}
    assert "按上年完成数：各地均无可依据的数据" in _words(page)
    assert 'data-how="last_year" disabled' in page.content.decode()
    filled = {f"share-{code}": value for code, value in numbers["shares"]["communities"].items()}
    page = _send(client, _shares(target), **filled, reason="按社区数")
    assert messages_of(page) == ["2026年底（附件）目标已分解到11个地区，合计19支，与目标一致"]
    assert "化龙桥街道：1支" in _words(page)
    again = client.get(_shares(target))
    shown = {f"share-{area.code}": field.value() for area, field in again.context["rows"]}
    assert shown == filled
    assert english_in(again.content.decode()) == set()


def test_a_larger_sum_is_told_and_an_empty_field_takes_no_share(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    values = {f"share-{QIXINGGANG}": "12", f"share-{JIEFANGBEI}": "10", "reason": "试"}
    page = _send(visit(shiju), _shares(_target(yuzhong)), **values)
    assert messages_of(page) == ["2026年底（附件）目标已分解到2个地区，合计22支，比目标多3支"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({QIXINGGANG: "18"}, "分解合计18支，目标19支，还差1支"),
        ({QIXINGGANG: "19.5"}, "七星岗街道：以“支”计的分解值应为整数"),
        ({QIXINGGANG: "-1", JIEFANGBEI: "20"}, "确保该值大于或等于0"),
        ({QIXINGGANG: "十九"}, "输入一个数字"),
        ({HUAYIPO: "19"}, "分解合计0支"),
        ({NEIGHBOUR: "19"}, "分解合计0支"),
    ],
)
def test_the_server_checks_the_sum_too(
    yuzhong: Plan, visit: Visit, shiju: User, values: dict[str, str], message: str
) -> None:
    sent = {f"share-{code}": value for code, value in values.items()}
    page = _send(visit(shiju), _shares(_target(yuzhong)), **sent, reason="试")
    assert message in _words(page)
    assert english_in(page.content.decode()) == set()
    assert not TargetAllocation.objects.exists()


def test_shares_are_withdrawn_and_not_under_anothers_feet(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client, target = visit(shiju), _target(yuzhong)
    allocate(target, {QIXINGGANG: Decimal(19)}, by=shiju, reason="试")
    shown = client.get(_shares(target))
    allocate(target, {JIEFANGBEI: Decimal(20)}, by=shiju, reason="另一人")
    page = client.post(_shares(target), _form_of(shown, reason="取消", withdraw="1"))
    assert "目标或分解刚有变化" in _words(page)
    page = _send(client, _shares(target), reason="取消", withdraw="1")
    assert messages_of(page) == ["2026年底（附件）目标已取消分解"]
    assert not TargetAllocation.objects.exists()


def test_a_percentage_is_not_shared_out(yuzhong: Plan, visit: Visit, shiju: User) -> None:
    page = _send(
        visit(shiju),
        _shares(_target(yuzhong, "coverage")),
        **{f"share-{QIXINGGANG}": "1"},
        reason="试",
    )
    assert "比例类目标各地同一标准，不作分解" in _words(page)
    assert not TargetAllocation.objects.exists()


# --- 修改口径 -------------------------------------------------------------------------------


@pytest.fixture
def two_orgs(approved: Make, yuzhong: Plan) -> None:
    for tier in ("street", "registered"):
        approved(CommunityOrg, tier=tier)


def _rows(page: Response) -> dict[str, Any]:
    return {row.name: row for row in page.context["preview"]}


def test_a_rule_is_previewed_then_confirmed(
    two_orgs: None, yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client, url = visit(shiju), _rule(yuzhong, "charity_orgs")
    changes = {"measure": "filed_charity_orgs", "reason": "只计备案", "reading": "只计备案"}
    page = _send(client, url, **changes)
    rows = _rows(page)
    assert len(rows) == 14
    assert [name for name, row in rows.items() if row.is_changed] == ["公益慈善类社区社会组织"]
    changed = rows["公益慈善类社区社会组织"]
    assert (changed.now, changed.then) == ("2", "1")
    assert all(row.now == row.then for row in rows.values() if not row.is_changed)
    assert "修改后口径 截至当日的“备案的公益慈善类社区社会组织”数" in _words(page)
    assert english_in(page.content.decode()) == set()
    assert not Revision.objects.exists()
    done = client.post(url, _form_of(page, confirmed="1"), follow=True)
    assert messages_of(done) == ["已修改口径：公益慈善类社区社会组织"]
    indicator = yuzhong.indicators.get(code="charity_orgs")
    assert (indicator.measure, indicator.reading) == ("filed_charity_orgs", "只计备案")
    assert Revision.objects.get().reason == "只计备案"
    text = _words(done)
    assert "计量由“公益慈善类社区社会组织”改为“备案的公益慈善类社区社会组织”" in text


def test_a_threshold_nobody_stored_is_previewed_from_the_records(
    two_orgs: None, yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    changes = {"measure": "charity_orgs", "within": "stock", "at_least": "2", "reason": "试"}
    page = _send(visit(shiju), _rule(yuzhong, "coverage"), **changes)
    row = _rows(page)["社区慈善活动和慈善宣传覆盖面"]
    assert (row.now, row.then) == ("0%", "1.27%")  # 1 of 79


def test_what_was_typed_after_the_preview_is_previewed_again(
    two_orgs: None, yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client, url = visit(shiju), _rule(yuzhong, "charity_orgs")
    page = _send(client, url, measure="filed_charity_orgs", reason="试")
    page = client.post(url, _form_of(page, confirmed="1", measure="orgs"))
    assert _rows(page)["公益慈善类社区社会组织"].then == "2"
    assert not Revision.objects.exists()
    page = client.post(url, _form_of(page, confirmed="1", reason="理由可改"), follow=True)
    assert Revision.objects.get().reason == "理由可改"


def test_a_rule_changed_by_another_meanwhile_is_previewed_again(
    two_orgs: None, yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client, url = visit(shiju), _rule(yuzhong, "charity_orgs")
    page = _send(client, url, measure="filed_charity_orgs", reason="试")
    Indicator.objects.filter(code="charity_orgs").update(reading="另一人改的")
    page = client.post(url, _form_of(page, confirmed="1"))
    assert page.status_code == 200 and "preview" in page.context
    assert not Revision.objects.exists()


@pytest.mark.parametrize(
    ("code", "changes", "message"),
    [
        ("funds", {"counting": "year"}, "“社区慈善基金”是时点数，不能按“当年累计”计"),
        ("funds", {"measure": ""}, "没有计量"),
        ("funds", {}, "口径没有变化"),
        ("coverage", {"level": ""}, "覆盖层级应为3（区县）、4（乡镇街道）或5（村社区）"),
        ("coverage", {"at_least": "0"}, "确保该值大于或等于1"),
        ("raised", {"counting": "growth"}, "改后得出的是比例，而目标以“万元”为单位"),
        ("funds", {"reading": "口" * 301}, "300"),
        ("funds", {"reading": "新", "reason": ""}, "该字段是必填项"),
        ("funds", {"measure": "communities"}, "选择一个有效的选项"),
    ],
)
def test_a_rule_that_cannot_be_counted_is_sent_back(
    yuzhong: Plan, visit: Visit, shiju: User, code: str, changes: dict[str, str], message: str
) -> None:
    page = _send(
        visit(shiju), _rule(yuzhong, code), **{"reason": "试", "confirmed": "1", **changes}
    )
    assert message in _words(page)
    assert "preview" not in page.context
    assert not Revision.objects.exists()


# --- files ----------------------------------------------------------------------------------


def _upload(client: Client, text: str | bytes, name: str = "fangan.toml") -> Response:
    content = text.encode() if isinstance(text, str) else text
    return client.post(LOAD, {"file": SimpleUploadedFile(name, content)})


def _confirm(client: Client, page: Response, **changes: str) -> Response:
    names = ("name", "content")
    sent = {name: page.context[name] for name in names} | {"seen": page.context["preview"].seen}
    return client.post(LOAD, sent | {"reason": "试"} | changes, follow=True)


def test_a_plan_goes_out_and_comes_back_changed(
    two_orgs: None, yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    answer = client.get(f"/admin/indicators/plan/{yuzhong.pk}/export_one/")
    assert answer["Content-Disposition"] == 'attachment; filename="yuzhong-2026.toml"'
    text = answer.content.decode()
    assert text == export_plan(yuzhong)
    changed = text.replace('"158"', '"160"', 1).replace(
        'measure = "charity_orgs"\n', 'measure = "filed_charity_orgs"\n', 1
    )
    page = _upload(client, changed)
    preview = page.context["preview"]
    assert preview.changes == [
        "指标“公益慈善类社区社会组织”的计量由“公益慈善类社区社会组织”"
        "改为“备案的公益慈善类社区社会组织”",
        "指标“公益慈善类社区社会组织”的2026年底（附件）目标由“158个”改为“160个”",
    ]
    rows = {row.name: row for row in preview.rows if row.is_changed}
    assert [(row.now, row.then) for row in rows.values()] == [("2", "1")]
    assert len(preview.rows) == 14
    assert english_in(page.content.decode()) == set()
    assert yuzhong.indicators.get(code="charity_orgs").measure == "charity_orgs"
    done = _confirm(client, page)
    assert messages_of(done) == ["已载入方案“渝中区加强社区慈善建设工作方案”"]
    assert yuzhong.indicators.get(code="charity_orgs").measure == "filed_charity_orgs"
    revision = Revision.objects.get()
    assert (revision.by, revision.subject, revision.reason) == (shiju, "载入方案文件", "试")
    assert revision.before["file"] == text and revision.after["file"] == changed
    assert "载入方案文件。理由：试" in _words(done)


def test_what_was_loaded_on_the_site_is_not_lost_to_the_command(
    yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    changed = FILE.replace('value = "237"', 'value = "240"')
    _confirm(client, _upload(client, changed))
    from indicators.plan.loading import PlanError

    with pytest.raises(PlanError, match="在平台上修改"):
        load_plans([SHIPPED / "yuzhong-2026.toml"])
    page = _upload(client, FILE)
    assert "载入后以文件为准" in _words(page)


NEW = HEAD.replace('"own"', '"qu-2027"') + indicator_text(
    'counting = "year"\nmeasure = "raised"\ntarget = [{ due_on = 2026-12-31, value = "5" }]',
    unit="元",
)


def test_a_new_plan_is_previewed_with_figures_and_then_there(
    yuzhong: Plan, visit: Visit, shiju: User, approved: Make
) -> None:
    approved(Donation, amount_yuan=123, donated_on="2026-01-02")
    client = visit(shiju)
    page = _upload(client, NEW)
    preview = page.context["preview"]
    assert (preview.is_new, preview.changes) == (True, ["新方案，共1项指标"])
    assert [(row.name, row.then, row.targets) for row in preview.rows] == [
        ("one指标", "123", ["2026年底（附件）≥5元"])
    ]
    assert Plan.objects.count() == 1
    _confirm(client, page)
    plan = Plan.objects.get(code="qu-2027")
    assert plan.edited_at is not None and plan.revisions.get().before == {"file": ""}


def test_an_administrator_loads_without_figures(
    yuzhong: Plan, visit: Visit, guanli: User, approved: Make
) -> None:
    approved(Donation, amount_yuan=98765)
    approved(Fund)
    client = visit(guanli)
    for text in (NEW, FILE.replace('value = "237"', 'value = "240"')):
        page = _upload(client, text)
        preview = page.context["preview"]
        assert not preview.has_figures
        assert all((row.now, row.then) == ("", "") for row in preview.rows)
        assert "完成数" not in _words(page) and "98765" not in _words(page)
        _confirm(client, page)
    assert Plan.objects.count() == 2
    assert Revision.objects.filter(by=guanli).count() == 2
    assert client.get(f"/admin/indicators/plan/{yuzhong.pk}/export_one/").status_code == 200


@pytest.mark.parametrize("name", ["quji", "jiedao", "shengting", "shenji"])
def test_who_neither_reviews_nor_administers_loads_nothing(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    client = visit(request.getfixturevalue(name))
    assert client.get(LOAD).status_code == 403
    assert _upload(client, NEW).status_code == 403
    sent = {"content": base64.b64encode(NEW.encode()).decode(), "seen": "new", "reason": "试"}
    assert client.post(LOAD, sent).status_code == 403
    assert Plan.objects.count() == 1
    expected = 404 if name == "shenji" else 403
    url = f"/admin/indicators/plan/{yuzhong.pk}/export_one/"
    assert client.get(url).status_code == expected


def test_the_neighbour_touches_neither_our_area_nor_our_code(
    yuzhong: Plan, visit: Visit, jiangbei: User
) -> None:
    client = visit(jiangbei)
    ours, taken = NEW, FILE.replace('area = "500103"', f'area = "{NEIGHBOUR}"')
    for text, message in (
        (ours, "方案适用地区500103不在“jiangbei”的管辖范围，不能载入"),
        (FILE, "方案适用地区500103不在“jiangbei”的管辖范围"),
        (taken, "编号“yuzhong-2026”已用于其他地区的方案，请换一个编号"),
    ):
        assert message in _words(_upload(client, text))
        sent = {"content": base64.b64encode(text.encode()).decode(), "name": "x.toml"}
        assert message in _words(client.post(LOAD, sent | {"seen": "new", "reason": "试"}))
    assert client.get(f"/admin/indicators/plan/{yuzhong.pk}/export_one/").status_code == 403
    assert Plan.objects.get().area_code == "500103"
    _confirm(client, _upload(client, NEW.replace("500103", NEIGHBOUR)))
    assert Plan.objects.filter(area_code=NEIGHBOUR).exists()


_BAD_FILES: dict[str, tuple[str | bytes, str]] = {
    "not text": (b"\xff\xfe\x00", "不是有效的 TOML 文件"),
    "not toml": ("x", "不是有效的 TOML 文件"),
    "empty plan": ("[plan]\n", "[plan]：缺少“code”"),
    "unknown key": (NEW + "\ncolour = 1\n", "不认识的项目 colour"),
    "unsound": (NEW.replace('"year"', '"stock"'), "measure：“筹集款物”是发生数，不能按“时点数”计"),
    "bad code": (NEW.replace("qu-2027", "区 2027"), "编号“区 2027”只能用字母、数字"),
    "too big": (b"#" * (256 * 1024 + 1), "文件超过256KB，不是方案文件"),
    "nothing in it": (b"", "提交的是空文件"),
}


@pytest.mark.parametrize("case", _BAD_FILES)
def test_a_file_that_cannot_be_loaded_says_why(
    district: Area, visit: Visit, shiju: User, case: str
) -> None:
    content, message = _BAD_FILES[case]
    page = _upload(visit(shiju), content)
    assert page.status_code == 200
    assert message in _words(page)
    assert not Plan.objects.exists()


def test_confirming_needs_a_reason_a_change_and_what_was_seen(
    tree_plan: Plan, visit: Visit, shiju: User
) -> None:
    client = visit(shiju)
    page = _upload(client, FILE)
    assert "文件与现行方案一致，无需载入" in _words(page)
    assert "确认载入" not in _words(page)
    assert "无需载入" in _words(_confirm(client, page))
    page = _upload(client, FILE.replace('value = "237"', 'value = "240"'))
    assert "请填写修订理由" in _words(_confirm(client, page, reason=" "))
    revise_target(_target(tree_plan), by=shiju, value=Decimal(25), reason="另一人")
    again = _confirm(client, page)
    assert "现行方案刚有变化，没有载入" in _words(again)
    assert "由“25支”改为“19支”" in _words(again)
    assert _target(tree_plan).value == 25
    _confirm(client, again)
    assert _target(tree_plan).value == 19


@pytest.mark.parametrize("content", ["%%%", "A", "5ZOI" * 100_000])
def test_a_confirmation_that_no_page_sent_is_a_bad_request(
    district: Area, visit: Visit, shiju: User, content: str
) -> None:
    client = visit(shiju)
    client.raise_request_exception = False
    assert client.post(LOAD, {"content": content}).status_code == 400


def test_the_list_offers_the_upload_to_those_who_may(
    yuzhong: Plan, visit: Visit, request: pytest.FixtureRequest
) -> None:
    for name, is_offered in (("shiju", True), ("guanli", True), ("quji", False), ("jiedao", False)):
        text = _words(visit(request.getfixturevalue(name)).get("/admin/indicators/plan/"))
        assert ("载入方案文件" in text) == is_offered, name
