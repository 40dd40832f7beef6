"""Ledgers of task progress and work records."""

from __future__ import annotations

from areas.spelling import folded
from indicators.models import Task
from indicators.progress.services import plans_of_area
from ledgers.cells import Choice, bare_whole, day, name, text, whole, year, yuan
from ledgers.columns import NOTE_COLUMN, PLACE_COLUMNS
from ledgers.declaration import Column, Ledger, Lookup, Row, RowRefused, Workbook
from work.models import (
    DIMENSIONS,
    OTHER_KIND,
    DemonstrationApplication,
    ProgressState,
    TaskProgress,
    WorkRecord,
)


def _tasks(lookup: Lookup) -> dict[str, list[Task]]:
    """The tasks that may be chosen, by folded name."""
    found: dict[str, list[Task]] = {}
    for task in Task.objects.choosable_by(lookup.by).select_related("plan", "stage"):
        found.setdefault(folded(task.name), []).append(task)
    return found


def _task(row: Row, lookup: Lookup) -> Task | None:
    """The task that a row names, within the plan that it names, if any; RowRefused if there is none."""
    said, plan = row["task"], row["plan"]
    if not said:
        return None
    named = lookup.once("tasks", lambda: _tasks(lookup)).get(folded(said), [])
    found = [
        each
        for each in named
        if not plan or folded(plan) in (folded(each.plan.title), folded(each.plan.code))
    ]
    if len(found) > 1:
        plans = "、".join(str(each.plan) for each in found)
        raise RowRefused("task", f"任务“{said}”在几个方案中都有（{plans}），请填写“方案”一栏")
    if not found:
        raise RowRefused("task", f"没有名为“{said}”的工作任务，应与方案中的任务名称一致")
    return found[0]


def _progress(row: Row, lookup: Lookup) -> TaskProgress:
    return TaskProgress(area=row.area, task=_task(row, lookup), **row.known("task", "plan"))


def _work_record(row: Row, lookup: Lookup) -> WorkRecord:
    """A kind that the plans do not name is 其他, with the text as its name."""
    values = row.known("task", "plan")
    record = WorkRecord(area=row.area, task=_task(row, lookup), **values)
    kinds = lookup.once("work_kinds", lambda: _kinds(lookup))
    if record.kind not in (*kinds, OTHER_KIND):
        row.remark("kind", f"“{record.kind}”不在方案所列的工作类别中，按“其他”登记")
        record.kind, record.kind_name = OTHER_KIND, record.kind
    return record


def _kinds(lookup: Lookup) -> set[str]:
    plans = plans_of_area(lookup.by.area_id or "")
    return {kind for plan in plans for kind in plan.work_kinds}


_TASK_COLUMN = Column("task", "工作任务", name(), aliases=("任务", "任务名称"))
_PLAN_COLUMN = Column("plan", "方案", name(), aliases=("工作方案", "方案名称"), is_offered=False)

PROGRESS = Ledger(
    "任务进展表",
    "task-progress",
    (
        *PLACE_COLUMNS,
        Column("task", "工作任务", name(), aliases=("任务", "任务名称"), required=True),
        _PLAN_COLUMN,
        Column("due_on", "报送期", day, aliases=("报送日",), required=True),
        Column(
            "state",
            "进展状态",
            Choice(ProgressState, {"未开始": "not_started", "进行中": "under_way", "完成": "done"}),
            aliases=("进展", "状态"),
            required=True,
        ),
        Column("measures", "主要做法", text(1000), aliases=("工作措施", "采取的措施")),
        Column("results", "工作成效", text(1000), aliases=("成效", "取得成效")),
        Column("problems", "存在问题", text(1000), aliases=("问题",)),
        Column("next_steps", "下一步打算", text(1000), aliases=("下一步", "下一步工作")),
    ),
    (TaskProgress,),
    _progress,
)

WORK = Ledger(
    "工作记录表",
    "work-records",
    (
        *PLACE_COLUMNS,
        Column("kind", "工作类别", text(30), aliases=("类别",), required=True),
        Column("kind_name", "其他类别名称", text(30)),
        Column("name", "工作名称", name(), aliases=("名称", "事项"), required=True),
        Column("held_on", "日期", day, aliases=("时间", "开展日期"), required=True),
        Column("place", "地点", text(200)),
        Column("content", "工作内容", text(500), aliases=("内容",)),
        Column("people", "参与人数", whole, aliases=("人数",), unit="人"),
        Column(
            "granted_by", "授予或认定单位", name(), aliases=("授予单位", "表彰单位", "认定单位")
        ),
        Column("amount_yuan", "奖补金额", yuan, aliases=("奖金", "补助金额"), unit="元"),
        Column("public_text", "公开简介", text(500), aliases=("简介",)),
        _TASK_COLUMN,
        _PLAN_COLUMN,
        NOTE_COLUMN,
    ),
    (WorkRecord,),
    _work_record,
)

#: Seven columns of points, each also called by what is scored.
_POINTS = tuple(
    Column(field, f"{title}得分", bare_whole, aliases=(title,), required=True)
    for field, title in DIMENSIONS.items()
)

DEMONSTRATIONS = Ledger(
    "示范申报表",
    "demonstrations",
    (
        *PLACE_COLUMNS,
        Column("name", "申报名称", name(), aliases=("名称", "示范名称"), required=True),
        Column("year", "申报年度", year, aliases=("年度",), required=True),
        Column("applied_on", "申报日期", day, aliases=("日期",), required=True),
        Column("reason", "申报理由", text(1000), aliases=("理由", "主要做法"), required=True),
        *_POINTS,
        NOTE_COLUMN,
    ),
    (DemonstrationApplication,),
)

WORKBOOKS = (
    Workbook("task-progress", "任务进展表", (PROGRESS,), 80),
    Workbook("work-records", "工作记录表", (WORK,), 85),
    Workbook("demonstrations", "示范申报表", (DEMONSTRATIONS,), 255),
)
