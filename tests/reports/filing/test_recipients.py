"""Several recipients of a report: each receives or returns for itself (云南 通知: 两个接收单位)."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from accounts.models import Role, User
from indicators.models import Plan
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import FilingStatus, Report, ReportAction, ReportState
from reports.pages.calendar import waiting_reports
from reports.recipients import ReceptionState, receptions_of, recipients_of
from reports.workflow import HandlingError, may_judge, receive, send_back, urge
from tests.conftest import DISTRICT, NEIGHBOUR, QIXINGGANG
from tests.reports.filing.conftest import JUNE, PREPARED, File
from tests.worlds import share

share(__name__, "district", "streets")

_CIVIL, _SOCIAL = "重庆市渝中区民政局慈善科", "渝中区委社会工作部"
_RECIPIENTS = [
    _CIVIL,
    {"name": _SOCIAL, "area": DISTRICT, "department": "社会工作部", "roles": ["observer"]},
]


@pytest.fixture
def two(streets: list[str], file: File) -> Report:
    """A street's report, filed to two recipients."""
    Plan.objects.update(report_recipients=_RECIPIENTS)
    file(QIXINGGANG)
    return _report()


@pytest.fixture
def social(two: Report) -> User:
    """The account of 区委社会工作部: an observer, who receives because the plan says so."""
    return User.objects.create_user(
        "shegongbu", role=Role.OBSERVER, area_id=DISTRICT, department="社会工作部"
    )


def _report(code: str = QIXINGGANG) -> Report:
    return Report.objects.select_related("plan", "area").get(area=code, due_on=JUNE)


def _states() -> dict[str, ReceptionState]:
    return {each.office.name: each.state for each in receptions_of(_report())}


def test_each_receives_for_itself_and_all_together_receive_the_report(
    two: Report, shiju: User, social: User
) -> None:
    receive(two, by=social)
    assert _report().state == ReportState.FILED
    assert _states() == {_CIVIL: ReceptionState.WAITING, _SOCIAL: ReceptionState.RECEIVED}
    receive(two, by=shiju)
    assert _report().state == ReportState.RECEIVED
    told = two.events.filter(action=ReportAction.RECEIVE).values_list("recipient", "by__username")
    assert list(told) == [(_SOCIAL, "shegongbu"), (_CIVIL, "shiju")]


def test_nobody_receives_for_another(two: Report, shiju: User, social: User) -> None:
    with pytest.raises(HandlingError, match=f"不能代“{_CIVIL}”"):
        receive(two, by=social, recipient=_CIVIL)
    with pytest.raises(HandlingError, match=f"不能代“{_SOCIAL}”"):
        send_back(two, by=shiju, reason="核", recipient=_SOCIAL)
    receive(two, by=shiju)
    with pytest.raises(HandlingError, match="已接收过这一版"):
        receive(two, by=shiju)


@pytest.mark.parametrize(
    ("role", "area", "department"),
    [
        (Role.OBSERVER, DISTRICT, ""),
        (Role.OBSERVER, DISTRICT, "组织部"),
        (Role.REVIEWER, DISTRICT, "社会工作部"),
        (Role.CLERK, DISTRICT, "社会工作部"),
        (Role.OBSERVER, QIXINGGANG, "社会工作部"),
        (Role.OBSERVER, NEIGHBOUR, "社会工作部"),
        (Role.REVIEWER, NEIGHBOUR, ""),
        (Role.OBSERVER, "50", "社会工作部"),
    ],
)
def test_only_accounts_that_the_plan_names_act_for_a_recipient(
    two: Report, role: Role, area: str, department: str
) -> None:
    other = User.objects.create_user("bieren", role=role, area_id=area, department=department)
    assert not may_judge(other, two)
    with pytest.raises(HandlingError):
        receive(two, by=other)
    assert not waiting_reports(other)


