"""Demonstration progress of a plan's tasks, and single pieces of work."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from areas.models import Area
from dates.recurrence import Period
from demo.ledgers.draw import Draw
from indicators.models import Plan, Task
from work.book import owing_areas, periods_of
from work.models import ProgressState, TaskProgress, WorkRecord

Day = datetime.date

_PROBLEMS = (
    "专业力量不足，个别社区推进较慢",
    "资金来源较为单一，社会参与面有待扩大",
    "台账登记不够及时，佐证材料需补充",
)
#: Words of the kinds of work that are shown to the public, and of those that are granted.
_RESULTS = ("经验", "案例", "品牌", "表彰", "奖", "先进", "典型", "展示", "慈善社区创建", "公益金")
_AWARDS = ("表彰", "奖", "表扬", "公益金")
#: Of ten areas that owe a task, so many have not told of it in the last period.
_SILENT = 2


def task_records(code: str, day: Day, draw: Draw) -> list[TaskProgress]:
    """Progress of the two periods before `day`; in the last one some areas are silent."""
    plan = Plan.objects.get(code=code)
    periods = [period for period in periods_of(plan, day) if period.due_on <= day][-2:]
    tasks = list(plan.tasks.select_related("plan", "stage"))
    found: list[TaskProgress] = []
    done: set[tuple[int, str]] = set()
    for period in periods:
        is_last = period is periods[-1]
        for task, area in _owed(plan, tasks, period):
            if (task.pk, area.code) in done or (is_last and draw.randint(1, 10) <= _SILENT):
                continue
            progress = _progress(task, area, period, draw)
            if progress.state == ProgressState.DONE:
                done.add((task.pk, area.code))
            found.append(progress)
    return found


def _owed(plan: Plan, tasks: Sequence[Task], period: Period) -> Iterator[tuple[Task, Area]]:
    for task in tasks:
        if task.runs_within(period.first, period.last):
            for area in owing_areas(plan, task.levels, period.due_on, plan.area_code):
                yield task, area


def _progress(task: Task, area: Area, period: Period, draw: Draw) -> TaskProgress:
    is_ending = task.last_day <= period.last
    states = [ProgressState.UNDER_WAY] * 6 + [ProgressState.DONE] * 3 + [ProgressState.NOT_STARTED]
    state = ProgressState.DONE if is_ending and not task.is_goal else draw.choice(states)
    if task.is_goal:
        state = ProgressState.DONE if is_ending else ProgressState.UNDER_WAY
    is_begun = state != ProgressState.NOT_STARTED
    meetings = draw.randint(1, 4)
    return TaskProgress(
        area=area,
        task=task,
        due_on=period.due_on,
        state=state,
        measures=f"印发工作安排，召开部署推进会{meetings}次，明确专人负责" if is_begun else "",
        results=f"按要求完成“{task.name}”各项工作" if state == ProgressState.DONE else "",
        problems=draw.choice(_PROBLEMS) if state != ProgressState.DONE else "",
        next_steps="" if state == ProgressState.DONE else "对照方案要求逐项落实，按期完成",
    )


def work_records(code: str, day: Day, draw: Draw, number: int) -> list[WorkRecord]:
    """Pieces of work of the kinds that the plan names, in the areas that owe its tasks."""
    plan = Plan.objects.get(code=code)
    tasks = [task for task in plan.tasks.select_related("plan", "stage") if not task.is_goal]
    found = []
    for at in range(number):
        task, kind = draw.choice(tasks), plan.work_kinds[at % len(plan.work_kinds)]
        area = draw.choice(owing_areas(plan, task.levels, day, plan.area_code))
        held_on = draw.day(max(plan.starts_on, day - datetime.timedelta(days=300)), day)
        is_result, is_award = (any(word in kind for word in each) for each in (_RESULTS, _AWARDS))
        found.append(
            WorkRecord(
                area=area,
                kind=kind,
                name=f"{area}{kind}（演示数据）",
                held_on=held_on,
                place=f"{area}会议室",
                content=f"围绕“{task.name}”开展{kind}",
                people=draw.randint(8, 60),
                granted_by=plan.issuers[0] if is_award else "",
                amount_yuan=draw.randint(1, 5) * 5000 if is_award else None,
                public_text=f"{area}围绕“{task.name}”形成的{kind}（演示数据）" if is_result else "",
                task=task,
            )
        )
    return found
