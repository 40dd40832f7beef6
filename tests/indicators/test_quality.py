"""The data-quality panel: its findings, the cases it ignores, and its number of queries."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from areas.models import Area, AreaSuccession
from funds.models import Donation, Expenditure, Fund
from indicators.models import OpeningBalance, Plan
from indicators.quality.findings import LISTED, Finding, Issue
from indicators.quality.panel import Group, find_issues, period_start
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from projects.models import Aid, Project
from reviews.models import Submission
from reviews.services import return_, submit, void
from scenes.models import Activity, Scene
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.records.kinds import RECORD_KINDS
from tests.types import Make

Day = datetime.date

DAY = Day(2026, 9, 15)
LINHUALU = "500103001006"


def _group(issue: Issue, root: str = DISTRICT, day: Day = DAY) -> Group:
    groups = find_issues(Area.objects.get(code=root), day)
    return next(group for group in groups if group.issue == issue)


def _found(issue: Issue, root: str = DISTRICT, day: Day = DAY) -> list[Finding]:
    return _group(issue, root, day).findings


def _only(issue: Issue, root: str = DISTRICT, day: Day = DAY) -> Finding:
    findings = _found(issue, root, day)
    assert len(findings) == 1, findings
    return findings[0]


def _submitted(record: Submission, day: Day) -> None:
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
    type(record).objects.filter(pk=record.pk).update(submitted_at=at, status="pending")


def test_every_issue_is_named_even_where_nothing_is_found(district: Area) -> None:
    groups = find_issues(district, DAY)
    assert [group.issue for group in groups] == list(Issue)
    assert {group.issue for group in groups if group.total} == {Issue.SILENT}
    assert all(group.rule.endswith("。") and "{" not in group.rule for group in groups)


# --- missing dates --------------------------------------------------------------------------


def test_a_record_without_its_counting_date_cannot_count(make: Make, district: Area) -> None:
    charity = make(Charity, name="大坪慈善会", area_id=QIXINGGANG)
    finding = _only(Issue.MISSING_DATE)
    assert "七星岗街道慈善组织“大坪慈善会”（草稿）未填“登记日期”" in finding.sentence
    assert (finding.area_code, finding.area_name) == (QIXINGGANG, "七星岗街道")
    assert finding.link == f"/admin/orgs/charity/{charity.pk}/change/"


def test_dated_and_voided_records_are_in_order(make: Make, quji: User) -> None:
    make(Charity, registered_on=Day(2020, 5, 1))
    void(make(Charity), by=quji, reason="录错")
    assert _found(Issue.MISSING_DATE) == []


def test_what_is_not_listed_is_counted(make: Make, district: Area) -> None:
    for _ in range(LISTED + 5):
        make(Charity)
    group = _group(Issue.MISSING_DATE)
    assert (len(group.findings), group.total, group.more) == (LISTED, LISTED + 5, 5)


# --- silent areas ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (Day(2026, 5, 1), Day(2026, 1, 1)),
        (Day(2026, 6, 30), Day(2026, 1, 1)),
        (Day(2026, 7, 1), Day(2026, 7, 1)),
        (Day(2026, 11, 30), Day(2026, 7, 1)),
        (Day(2026, 12, 1), Day(2026, 12, 1)),
        (Day(2027, 3, 1), Day(2026, 12, 1)),
        (Day(2035, 3, 1), Day(2035, 1, 1)),
    ],
)
def test_the_period_begins_after_the_last_report_day(yuzhong: Plan, day: Day, start: Day) -> None:
    for code in (DISTRICT, QIXINGGANG):
        assert period_start(Area.objects.get(code=code), day) == start


def test_a_plan_of_elsewhere_sets_no_period(yuzhong: Plan) -> None:
    for code in (NEIGHBOUR, "50"):
        assert period_start(Area.objects.get(code=code), DAY) == Day(2026, 1, 1)


def test_a_street_that_submitted_nothing_this_period_is_silent(make: Make, yuzhong: Plan) -> None:
    _submitted(make(Scene, area_id=HUAYIPO), Day(2026, 7, 1))
    _submitted(make(Scene, area_id=MINSHENGLU), Day(2026, 6, 30))
    _submitted(make(Scene, area_id="500103005"), DAY + datetime.timedelta(days=1))
    make(Scene, area_id="500103004")
    group = _group(Issue.SILENT)
    assert group.total == 10
    assert "自2026年7月1日起" in group.rule
    silent = {finding.area_code: finding for finding in group.findings}
    assert QIXINGGANG not in silent
    assert {JIEFANGBEI, "500103004", "500103005"} <= set(silent)
    assert silent[JIEFANGBEI].sentence.startswith("解放碑街道自2026年7月1日起没有提交过记录")
    assert silent[JIEFANGBEI].link == f"/quality/{JIEFANGBEI}/?on=2026-09-15"


def test_in_a_street_its_communities_are_looked_at(make: Make, yuzhong: Plan) -> None:
    _submitted(make(Scene, area_id=HUAYIPO), DAY)
    silent = {finding.area_code for finding in _found(Issue.SILENT, QIXINGGANG)}
    assert len(silent) == 7
    assert HUAYIPO not in silent
    assert {finding.area_code for finding in _found(Issue.SILENT, LINHUALU)} == {LINHUALU}


def test_a_returned_record_was_submitted_and_a_voided_one_was_not(
    make: Make, quji: User, shiju: User
) -> None:
    today = timezone.localdate()
    for area, end in ((QIXINGGANG, return_), (JIEFANGBEI, void)):
        record = make(Training, area_id=area)
        submit(record, by=quji, reason="测试")
        end(record, by=shiju, reason="测试")
    silent = {finding.area_code for finding in _found(Issue.SILENT, day=today)}
    assert QIXINGGANG not in silent
    assert JIEFANGBEI in silent


def test_only_counted_areas_of_the_day_owe_records(district: Area) -> None:
    Area.objects.filter(code=QIXINGGANG).update(valid_to=DAY)
    Area.objects.filter(code=JIEFANGBEI).update(is_counted=False)
    Area.objects.filter(code="500103004").update(valid_from=DAY + datetime.timedelta(days=1))
    silent = {finding.area_code for finding in _found(Issue.SILENT)}
    assert len(silent) == 8
    assert not silent & {QIXINGGANG, JIEFANGBEI, "500103004"}


# --- jumps ----------------------------------------------------------------------------------


def _trained(approved: Make, by_month: dict[int, int], area: str = QIXINGGANG) -> None:
    """`_trained(approved, {3: 40})`: 40 人次 on 10 March 2026."""
    for month, quantity in by_month.items():
        day = Day(2026, month, 10)
        approved(Training, area_id=area, held_on=day, person_times=quantity)


def test_a_month_far_above_the_year_before_it_is_a_jump(approved: Make) -> None:
    _trained(approved, {3: 40, 4: 30, 5: 20, 8: 121})
    finding = _only(Issue.JUMP)
    assert "七星岗街道2026年8月参训人次121人次" in finding.sentence
    assert "最高月份（40人次）的3.0倍" in finding.sentence
    assert finding.area_code == QIXINGGANG
    assert "held_on__gte=2026-08-01&held_on__lte=2026-08-31" in finding.link


@pytest.mark.parametrize(
    "months",
    [
        {3: 40, 4: 30, 5: 20, 8: 120},
        {3: 40, 4: 30, 8: 500},
        {3: 10, 4: 10, 5: 10, 8: 99},
        {3: 40, 4: 30, 5: 20, 9: 500},
    ],
    ids=["three times", "a beginning", "small numbers", "a month not over yet"],
)
def test_what_is_no_jump(approved: Make, months: dict[int, int]) -> None:
    _trained(approved, months)
    assert _found(Issue.JUMP) == []


def test_the_last_day_of_a_month_completes_it(approved: Make) -> None:
    _trained(approved, {3: 40, 4: 30, 5: 20, 9: 121})
    assert _found(Issue.JUMP, day=Day(2026, 9, 29)) == []
    assert "2026年9月" in _only(Issue.JUMP, day=Day(2026, 9, 30)).sentence


def test_a_month_is_measured_against_its_own_township_and_approved_records(
    approved: Make, make: Make
) -> None:
    _trained(approved, {3: 40, 4: 30, 5: 20})
    _trained(approved, {8: 130}, JIEFANGBEI)
    make(Training, area_id=QIXINGGANG, held_on=Day(2026, 8, 10), person_times=130)
    assert _found(Issue.JUMP) == []


def test_records_and_money_jump_too(approved: Make) -> None:
    for month, number in ((3, 1), (4, 2), (5, 1), (8, 7)):
        for _ in range(number):
            day = Day(2026, month, 3)
            approved(Activity, area_id=QIXINGGANG, held_on=day, reached=[MINSHENGLU])
    for month, yuan in ((3, "3000"), (4, "10.10"), (5, "1"), (8, "10000.50")):
        approved(Donation, donated_on=Day(2026, month, 3), amount_yuan=Decimal(yuan))
    sentences = " ".join(finding.sentence for finding in _found(Issue.JUMP))
    assert len(_found(Issue.JUMP)) == 3
    assert "七星岗街道2026年8月慈善活动与宣传7条，是此前12个月最高月份（2条）的3.5倍" in sentences
    assert "解放碑街道2026年8月活动与宣传覆盖社区7条" in sentences
    assert "筹集款物10,000.50元，是此前12个月最高月份（3,000.00元）的3.3倍" in sentences


def _aids(make: Make, *quantities: int, area: str = HUAYIPO) -> Any:
    """Create one aid per day and return the last."""
    days = (Day(2026, 9, 1) + datetime.timedelta(days=n) for n in range(len(quantities)))
    for day, quantity in zip(days, quantities, strict=True):
        record = make(Aid, area_id=area, helped_on=day, person_times=quantity)
    return record


def test_one_record_far_above_all_earlier_ones_of_its_township_is_a_jump(
    make: Make, district: Area
) -> None:
    record = _aids(make, 10, 9, 8, 7, 6, 101)
    finding = _only(Issue.JUMP)
    assert (
        "帮扶人次101人次，是同一街道（乡镇）此前5条中最大一条（10人次）的10.1倍" in finding.sentence
    )
    assert finding.link == f"/admin/projects/aid/{record.pk}/change/"


@pytest.mark.parametrize(
    "quantities",
    [(10, 9, 8, 7, 6, 100), (10, 9, 8, 7, 500), (500, 10, 9, 8, 7, 6)],
    ids=["ten times", "four before", "none before the first"],
)
def test_a_record_that_is_no_jump(make: Make, district: Area, quantities: tuple[int, ...]) -> None:
    _aids(make, *quantities)
    assert _found(Issue.JUMP) == []


def test_the_history_of_a_record_is_its_townships_living_one(make: Make, quji: User) -> None:
    _aids(make, 10, 9, 8, 7, 6, area=MINSHENGLU)
    big = make(Aid, area_id=HUAYIPO, helped_on=Day(2026, 9, 2), person_times=90)
    void(big, by=quji, reason="录错")
    assert _found(Issue.JUMP) == []
    _aids(make, 1, 1, 1, 1, 1, 11, area=LINHUALU)
    assert _only(Issue.JUMP).area_code == LINHUALU


def test_a_donation_with_a_slipped_point_is_found(make: Make, district: Area) -> None:
    for number in range(5):
        make(Donation, donated_on=DAY, amount_yuan=Decimal("99.99"), receipt_number=str(number))
    make(Donation, donated_on=DAY, amount_yuan=Decimal("999.90"), receipt_number="5")
    assert _found(Issue.JUMP) == []
    make(Donation, donated_on=DAY, amount_yuan=Decimal("10000.00"), receipt_number="6")
    assert "10,000.00元" in _only(Issue.JUMP).sentence


# --- duplicates across townships ------------------------------------------------------------


def test_the_same_name_in_two_streets_is_one_finding(make: Make, district: Area) -> None:
    first = make(VolunteerTeam, area_id=HUAYIPO, name="邻里守望 服务队（甲）")
    second = make(VolunteerTeam, area_id=MINSHENGLU, name="邻里守望服务队(甲)")
    finding = _only(Issue.DUPLICATE)
    assert "在七星岗街道、解放碑街道共有2条，队伍名称相同" in finding.sentence
    assert finding.link.endswith(f"?id__in={first.pk}%2C{second.pk}")


def test_one_township_or_a_voided_record_makes_no_duplicate(make: Make, quji: User) -> None:
    make(VolunteerTeam, area_id=HUAYIPO, name="服务队")
    make(VolunteerTeam, area_id=LINHUALU, name="服务队")
    void(make(VolunteerTeam, area_id=MINSHENGLU, name="服务队"), by=quji, reason="录错")
    make(Scene, area_id=MINSHENGLU, name="服务队")
    assert _found(Issue.DUPLICATE) == []


def test_the_same_credit_code_is_found_once_whatever_the_names(make: Make, district: Area) -> None:
    code = "51500103MJP0000000"
    make(CommunityOrg, area_id=HUAYIPO, name="甲会", credit_code=code)
    make(CommunityOrg, area_id=MINSHENGLU, name="乙会", credit_code=code)
    assert "统一社会信用代码相同" in _only(Issue.DUPLICATE).sentence
    CommunityOrg.objects.update(name="甲会")
    assert "统一社会信用代码相同" in _only(Issue.DUPLICATE).sentence
    CommunityOrg.objects.update(credit_code="")
    assert "组织名称相同" in _only(Issue.DUPLICATE).sentence


def test_what_has_no_name_is_compared_by_day_content_and_quantity(
    make: Make, district: Area
) -> None:
    same = {"helped_on": DAY, "content": "中秋走访", "person_times": 12}
    make(Aid, area_id=HUAYIPO, **same)
    make(Aid, area_id=HUAYIPO, **same | {"content": "春节走访"})
    make(Aid, area_id=MINSHENGLU, **same | {"person_times": 13})
    make(Aid, area_id=MINSHENGLU, **same | {"helped_on": Day(2026, 9, 14)})
    assert _found(Issue.DUPLICATE) == []
    make(Aid, area_id=MINSHENGLU, **same)
    assert "帮扶记录“中秋走访”" in _only(Issue.DUPLICATE).sentence


def test_donations_nobody_signed_are_not_taken_for_one(make: Make, district: Area) -> None:
    for area in (HUAYIPO, MINSHENGLU):
        make(Donation, area_id=area, receipt_number="")
    assert _found(Issue.DUPLICATE) == []
    for area in (HUAYIPO, MINSHENGLU):
        make(Donation, area_id=area, amount_yuan=100, donor_name="某公司", receipt_number="渝财7")
    assert "捐赠收入“某公司 100" in _only(Issue.DUPLICATE).sentence


def test_the_same_spending_of_two_funds_is_one_finding(make: Make, district: Area) -> None:
    for area in (HUAYIPO, MINSHENGLU):
        make(Expenditure, fund=make(Fund, area_id=area), purpose="采购慰问品")
    assert "用途" in _only(Issue.DUPLICATE).sentence


def test_what_is_dated_after_the_day_is_not_looked_at(make: Make, district: Area) -> None:
    for area in (HUAYIPO, MINSHENGLU):
        make(VolunteerTeam, area_id=area, name="服务队", founded_on=DAY)
    assert _found(Issue.DUPLICATE, day=DAY - datetime.timedelta(days=1)) == []
    assert _found(Issue.DUPLICATE, day=DAY)


def test_a_project_begun_on_another_day_is_another_project(make: Make, district: Area) -> None:
    make(Project, area_id=HUAYIPO, name="暖冬", starts_on=Day(2026, 1, 5))
    make(Project, area_id=MINSHENGLU, name="暖冬", starts_on=Day(2025, 1, 5))
    assert _found(Issue.DUPLICATE) == []


def test_many_places_are_counted_and_the_district_is_one_of_them(
    make: Make, district: Area
) -> None:
    for area in (DISTRICT, HUAYIPO, MINSHENGLU, "500103004"):
        make(Charity, area_id=area, name="同名会", registered_on=Day(2020, 1, 1))
    finding = _only(Issue.DUPLICATE)
    assert "在渝中区（本级）、七星岗街道、解放碑街道等4地共有4条" in finding.sentence


# --- 人次 and 人 ----------------------------------------------------------------------------


def test_fewer_person_times_than_people_are_impossible(make: Make, district: Area) -> None:
    make(Training, person_times=8, people=10)
    make(Project, person_times=10, people=10)
    make(Project, person_times=None, people=10)
    finding = _only(Issue.PEOPLE)
    assert "参训人次8小于参训人数10" in finding.sentence
    assert finding.area_code == QIXINGGANG


def test_a_township_whose_person_times_always_equal_people_is_asked(
    make: Make, district: Area
) -> None:
    for number in range(3):
        make(Training, area_id=QIXINGGANG, person_times=10 + number, people=10 + number)
    make(Project, area_id=HUAYIPO, person_times=4, people=4)
    make(Project, area_id=HUAYIPO, person_times=0, people=0)
    make(Training, area_id=JIEFANGBEI, person_times=4, people=4)
    assert _found(Issue.PEOPLE) == []
    fifth = make(Project, area_id=HUAYIPO, person_times=6, people=6)
    finding = _only(Issue.PEOPLE)
    assert finding.sentence.startswith("七星岗街道5条记录的人次都等于人数")
    assert finding.area_code == QIXINGGANG
    Project.objects.filter(pk=fifth.pk).update(person_times=7)
    make(Training, area_id=QIXINGGANG, person_times=4, people=4)
    assert _found(Issue.PEOPLE) == []


# --- abolished areas ------------------------------------------------------------------------


@pytest.fixture
def gone(district: Area) -> Area:
    """七星岗街道, abolished with all its communities on the day."""
    Area.objects.within(QIXINGGANG).update(valid_to=DAY)
    return Area.objects.get(code=QIXINGGANG)


def test_open_records_of_an_abolished_area_are_found_from_that_day_on(
    make: Make, gone: Area
) -> None:
    for status in ("draft", "pending", "returned", "void"):
        Scene.objects.filter(pk=make(Scene).pk).update(status=status)
    make(Scene, area_id=MINSHENGLU)
    finding = _only(Issue.ABOLISHED)
    assert "七星岗街道已于2026年9月15日撤销，仍有3条慈善服务场景还在草稿" in finding.sentence
    assert finding.area_code == QIXINGGANG
    assert _found(Issue.ABOLISHED, day=DAY - datetime.timedelta(days=1)) == []


def test_approved_records_need_a_successor(approved: Make, gone: Area) -> None:
    approved(Fund)
    approved(Fund)
    finding = _only(Issue.ABOLISHED)
    assert "仍有2条社区慈善基金已通过而没有承接区划" in finding.sentence
    succession = AreaSuccession.objects.create(
        predecessor_id=QIXINGGANG, successor_id=JIEFANGBEI, on=DAY
    )
    assert _found(Issue.ABOLISHED) == []
    AreaSuccession.objects.filter(pk=succession.pk).update(carries_records=False)
    assert _only(Issue.ABOLISHED) == finding
    AreaSuccession.objects.filter(pk=succession.pk).update(
        carries_records=True, on=Day(2026, 9, 16)
    )
    assert _only(Issue.ABOLISHED) == finding


def test_what_a_community_left_is_found_from_the_community(make: Make, gone: Area) -> None:
    make(Scene)
    assert _only(Issue.ABOLISHED, HUAYIPO).sentence.startswith("七星岗街道已于")
    assert _found(Issue.ABOLISHED, LINHUALU) == []


# --- scope and cost -------------------------------------------------------------------------


def test_nothing_of_a_neighbour_is_seen(make: Make, approved: Make, gone: Area) -> None:
    make(Charity, area_id=QIXINGGANG)
    make(Training, person_times=1, people=2)
    for area in (HUAYIPO, MINSHENGLU):
        make(VolunteerTeam, area_id=area, name="服务队")
    _aids(make, 10, 9, 8, 7, 6, 101)
    _trained(approved, {3: 40, 4: 30, 5: 20, 8: 121})
    make(
        OpeningBalance,
        area_id=QIXINGGANG,
        measure="trained",
        covers="year",
        as_of=Day(2026, 8, 31),
    )
    assert all(_group(issue).total for issue in Issue)
    for root in (JIEFANGBEI, NEIGHBOUR):
        found = {issue: _found(issue, root) for issue in Issue}
        assert [issue for issue in Issue if found[issue]] == [Issue.SILENT]
        assert {finding.area_code[: len(root)] for finding in found[Issue.SILENT]} == {root}


def _fill(make: Make, streets: list[Area]) -> None:
    """Create findings of every issue in each of the streets."""
    for street in streets:
        make(Charity, area=street)
        make(VolunteerTeam, area=street, name="服务队")
        for number in range(5):
            make(Training, area=street, name=f"{street}{number}", person_times=9, people=9)
            make(Donation, area=street, amount_yuan=10, receipt_number=f"{street}{number}")
        make(Training, area=street, name=f"{street}二", person_times=1, people=2)
        make(Donation, area=street, amount_yuan=Decimal("900"), receipt_number=f"{street}二")


def test_as_many_queries_for_two_streets_as_for_all(
    make: Make, district: Area, yuzhong: Plan, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    streets = list(Area.objects.within(DISTRICT).filter(level=4))
    Area.objects.filter(code=streets[0].code).update(valid_to=DAY)
    _fill(make, streets[:2])
    with CaptureQueriesContext(connection) as few:
        small = find_issues(district, DAY)
    _fill(make, streets[2:])
    with django_assert_max_num_queries(len(few)):
        large = find_issues(district, DAY)
    assert len(few) < 5 * len(RECORD_KINDS)
    assert sum(group.total for group in small) + 10 < sum(group.total for group in large)
