"""The due days of reports, and the daily run that prepares them."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import User
from areas.models import Area
from indicators.models import Plan
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import FilingStatus, Report, ReportState
from scenes.models import Scene
from tests.reports.conftest import JUNE, PREPARED
from tests.types import Make

pytestmark = pytest.mark.once  # the calendar

Day = datetime.date


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (Day(2026, 4, 28), []),
        (Day(2026, 5, 30), []),
        (Day(2026, 5, 31), [JUNE]),
        (Day(2026, 10, 30), [JUNE]),
        (Day(2026, 10, 31), [JUNE, Day(2026, 11, 30)]),
        (Day(2027, 5, 31), [JUNE, Day(2026, 11, 30), Day(2027, 6, 30)]),
        (Day(2025, 12, 31), []),
    ],
)
def test_a_report_is_prepared_from_thirty_days_before_each_due_day(
    yuzhong: Plan, on: datetime.date, expected: list[datetime.date]
) -> None:
    assert yuzhong.report_schedule.in_preparation(on) == expected


def test_no_due_day_before_the_plans_first(yuzhong: Plan) -> None:
    yuzhong.report_first_due = Day(2026, 11, 30)
    assert yuzhong.report_schedule.in_preparation(Day(2026, 11, 30)) == [Day(2026, 11, 30)]


def test_a_plan_over_long_ago_asks_for_no_more(yuzhong: Plan) -> None:
    all_days = yuzhong.report_schedule.in_preparation(Day(2040, 1, 1))
    assert (len(all_days), all_days[-1]) == (8, Day(2029, 11, 30))


def test_a_plan_without_due_days_asks_for_nothing(yuzhong: Plan) -> None:
    yuzhong.report_due = []
    assert yuzhong.report_schedule.in_preparation(Day(2027, 1, 1)) == []


def test_preparing_twice_makes_one_report(yuzhong: Plan) -> None:
    assert [report.due_on for report in prepare_reports(PREPARED)] == [JUNE]
    assert prepare_reports(PREPARED) == []
    assert Report.objects.count() == 1


def test_months_of_being_down_lose_no_report(yuzhong: Plan) -> None:
    made = prepare_reports(Day(2027, 7, 15))
    assert [report.due_on for report in made] == [
        JUNE,
        Day(2026, 11, 30),
        Day(2027, 6, 30),
    ]


def test_a_missed_report_counts_up_to_its_own_day(yuzhong: Plan, approved: Make) -> None:
    approved(Scene, opened_on=JUNE)
    approved(Scene, opened_on=JUNE + datetime.timedelta(days=1))
    prepare_reports(Day(2026, 9, 1))
    draft = Report.objects.get(due_on=JUNE).draft
    scenes = next(item for item in draft["indicators"] if item["code"] == "scenes")
    assert (draft["as_of"], scenes["value"]) == ("2026-06-30", "1")


def _scenes(report: Report) -> str:
    report.refresh_from_db()
    return next(i["value"] for i in report.draft["indicators"] if i["code"] == "scenes")


def test_a_draft_follows_the_facts_until_it_is_filed(
    yuzhong: Plan, approved: Make, shiju: User
) -> None:
    report = prepare_reports(PREPARED)[0]
    assert _scenes(report) == "0"
    approved(Scene)
    prepare_reports(PREPARED)
    assert _scenes(report) == "1"
    seal(report, by=shiju, on=JUNE)
    stamp = Report.objects.get().prepared_at
    approved(Scene)
    prepare_reports(JUNE)
    report.refresh_from_db()
    assert (_scenes(report), report.state, report.prepared_at) == ("1", ReportState.FILED, stamp)


def test_a_plan_whose_area_is_not_in_the_tree_waits(yuzhong: Plan) -> None:
    yuzhong.area_code = "530102"
    yuzhong.save()
    assert prepare_reports(JUNE) == []
    Area.objects.create(code="530102", name="五华区", short_name="五华", level=3, kind="county")
    assert len(prepare_reports(JUNE)) == 1


def test_a_report_is_overdue_the_day_after(yuzhong: Plan) -> None:
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    report = prepare_reports(PREPARED)[0]
    report.file_by = today
    assert report.standing != FilingStatus.OVERDUE
    report.file_by = today - datetime.timedelta(days=1)
    assert report.standing == FilingStatus.OVERDUE
    report.state = ReportState.FILED
    assert report.standing != FilingStatus.OVERDUE
