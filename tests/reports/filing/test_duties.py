"""履责情况 in reports: the numbers of each duty are those of the records, and add up the tree."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.test import Client

from accounts.models import User
from indicators.models import Duty, DutyExcuse, Plan
from reports.editions.content import content_of
from reports.models import Edition, Report
from reports.paper.blocks import Attachments
from reports.paper.document import document_of
from reports.paper.workbook import build_workbook
from reports.schema.content import EditionContent, SealedDuty
from supervision.models import GuidanceVisit
from tests.conftest import DAXIGOU, DISTRICT, JIEFANGBEI, QIXINGGANG
from tests.reports.filing.conftest import JUNE, Day, File
from tests.reports.papers import texts
from tests.types import Make
from tests.worlds import share

_QUARTERS = (Day(2026, 3, 31), Day(2026, 6, 30))


@pytest.fixture
def duty(streets: list[str]) -> Duty:
    """Guidance of every street in every quarter."""
    plan = Plan.objects.get()
    return Duty.objects.create(
        plan=plan,
        code="guidance",
        position=1,
        name="每季度工作指导",
        clause="二、（一）6",
        who={"level": 4},
        schedule={"every": "quarter"},
        fulfilment={"kind": "guidance-visits"},
        assumed=["reminders"],
    )


@pytest.fixture
def visited(duty: Duty, approved: Make) -> Edition | None:
    """七星岗 is visited in both quarters, once after its day; 解放碑 is excused once; 大溪沟 never."""
    for street, day in ((QIXINGGANG, Day(2026, 4, 2)), (QIXINGGANG, Day(2026, 5, 6))):
        approved(GuidanceVisit, area_id=street, visited_on=day)
    approved(
        DutyExcuse,
        area_id=JIEFANGBEI,
        plan_code=duty.plan.code,
        duty_code=duty.code,
        debtor=JIEFANGBEI,
        period="2026-Q1",
        excused_on=Day(2026, 3, 20),
    )
    return None


share(__name__, "visited")


def _lines(code: str, day: Day = JUNE) -> dict[str, SealedDuty]:
    report = Report.objects.select_related("plan", "area").get(area=code, due_on=JUNE)
    return {each.code: each for each in content_of(report, day).content.duties}


def _by_hand(street: str, day: Day) -> tuple[int, int]:
    """How many quarters ended by the day, and how many visits were made within their quarter."""
    ended = [end for end in _QUARTERS if end <= day]
    visits = GuidanceVisit.objects.filter(area_id=street, status="approved")
    months = {(end.year, (end.month - 1) // 3) for end in ended}
    made = {(on.year, (on.month - 1) // 3) for on in visits.values_list("visited_on", flat=True)}
    return len(ended), len(months & made)


@pytest.mark.parametrize("street", [QIXINGGANG, JIEFANGBEI, DAXIGOU])
def test_the_numbers_are_those_of_the_records(visited: None, street: str) -> None:
    for day in (Day(2026, 3, 31), Day(2026, 4, 1), JUNE):
        owed, done = _by_hand(street, day)
        line = _lines(street, day)["guidance"]
        assert (line.owed, line.done) == (owed, done)
        settled = line.done + line.late + line.overdue + line.excused
        assert settled <= owed and line.overdue == len(line.behind)


def test_states_are_told_apart(visited: None) -> None:
    counted = {
        street: (line.owed, line.done, line.late, line.overdue, line.excused)
        for street in (QIXINGGANG, JIEFANGBEI, DAXIGOU)
        if (line := _lines(street, Day(2026, 7, 1)).get("guidance"))
    }
    assert counted[JIEFANGBEI][4] == 1
    assert counted[DAXIGOU][3] == 2
    assert [each.name for each in _lines(DAXIGOU, Day(2026, 7, 1))["guidance"].behind] == [
        "大溪沟街道",
        "大溪沟街道",
    ]


def test_the_lines_of_the_areas_below_add_up(visited: None) -> None:
    day = Day(2026, 7, 1)
    whole = _lines(DISTRICT, day)["guidance"]
    parts = [_lines(code, day)["guidance"] for code in (QIXINGGANG, JIEFANGBEI, DAXIGOU)]
    for name in ("owed", "done", "late", "overdue", "excused", "overdue_before"):
        assert getattr(whole, name) == sum(getattr(each, name) for each in parts)
    assert sorted(each.name for each in whole.behind) == sorted(
        each.name for part in parts for each in part.behind
    )


def test_what_is_overdue_from_last_year_is_told_beside_this_years(visited: None) -> None:
    line = _lines(DAXIGOU, Day(2027, 1, 5))["guidance"]
    assert (line.since, line.owed, line.overdue) == (Day(2027, 1, 1), 0, 0)
    assert line.overdue_before == len(line.behind) == 4


def test_paper_workbook_draft_and_page_say_the_same(
    visited: None, file: File, client: Client, shiju: User
) -> None:
    edition = file(DISTRICT, on=Day(2026, 7, 1), missing_reason="未到")
    content = edition.as_content()
    assert isinstance(content, EditionContent)
    line = content.duties[0]
    said = "\n".join(texts(document_of(content, edition.sha256)))
    assert "履责情况" in said and f"每季度工作指导逾期未办{len(line.behind)}次" in said
    assert "平台默认（文件未规定）：每季度工作指导的提醒天数" in said
    names = next(each.names for each in document_of(content) if isinstance(each, Attachments))
    assert {"履责情况", "履责逾期名单"} <= set(names)
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(content, edition.sha256)))
    row = next(row for row in book["履责情况"].values if row[1] == "每季度工作指导")
    assert row[5:12] == (
        *(line.owed, line.done, line.late, line.overdue, line.excused),
        line.owed - line.done - line.late - line.overdue - line.excused,
        line.overdue_before,
    )
    assert book["履责逾期名单"].max_row >= 4 + len(line.behind)
    client.force_login(shiju)
    page = client.get(f"/reports/{edition.report_id}/").content.decode()
    assert "履责情况" in page and "大溪沟街道" in page


def test_a_plan_without_duties_has_no_such_part(streets: list[str], file: File) -> None:
    content = file(QIXINGGANG).as_content()
    assert content.duties == []
    assert "履责" not in "\n".join(texts(document_of(content, "a" * 64)))


def test_another_areas_debts_are_not_told(visited: None) -> None:
    names = {each.name for each in _lines(QIXINGGANG, Day(2026, 7, 1))["guidance"].behind}
    assert "大溪沟街道" not in names
