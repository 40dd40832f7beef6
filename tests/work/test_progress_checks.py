"""Task progress: owed by the area's level, in a period of the plan, once; kinds of work of the plan."""

from __future__ import annotations

import datetime

import pytest

from accounts.models import User
from areas.models import Area
from indicators.models import Plan, Stage, Task
from reviews.checks import find_all_problems, find_problems
from reviews.draft_validation import draft_faults
from tests.conftest import DISTRICT, HUAYIPO, NEIGHBOUR, QIXINGGANG
from tests.records.examples import DAY
from tests.records.kinds import owed_task, sound
from tests.types import Make
from work.models import ProgressState, TaskProgress, WorkRecord

pytestmark = pytest.mark.once


def _codes(record: TaskProgress | WorkRecord) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in find_problems(record)]


def test_a_level_that_does_not_owe_the_task_cannot_report_it(make: Make, district: Area) -> None:
    progress = sound(make, TaskProgress)
    progress.task.levels = [4]
    assert _codes(progress) == [("not_owed", "task")]
    (problem,) = find_problems(progress)
    assert problem.message.startswith("“工作任务”“健全工作机制1”由乡镇街道承担，不由")


def test_a_task_of_another_place_s_plan_is_refused(
    make: Make, district: Area, jiangbei: User
) -> None:
    for record in (sound(make, TaskProgress), sound(make, WorkRecord, task=owed_task())):
        assert record.task is not None
        record.task.plan.area_code = NEIGHBOUR
        assert _codes(record) == [("task_elsewhere", "task")]


def test_the_period_is_a_report_day_of_the_plan(make: Make, district: Area) -> None:
    progress = sound(make, TaskProgress)
    progress.due_on = DAY + datetime.timedelta(days=1)
    (problem,) = find_problems(progress)
    assert problem.message == "“报送期”2026-03-02不是该方案的报送日，应为方案期内每年的03-01、06-30"
    progress.due_on = datetime.date(2027, 6, 30)  # after the plan's end
    assert _codes(progress) == [("no_report_day", "due_on")]


def test_a_period_that_has_not_begun_cannot_be_reported(
    make: Make, district: Area, time_machine: object
) -> None:
    time_machine.move_to("2026-02-10 12:00+08:00")  # type: ignore[attr-defined]
    progress = sound(make, TaskProgress)
    assert _codes(progress) == []
    progress.due_on = datetime.date(2026, 6, 30)
    assert _codes(progress) == [("period_ahead", "due_on")]


def test_a_task_of_another_stage_is_a_warning(make: Make, district: Area) -> None:
    progress = sound(make, TaskProgress)
    stage = Stage(
        plan=progress.task.plan,
        name="第二阶段",
        starts_on=datetime.date(2026, 3, 2),
        ends_on=datetime.date(2026, 6, 30),
    )
    progress.task.stage = stage
    assert [(each.code, each.is_warning) for each in find_problems(progress)] == [
        ("task_elsewhen", True)
    ]
    progress.due_on = datetime.date(2026, 6, 30)
    assert _codes(progress) == []


def test_a_task_is_reported_once_in_a_period(make: Make, district: Area) -> None:
    first = sound(make, TaskProgress)
    again = TaskProgress(
        area_id=HUAYIPO,
        task=first.task,
        due_on=first.due_on,
        state=ProgressState.UNDER_WAY,
        measures="再报一次",
    )
    assert _codes(again) == [("repeated", "measures")]
    assert [problem.field for problem in draft_faults(again, set(), {})]
    both = [again, TaskProgress(area_id=QIXINGGANG, task=first.task, due_on=first.due_on)]
    found = find_all_problems(both)
    assert [[each.code for each in problems if each.code == "repeated"] for problems in found] == [
        ["repeated"],
        [],
    ]


def test_kinds_of_work_are_those_of_the_plans_of_the_area(make: Make, district: Area) -> None:
    plan = owed_task().plan
    plan.work_kinds = ["领导小组会议"]
    plan.save()
    record = sound(make, WorkRecord, kind="领导小组会议", kind_name="")
    assert _codes(record) == []
    Plan.objects.filter(pk=plan.pk).update(area_code=NEIGHBOUR)
    (problem,) = find_problems(record)
    assert problem.message == "“工作类别”“领导小组会议”不在方案所列的类别中，应为：其他"


def test_a_kind_of_work_that_became_a_register_is_kept_by_old_records_only(
    make: Make, district: Area
) -> None:
    old = sound(make, WorkRecord, kind="评估评议", kind_name="")
    assert _codes(old) == []
    new = WorkRecord(area_id=old.area_id, kind="评估评议", name="评议", held_on=old.held_on)
    (problem,) = find_problems(new)
    assert problem.message == "“工作类别”“评估评议”已改为单独的台账，请在“评估评议”中登记"


def test_tasks_are_offered_to_the_areas_of_their_plan_only(
    district: Area, quji: User, jiedao: User, jiangbei: User, shengting: User
) -> None:
    task = owed_task()
    for user, sees in ((quji, True), (jiedao, True), (jiangbei, False), (shengting, True)):
        assert (task in Task.objects.choosable_by(user)) is sees, user
    assert task.plan.area_code == DISTRICT
