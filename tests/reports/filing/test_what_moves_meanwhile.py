"""A change between two filings is shown or refused, never ignored."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.models import User
from areas.models import Area
from funds.models import Fund
from indicators.models import Indicator, Plan
from indicators.store.series import recompute_all
from orgs.models import Training
from reports.editions.content import draft_of
from reports.editions.files import DOCUMENT, WORKBOOK, document_path, path_of, workbook_path
from reports.editions.period import PeriodContext
from reports.editions.sealing import SealError, seal
from reports.editions.verifying import verify, verify_editions
from reports.filing.preparing import prepare_reports
from reports.models import Edition, EditionMember, Report, ReportEvent, ReportState
from reports.schema.codec import canonical
from reports.schema.content import Draft
from reports.schema.formats import digest
from reports.workflow import HandlingError, edit, receive, send_back
from scenes.models import Activity
from tests.conftest import DAXIGOU, DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.reports.filing.conftest import JUNE, PREPARED, Day, File, corrected
from tests.types import Make
from tests.worlds import share

pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("may_tamper"),
]  # contents; sealing and filing are tested on both databases


NOVEMBER = Day(2026, 11, 30)


def _report(code: str, due_on: Day = JUNE) -> Report:
    return Report.objects.select_related("plan", "area").get(area=code, due_on=due_on)


# --- text -------------------------------------------------------------------------------------


def _drafts(code: str = DISTRICT) -> dict[str, str]:
    return dict(_report(code).draft["narrative"])


@pytest.fixture
def one(yuzhong: Plan, approved: Make) -> Report:
    approved(Fund, area_id=HUAYIPO)
    prepare_reports(PREPARED)
    return _report(DISTRICT)


def test_two_who_write_do_not_undo_each_other(one: Report, quji: User, shiju: User) -> None:
    was = _drafts()
    edit(one, was | {"problems": "人手不足。"}, by=quji, was=was)
    edit(one, was | {"plans": "加强培训。"}, by=shiju, was=was)
    assert {code: kept["text"] for code, kept in _report(DISTRICT).narrative.items()} == {
        "problems": "人手不足。",
        "plans": "加强培训。",
    }


def test_who_writes_over_another_is_told(one: Report, quji: User, shiju: User) -> None:
    was = _drafts()
    edit(one, was | {"plans": "加强培训。"}, by=quji, was=was)
    with pytest.raises(HandlingError, match="“下一步打算”刚被他人修改"):
        edit(one, was | {"plans": "另一打算。"}, by=shiju, was=was)
    assert _report(DISTRICT).narrative["plans"]["text"] == "加强培训。"


def test_a_page_opened_before_the_figures_moved_keeps_no_old_words(
    one: Report, quji: User, approved: Make
) -> None:
    was = _drafts()
    approved(Fund, area_id=HUAYIPO)
    prepare_reports(Day(2026, 6, 15))
    with pytest.raises(HandlingError, match="按新数据更新"):
        edit(one, was | {"progress": was["progress"] + "补充。"}, by=quji, was=was)
    edit(one, was | {"measures": was["measures"]}, by=quji, was=was)
    assert _report(DISTRICT).narrative == {}


def test_words_of_other_figures_are_not_sealed_unseen(
    one: Report, quji: User, shiju: User, approved: Make
) -> None:
    edit(one, {"plans": "再建十七支基金。"}, by=quji)
    approved(Fund, area_id=HUAYIPO)
    with pytest.raises(SealError, match="文稿“下一步打算”写成后数据有变动"):
        seal(one, by=shiju, on=JUNE)
    edition = seal(one, by=shiju, on=JUNE, is_checked=True)
    assert "再建十七支基金。" in edition.content


# --- periods ----------------------------------------------------------------------------------


def test_a_level_that_begins_to_file_owes_no_past_period(yuzhong: Plan, shiju: User) -> None:
    prepare_reports(PREPARED)
    seal(_report(DISTRICT), by=shiju, on=JUNE)
    Plan.objects.update(report_levels=[3, 4])
    prepare_reports(Day(2026, 11, 5))
    assert set(Report.objects.filter(due_on=JUNE).values_list("area_id", flat=True)) == {DISTRICT}
    assert Report.objects.filter(due_on=NOVEMBER).count() == 12
    again = seal(_report(DISTRICT), by=shiju, on=JUNE, reason="补正")
    assert again.as_content().filing.missing == []


def test_who_no_longer_files_owes_nothing(few_streets: Plan, file: File) -> None:
    prepare_reports(PREPARED)
    file(DAXIGOU)
    Area.objects.filter(code__in=(QIXINGGANG, DAXIGOU)).update(is_counted=False)
    prepare_reports(Day(2026, 6, 2))
    states = dict(Report.objects.values_list("area_id", "state"))
    assert states[QIXINGGANG] == ReportState.DROPPED
    assert states[DAXIGOU] == ReportState.FILED
    assert QIXINGGANG not in {each.area_id for each in Report.objects.owed()}
    Area.objects.filter(code=QIXINGGANG).update(is_counted=True)
    prepare_reports(Day(2026, 6, 3))
    assert _report(QIXINGGANG).state == ReportState.DUE


def test_days_ahead_follow_the_plan(few_streets: Plan) -> None:
    prepare_reports(PREPARED)
    Plan.objects.update(report_lead_days={"4": 5})
    prepare_reports(Day(2026, 6, 2))
    assert _report(QIXINGGANG).file_by == Day(2026, 6, 25)
    Plan.objects.update(report_due=["06-25", "11-30"], report_first_due=Day(2026, 6, 25))
    prepare_reports(Day(2026, 6, 3))
    assert set(Report.objects.owed().values_list("due_on", flat=True)) == {Day(2026, 6, 25)}


def test_one_that_cannot_be_drafted_stops_no_other(
    few_streets: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.filing import preparing

    def broken(report: Report, context: PeriodContext) -> Draft:
        if report.area_id == QIXINGGANG:
            raise ValueError("broken")
        return draft_of(report, context)

    monkeypatch.setattr(preparing, "draft_of", broken)
    prepare_reports(PREPARED)
    assert {each.area_id for each in Report.objects.filter(draft={})} == {QIXINGGANG}


# --- zero and corrections ---------------------------------------------------------------------


def test_a_changed_quantity_is_no_zero_report(
    few_streets: Plan, approved: Make, file: File
) -> None:
    training = approved(Training, area_id=QIXINGGANG, person_times=10)
    prepare_reports(PREPARED)
    file(QIXINGGANG)
    Training.objects.filter(pk=training.pk).update(person_times=1000)
    recompute_all()
    prepare_reports(Day(2026, 11, 1))
    with pytest.raises(SealError, match="“培训社区公益慈善人才”与上期（2026年6月）不同"):
        file(QIXINGGANG, due_on=NOVEMBER, on=NOVEMBER, is_zero=True)


def test_a_move_within_and_an_indicator_that_went_are_corrections(one: Report, shiju: User) -> None:
    seal(one, by=shiju, on=JUNE)
    Fund.objects.update(area_id=MINSHENGLU)
    Indicator.objects.filter(code="scenes").delete()
    recompute_all()
    first = corrected(seal(one, by=shiju, on=JUNE, reason="核对")).others
    assert "取消指标“社区慈善服务场景”" in first
    assert "台账“社区慈善基金”有1条记录的登记内容改变" in first
    Fund.objects.update(area_id=HUAYIPO)
    recompute_all()
    second = corrected(seal(one, by=shiju, on=JUNE, reason="再核")).others
    assert "下级明细有变化：七星岗街道、解放碑街道" in second


# --- stale pages ------------------------------------------------------------------------------


def test_a_correction_sent_twice_is_sealed_once(one: Report, shiju: User) -> None:
    seal(one, by=shiju, on=JUNE, after=0)
    seal(one, by=shiju, on=JUNE, reason="漏报", after=1)
    with pytest.raises(SealError, match="刚有新版封存，没有重复封存"):
        seal(one, by=shiju, on=JUNE, reason="漏报", after=1)
    assert one.editions.count() == 2


def test_what_was_not_seen_is_not_received(streets: list[str], file: File, shiju: User) -> None:
    file(QIXINGGANG)
    file(QIXINGGANG, reason="漏报")
    for act in (receive, lambda report, **how: send_back(report, reason="核", **how)):
        with pytest.raises(HandlingError, match="请看过新版后再办"):
            act(_report(QIXINGGANG), by=shiju, edition=1)
    receive(_report(QIXINGGANG), by=shiju, edition=2)
    event = _report(QIXINGGANG).events.latest("pk")
    assert event.edition is not None and event.edition.number == 2


def test_the_page_above_says_that_its_ground_moved(
    streets: list[str], file: File, shiju: User, client: Client
) -> None:
    for code in streets:
        file(code)
    file(DISTRICT)
    client.force_login(shiju)
    address = f"/reports/{_report(DISTRICT).pk}/"
    assert client.get(address).context["changed_below"] == []
    file(JIEFANGBEI, reason="漏报")
    send_back(_report(QIXINGGANG), by=shiju, reason="核")
    assert client.get(address).context["changed_below"] == ["七星岗街道", "解放碑街道"]


# --- what belongs to others -------------------------------------------------------------------


def test_a_record_that_only_reached_in_shows_no_more_than_where_it_is_of(
    few_streets: Plan, approved: Make, file: File
) -> None:
    approved(Activity, area_id=MINSHENGLU, name="解放碑游园会", reached=[HUAYIPO])
    prepare_reports(PREPARED)
    content = file(QIXINGGANG).as_content()
    sheet = next(each for each in content.ledgers if each.kind == "scenes.activity")
    assert sheet.rows == [["民生路社区（外地登记）", None, None, None, None, ""]]
    assert "解放碑游园会" not in canonical(content)


@pytest.mark.parametrize("sign", ["\uffff", "\ud800"])
def test_no_name_stops_a_report(one: Report, shiju: User, sign: str) -> None:
    if sign == "\uffff":
        User.objects.filter(pk=shiju.pk).update(display_name=f"审核{sign}员")
        Indicator.objects.filter(code="scenes").update(name=f"场景{sign}")
        shiju.refresh_from_db()
    edition = seal(one, by=shiju, on=JUNE)
    assert workbook_path(edition).exists()


# --- verification -----------------------------------------------------------------------------


def _said(text: str) -> bool:
    return any(text in line for line in verify_editions())


@pytest.fixture
def edition(streets: list[str], file: File, shiju: User) -> Edition:
    for code in streets:
        file(code)
    receive(_report(QIXINGGANG), by=shiju)
    return file(DISTRICT)


share(__name__, "edition")


@pytest.fixture
def _files_as_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the files as they were stored: `test_verifying` makes them again and compares."""

    def stored(edition: Edition) -> dict[str, bytes]:
        return {kind: path_of(edition, kind).read_bytes() for kind in (WORKBOOK, DOCUMENT)}

    monkeypatch.setattr("reports.editions.verifying.made_again", stored)


