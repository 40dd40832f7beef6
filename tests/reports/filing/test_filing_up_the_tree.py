"""Filing up the levels: who signs, who may be missing and why, returning and receiving."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import Role, User
from areas.models import Area
from funds.models import Fund
from indicators.models import Plan
from reports.editions.sealing import SealError, seal
from reports.editions.verifying import verify_editions
from reports.filers import filers, filers_below
from reports.filing.preparing import prepare_reports
from reports.models import Edition, FilingStatus, Report, ReportAction, ReportState
from reports.signatures import may_file
from reports.workflow import HandlingError, may_judge, receive, send_back
from tests.conftest import DAXIGOU, DISTRICT, HUAYIPO, JIEFANGBEI, NEIGHBOUR, QIXINGGANG
from tests.reports.filing.conftest import JUNE, PREPARED, Day, File, signer
from tests.types import Make
from tests.worlds import share

share(__name__, "streets")


def _report(code: str) -> Report:
    return Report.objects.select_related("plan", "area").get(area=code, due_on=JUNE)


# --- who files --------------------------------------------------------------------------------


def test_the_district_and_its_counted_streets_file(streets: list[str]) -> None:
    assert len(streets) == 3
    assert _report(DISTRICT).file_by == JUNE
    assert not Report.objects.filter(area__code__startswith=NEIGHBOUR).exists()


def test_lower_levels_may_be_due_some_days_ahead(few_streets: Plan) -> None:
    few_streets.report_lead_days = {"4": 10}
    few_streets.save()
    prepare_reports(PREPARED)
    assert _report(QIXINGGANG).file_by == Day(2026, 6, 20)
    assert _report(DISTRICT).file_by == JUNE


def test_figures_stand_as_of_the_cut_off_day(few_streets: Plan) -> None:
    few_streets.report_cutoff_days = 10
    few_streets.save()
    prepare_reports(JUNE)
    assert _report(DISTRICT).draft["as_of"] == "2026-06-20"


def test_a_street_that_is_not_counted_or_gone_by_the_day_does_not_file(few_streets: Plan) -> None:
    Area.objects.filter(code=QIXINGGANG).update(is_counted=False)
    Area.objects.filter(code=JIEFANGBEI).update(valid_to=Day(2026, 6, 30))
    codes = {each.code for each in filers(few_streets, JUNE)}
    assert codes == {DISTRICT, DAXIGOU}


def test_a_street_abolished_after_preparation_owes_nothing(streets: list[str]) -> None:
    Area.objects.filter(code=QIXINGGANG).update(valid_to=Day(2026, 6, 15))
    assert QIXINGGANG not in {each.area_id for each in Report.objects.owed()}
    below = {
        each.code for each in filers_below(_report(DISTRICT).plan, _report(DISTRICT).area, JUNE)
    }
    assert QIXINGGANG not in below


def test_a_street_that_came_since_is_prepared_by_the_next_run(streets: list[str]) -> None:
    new = Area(code=f"{DISTRICT}099", name="新街道", kind="street")
    new.derive()
    new.save()
    assert [each.area_id for each in prepare_reports(PREPARED)] == [new.code]


@pytest.mark.parametrize(
    ("code", "role", "is_allowed"),
    [
        (QIXINGGANG, Role.CLERK, True),
        (QIXINGGANG, Role.REVIEWER, True),
        (QIXINGGANG, Role.OBSERVER, False),
        (HUAYIPO, Role.REVIEWER, False),
        (JIEFANGBEI, Role.CLERK, False),
        (DISTRICT, Role.REVIEWER, False),
        (DISTRICT, Role.CLERK, False),
        (NEIGHBOUR, Role.REVIEWER, False),
    ],
)
def test_a_street_is_confirmed_by_its_own_people_alone(
    streets: list[str], code: str, role: Role, is_allowed: bool
) -> None:
    user = User.objects.create_user("someone", role=role, area_id=code)
    assert may_file(user, _report(QIXINGGANG)) == is_allowed
    if not is_allowed:
        with pytest.raises(SealError, match="只有本地区的填报员或审核员"):
            seal(_report(QIXINGGANG), by=user, on=JUNE)


def test_who_left_signs_nothing(streets: list[str], jiedao: User) -> None:
    jiedao.is_active = False
    assert not may_file(jiedao, _report(QIXINGGANG))


# --- missing ones -----------------------------------------------------------------------------


def test_a_level_does_not_seal_without_those_below(streets: list[str], file: File) -> None:
    for code in streets[1:]:
        file(code)
    with pytest.raises(
        SealError, match=r"还有1个下级地区未报（七星岗街道）；如不等待，请写明缺报说明"
    ):
        file(DISTRICT)
    assert not Edition.objects.filter(report__area=DISTRICT).exists()


def test_with_a_reason_it_does_and_names_who_is_missing(streets: list[str], file: File) -> None:
    for code in streets[1:]:
        file(code)
    content = file(DISTRICT, missing_reason="该街道正在核对台账").as_content()
    assert [each.name for each in content.filing.missing] == ["七星岗街道"]
    assert content.seal.missing_reason == "该街道正在核对台账"
    assert [each.code for each in content.filing.children] == streets
    event = _report(DISTRICT).events.latest("pk")
    assert (event.action, event.note) == (ReportAction.FILE, "该街道正在核对台账")


def test_when_all_have_filed_no_reason_is_kept(streets: list[str], file: File) -> None:
    hashes = {code: file(code).sha256 for code in streets}
    content = file(DISTRICT, missing_reason="多余").as_content()
    assert content.filing.missing == []
    assert content.seal.missing_reason == ""
    assert {each.code: each.sha256 for each in content.filing.children} == hashes
    assert list(verify_editions()) == []


def test_a_returned_report_is_missing_until_it_is_filed_again(
    streets: list[str], file: File, shiju: User
) -> None:
    for code in streets:
        file(code)
    send_back(_report(QIXINGGANG), by=shiju, reason="数据有误")
    with pytest.raises(SealError, match="七星岗街道"):
        file(DISTRICT)
    again = file(QIXINGGANG, reason="按退回意见核对")
    content = file(DISTRICT).as_content()
    child = next(each for each in content.filing.children if each.code == QIXINGGANG)
    assert (child.number, child.sha256) == (2, again.sha256)


def test_an_old_reason_too_long_is_refused(streets: list[str], file: File) -> None:
    with pytest.raises(SealError, match="说明过长"):
        file(DISTRICT, missing_reason="缺" * 501)


# --- the level above --------------------------------------------------------------------------


def test_filed_received_returned_and_filed_again(
    streets: list[str], file: File, shiju: User
) -> None:
    file(QIXINGGANG)
    receive(_report(QIXINGGANG), by=shiju)
    assert _report(QIXINGGANG).state == ReportState.RECEIVED
    send_back(_report(QIXINGGANG), by=shiju, reason=" 人次与台账不符 ")
    assert _report(QIXINGGANG).standing == FilingStatus.RETURNED
    with pytest.raises(SealError, match="更正理由"):
        file(QIXINGGANG)
    file(QIXINGGANG, reason="已核对")
    assert _report(QIXINGGANG).state == ReportState.FILED
    events = list(_report(QIXINGGANG).events.values_list("action", "note"))
    assert events == [
        ("prepare", ""),
        ("file", ""),
        ("receive", ""),
        ("return", "人次与台账不符"),
        ("correct", "已核对"),
    ]


def test_a_correction_of_what_was_received_waits_again(
    streets: list[str], file: File, shiju: User
) -> None:
    file(QIXINGGANG)
    receive(_report(QIXINGGANG), by=shiju)
    file(QIXINGGANG, reason="漏报")
    assert _report(QIXINGGANG).state == ReportState.FILED


@pytest.mark.parametrize("user", ["quji", "jiedao", "jiedao2", "shengting", "jiangbei", "guanli"])
def test_only_a_reviewer_above_judges(
    streets: list[str], file: File, request: pytest.FixtureRequest, user: str
) -> None:
    file(QIXINGGANG)
    by = request.getfixturevalue(user)
    assert not may_judge(by, _report(QIXINGGANG))
    with pytest.raises(HandlingError, match="上级地区的审核员"):
        receive(_report(QIXINGGANG), by=by)
    with pytest.raises(HandlingError, match="上级地区的审核员"):
        send_back(_report(QIXINGGANG), by=by, reason="越权")
    assert _report(QIXINGGANG).state == ReportState.FILED


def test_nobody_receives_the_report_of_the_own_area(
    streets: list[str], file: File, shiju: User
) -> None:
    file(DISTRICT, missing_reason="先行上报")
    assert not may_judge(shiju, _report(DISTRICT))
    city = User.objects.create_user("shi", role=Role.REVIEWER, area_id="50")
    receive(_report(DISTRICT), by=city)
    assert _report(DISTRICT).state == ReportState.RECEIVED


@pytest.mark.parametrize("state", [ReportState.DUE, ReportState.RETURNED, ReportState.RECEIVED])
def test_only_what_was_filed_is_received(streets: list[str], shiju: User, state: str) -> None:
    Report.objects.filter(area=QIXINGGANG).update(state=state)
    with pytest.raises(HandlingError, match="不能接收"):
        receive(_report(QIXINGGANG), by=shiju)


@pytest.mark.parametrize("reason", ["", "   "])
def test_returning_owes_a_reason(streets: list[str], file: File, shiju: User, reason: str) -> None:
    file(QIXINGGANG)
    with pytest.raises(HandlingError, match="请写明退回理由"):
        send_back(_report(QIXINGGANG), by=shiju, reason=reason)


# --- days -------------------------------------------------------------------------------------


def test_timeliness_is_the_first_filing(streets: list[str], file: File, shiju: User) -> None:
    file(QIXINGGANG, on=Day(2026, 6, 28))
    send_back(_report(QIXINGGANG), by=shiju, reason="再核")
    file(QIXINGGANG, on=Day(2026, 7, 9), reason="核毕")
    assert _report(QIXINGGANG).first_filed_on == Day(2026, 6, 28)


def test_a_filing_after_the_day_counts_up_to_the_day(
    streets: list[str], file: File, approved: Make
) -> None:
    approved(Fund, established_on=JUNE)
    approved(Fund, established_on=JUNE + datetime.timedelta(days=1))
    content = file(QIXINGGANG, on=Day(2026, 7, 9)).as_content()
    funds = next(each for each in content.indicators if each.code == "funds")
    assert (content.as_of, funds.value) == (JUNE, "1")


def test_four_levels_file_one_after_the_other(
    province_plan: Plan, file: File, approved: Make
) -> None:
    approved(Fund)
    prepare_reports(PREPARED)
    # Only the province's plan is loaded, not that of 渝中区.
    order = Report.objects.filter(plan=province_plan).order_by("-area__level", "area")
    for report in order.select_related("area", "plan"):
        edition = seal(report, by=signer(report.area_id), on=JUNE)
    top = edition.as_content()
    assert top.area.code == "50"
    assert [each.code for each in top.filing.children] == ["5001"]
    assert next(each.value for each in top.indicators if each.code == "funds") == "1"
    assert list(verify_editions()) == []
