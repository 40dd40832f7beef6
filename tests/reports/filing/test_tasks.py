"""任务清单 in reports: the numbers are those of the records; approved words are drafted into the text."""

from __future__ import annotations

import io

import openpyxl
import pytest

from indicators.models import Plan, Task
from reports.editions.content import content_of
from reports.models import Report
from reports.paper.document import document_of
from reports.paper.workbook import build_workbook
from reports.schema.content import ReportContent, SealedTask
from tests.conftest import DAXIGOU, DISTRICT, JIEFANGBEI, QIXINGGANG
from tests.reports.filing.conftest import JUNE, Day, File
from tests.reports.papers import texts
from tests.types import Make
from tests.worlds import share
from work.models import TaskProgress

_STREETS = (QIXINGGANG, JIEFANGBEI, DAXIGOU)


@pytest.fixture
def told(streets: list[str], make: Make, approved: Make) -> None:
    """七星岗 tells that it is done, 解放碑 that it is under way, 大溪沟 has not submitted yet."""
    task = Task.objects.filter(plan=Plan.objects.get()).order_by("position")[0]
    Task.objects.exclude(pk=task.pk).delete()
    Task.objects.update(levels=[4], is_goal=False, assessor_level=None, stage=None)
    said = {"task": task, "due_on": JUNE}
    approved(
        TaskProgress,
        area_id=QIXINGGANG,
        state="done",
        measures="召开部署会。",
        results="设立3支基金",
        problems="经费不足",
        next_steps="办好募捐",
        **said,
    )
    approved(TaskProgress, area_id=JIEFANGBEI, state="under_way", measures="上门走访", **said)
    make(TaskProgress, area_id=DAXIGOU, state="done", measures="不应出现", **said)


share(__name__, "told")


def _content(code: str) -> ReportContent:
    report = Report.objects.select_related("plan", "area").get(area=code, due_on=JUNE)
    return content_of(report, JUNE).content


def _line(code: str) -> SealedTask:
    (line,) = _content(code).tasks
    return line


def _by_hand(streets: tuple[str, ...], state: str) -> int:
    """How many of these streets have approved progress in a state, counted one by one."""
    rows = TaskProgress.objects.filter(due_on=JUNE, status="approved", state=state)
    return sum(rows.filter(area_id=street).exists() for street in streets)


def test_the_numbers_are_those_of_the_records_and_add_up(told: None) -> None:
    whole = _line(DISTRICT)
    assert (whole.owing, whole.done, whole.under_way) == (
        len(_STREETS),
        _by_hand(_STREETS, "done"),
        _by_hand(_STREETS, "under_way"),
    )
    parts = [_line(street) for street in _STREETS]
    for name in ("owing", "done", "under_way", "not_started", "pending", "silent"):
        assert getattr(whole, name) == sum(getattr(each, name) for each in parts)


def test_a_street_tells_its_own_words(told: None) -> None:
    line = _line(QIXINGGANG)
    assert (line.state, line.measures, line.results) == ("已完成", "召开部署会。", "设立3支基金")
    assert _line(DISTRICT).measures == ""


def test_approved_words_are_drafted_into_the_text_each_with_its_area(told: None) -> None:
    words = {each.code: each.text for each in _content(DISTRICT).narrative}
    assert "（七星岗街道）：召开部署会。" in words["measures"]
    assert "（七星岗街道）：设立3支基金。" in words["measures"]
    assert "（解放碑街道）：上门走访。" in words["measures"]
    assert "（七星岗街道）：经费不足。" in words["problems"]
    assert "（七星岗街道）：办好募捐。" in words["plans"]
    assert "不应出现" not in "".join(words.values())
    own = {each.code: each.text for each in _content(QIXINGGANG).narrative}
    assert "上门走访" not in own["measures"]


def test_paper_and_workbook_list_the_tasks(told: None, file: File) -> None:
    edition = file(DISTRICT, on=Day(2026, 6, 30), missing_reason="未到")
    content = edition.as_content()
    (line,) = content.tasks
    said = "\n".join(texts(document_of(content, edition.sha256)))
    assert "任务清单" in said and line.state in said
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(content, edition.sha256)))
    row = next(row for row in book["任务清单"].values if row[1] == line.name)
    assert row[5:11] == (
        *(line.owing, line.done, line.under_way, line.not_started, line.pending, line.silent),
    )


def test_a_plan_without_tasks_has_no_such_part(streets: list[str], file: File) -> None:
    Task.objects.all().delete()
    content = file(QIXINGGANG).as_content()
    assert content.tasks == []
    assert "任务清单" not in "\n".join(texts(document_of(content, "a" * 64)))