@pytest.mark.usefixtures("_files_as_stored")
def test_a_forged_state_day_or_event_is_found(edition: Edition) -> None:
    assert list(verify_editions()) == []
    street = Report.objects.filter(area=QIXINGGANG)
    for change, told in (
        ({"state": "filed"}, "与办理经过不符"),
        ({"state": "returned"}, "与办理经过不符"),
        ({"first_filed_on": Day(2026, 6, 1)}, "首次上报日期与第1版不符"),
        ({"file_by": Day(2026, 7, 30)}, "登记信息与封存内容不符"),
    ):
        before = street.values("state", "first_filed_on", "file_by").get()
        street.update(**change)
        assert _said(told), change
        street.update(**before)
    assert list(verify_editions()) == []
    ReportEvent.objects.filter(edition=edition).delete()
    assert list(verify_editions()) == ["渝中区2026年6月进展报告：上报经过与封存版次不符"]


def test_the_last_edition_does_not_vanish_with_its_files(streets: list[str], file: File) -> None:
    file(QIXINGGANG)
    last = file(QIXINGGANG, reason="漏报")
    for path in (workbook_path(last), document_path(last)):
        path.unlink()
    EditionMember.objects.filter(edition=last).delete()
    ReportEvent.objects.filter(edition=last).update(edition=None)
    Edition.objects.filter(pk=last.pk).delete()
    assert _said("上报经过与封存版次不符")


def test_a_document_that_is_denied_is_missed(edition: Edition) -> None:
    document_path(edition).unlink()
    Edition.objects.filter(pk=edition.pk).update(document_sha256="")
    assert _said("缺少文稿摘要")


def test_another_editions_hash_is_no_ground(edition: Edition) -> None:
    content = json.loads(edition.content)
    first, second, *_ = content["filing"]["children"]
    first["sha256"] = second["sha256"]
    text = canonical(content)
    Edition.objects.filter(pk=edition.pk).update(content=text, sha256=digest(text))
    assert _said(f"所依据的{first['name']}第1版已不存在")
    assert any("已不存在" in line for line in verify(Edition.objects.get(pk=edition.pk)))


@pytest.mark.usefixtures("_files_as_stored")
@pytest.mark.parametrize("text", ["{}", "[]", "null", "no json", '{"number":1}'])
def test_what_cannot_be_read_is_named_and_stops_nothing(edition: Edition, text: str) -> None:
    first = Edition.objects.order_by("pk")[0]
    Edition.objects.filter(pk=first.pk).update(content=text, sha256=digest(text))
    told = list(verify_editions())
    assert f"{first}：封存内容无法读取" in told