def test_one_return_returns_the_report_and_the_others_see_why(
    two: Report, shiju: User, social: User, file: File
) -> None:
    receive(two, by=shiju)
    send_back(two, by=social, reason="缺少党建情况")
    assert _report().state == ReportState.RETURNED
    returned = next(each for each in receptions_of(_report()) if each.office.name == _SOCIAL)
    assert returned.event is not None and returned.event.note == "缺少党建情况"
    assert _states()[_CIVIL] == ReceptionState.RECEIVED
    file(QIXINGGANG, reason="补写")
    assert set(_states().values()) == {ReceptionState.WAITING}
    for user in (shiju, social):
        receive(two, by=user)
    assert _report().state == ReportState.RECEIVED


def test_who_has_not_received_yet_finds_it_waiting(two: Report, shiju: User, social: User) -> None:
    assert [each.pk for each in waiting_reports(social)] == [two.pk]
    receive(two, by=social)
    assert not waiting_reports(social)
    assert [each.pk for each in waiting_reports(shiju)] == [two.pk]


def test_a_filed_report_keeps_its_recipients(two: Report, shiju: User, file: File) -> None:
    Plan.objects.update(report_recipients=["重庆市渝中区民政局"])
    assert [each.name for each in recipients_of(_report())] == [_CIVIL, _SOCIAL]
    file(QIXINGGANG, reason="更正")
    form = _report().editions.latest("number").as_content().form
    assert form is not None and form.recipients == [_CIVIL, _SOCIAL]


def test_without_recipients_the_issuers_receive(streets: list[str], shiju: User) -> None:
    Plan.objects.update(report_recipients=[])
    assert [each.name for each in recipients_of(_report())] == ["重庆市渝中区民政局"]
    assert may_judge(shiju, _report())


# --- pages and API ------------------------------------------------------------------------------


def test_the_page_shows_every_recipient_and_offers_only_the_own(
    two: Report, social: User, client: Client
) -> None:
    client.force_login(social)
    page = client.get(f"/reports/{two.pk}/").content.decode()
    assert _CIVIL in page and _SOCIAL in page
    assert page.count(">接收</button>") == 1
    client.post(f"/reports/{two.pk}/receive/", {"edition": 1, "recipient": _SOCIAL})
    assert _states()[_SOCIAL] == ReceptionState.RECEIVED
    assert "待接收" not in client.get("/reports/").content.decode()


# --- nobody files to itself -----------------------------------------------------------------------


@pytest.fixture
def compiled(few_streets: Plan) -> Report:
    """The report of the plan's own area, whose plan names its own office as recipient."""
    Plan.objects.update(report_recipients=[_CIVIL])
    prepare_reports(PREPARED)
    return _report(DISTRICT)


def test_the_plans_own_area_compiles_and_owes_nothing(compiled: Report) -> None:
    late = JUNE + datetime.timedelta(days=30)
    assert compiled.is_compilation and recipients_of(compiled) == []
    assert compiled.standing == FilingStatus.UNSEALED
    assert compiled.area_id not in Report.objects.late(late).values_list("area", flat=True)
    city = User.objects.create_user("shi", role=Role.REVIEWER, area_id="50")
    with pytest.raises(HandlingError, match="不向上报送"):
        urge(compiled, by=city)


def test_a_compilation_is_sealed_and_received_by_nobody(compiled: Report, shiju: User) -> None:
    edition = seal(compiled, by=shiju, on=JUNE, missing_reason="未到期")
    form = edition.as_content().form
    assert form is not None and form.is_compilation and not form.recipients
    assert _report(DISTRICT).standing == FilingStatus.SEALED
    city = User.objects.create_user("shi", role=Role.REVIEWER, area_id="50")
    assert not may_judge(city, _report(DISTRICT)) and not waiting_reports(city)


@pytest.mark.parametrize(
    ("recipients", "says", "files"),
    [
        (["重庆市民政局"], None, True),
        ([_CIVIL], None, False),
        ([], None, False),
        (["重庆市民政局"], False, False),
        ([_CIVIL], True, True),
    ],
)
def test_nobody_files_to_itself_unless_the_plan_says_so(
    recipients: list[str], says: bool | None, files: bool
) -> None:
    plan = Plan(issuer="重庆市渝中区民政局", report_recipients=recipients, report_top_files=says)
    assert plan.top_files is files
