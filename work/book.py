"""Who owes which task in a report period, and how far each is: read once for a plan and a subtree."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from areas.codes import is_within
from areas.models import Area
from areas.querysets import within_q
from dates.recurrence import Period
from indicators.models import Plan, Task
from reviews.models import Status
from work.models import GoalVerdict, ProgressState, TaskProgress
from work.renames import Renames


@dataclass(frozen=True)
class Standing:
    """How far an area is with a task: a word, a sign that tells it without colour, and its colour."""

    code: str
    label: str
    sign: str
    colour: str


DONE = Standing("done", "已完成", "●", "achieved")
UNDER_WAY = Standing("under_way", "推进中", "◐", "on_track")
NOT_STARTED = Standing("not_started", "未启动", "○", "lagging")
PENDING = Standing("pending", "待审核", "◇", "")
SILENT = Standing("silent", "未报", "✕", "behind")
NOT_RUNNING = Standing("not_running", "不在本期", "—", "")
#: All of them, in the order in which pages count them.
STANDINGS = (DONE, UNDER_WAY, NOT_STARTED, PENDING, SILENT, NOT_RUNNING)
_REPORTED = {
    ProgressState.DONE: DONE,
    ProgressState.UNDER_WAY: UNDER_WAY,
    ProgressState.NOT_STARTED: NOT_STARTED,
}


def periods_of(plan: Plan, day: datetime.date) -> list[Period]:
    """The plan's report periods that have begun by `day`, earliest first."""
    schedule = plan.report_schedule
    last = schedule.next_due(day) or plan.ends_on
    return [period for period in schedule.periods(last=last) if period.first <= day]


def period_due(plan: Plan, due_on: datetime.date) -> Period | None:
    """The plan's period that is due on a day; None where no report is due on it."""
    return next(plan.report_schedule.periods(due_on, due_on), None)


def owing_areas(plan: Plan, levels: Iterable[int], due_on: datetime.date, root: str) -> list[Area]:
    """The areas of these levels that owe tasks on a report day: the plan's own, and counted ones below."""
    if not (is_within(root, plan.area_code) or is_within(plan.area_code, root)):
        return []  # a successor of an area of the plan: what the plan asked for ended before it
    inner = max(root, plan.area_code, key=len)
    rows = Area.objects.within(inner).existing_on(due_on).filter(level__in=set(levels))
    return list(rows.filter(Q(is_counted=True) | Q(code=plan.area_code)).order_by("code"))


@dataclass(frozen=True)
class TaskBook:
    """The tasks of a plan, the areas of a subtree that owe them, and what these reported."""

    plan: Plan
    root: Area
    period: Period
    tasks: Sequence[Task]
    areas: Sequence[Area]
    #: (task, area) → the progress that stands in the period.
    found: dict[tuple[int, str], TaskProgress]
    #: Progress → the last verdict on it.
    verdicts: dict[int, GoalVerdict]

    @classmethod
    def read(cls, plan: Plan, root: Area, period: Period) -> Self:
        """Read it by five queries, however many tasks and areas there are."""
        tasks = list(plan.tasks.select_related("plan", "stage"))
        levels = {level for task in tasks for level in task.levels}
        areas = owing_areas(plan, levels, period.due_on, root.code)
        found = _standing_progress(plan, root, period)
        given = GoalVerdict.objects.filter(progress__in=[each.pk for each in found.values()])
        verdicts = {each.progress_id: each for each in given.select_related("by").order_by("pk")}
        return cls(plan, root, period, tasks, areas, found, verdicts)

    def owing(self, task: Task, root: str = "") -> list[Area]:
        """The areas that owe a task, within a subtree."""
        return [
            area
            for area in self.areas
            if area.level in task.levels and is_within(area.code, root or self.root.code)
        ]

    def progress(self, task: Task, area: Area) -> TaskProgress | None:
        """What stands of an area's progress in the period: of this one, or done in an earlier one."""
        return self.found.get((task.pk, area.code))

    def standing(self, task: Task, area: Area) -> Standing:
        """How far an area that owes a task is with it."""
        progress = self.progress(task, area)
        if progress is not None and progress.status == Status.APPROVED:
            return _REPORTED[ProgressState(progress.state)]
        if progress is not None and progress.status == Status.PENDING:
            return PENDING
        runs = task.runs_within(self.period.first, self.period.last)
        return SILENT if runs else NOT_RUNNING

    def standings(self, task: Task, root: str = "") -> Counter[Standing]:
        """The number of areas that owe a task, within a subtree, by how far they are."""
        return Counter(self.standing(task, area) for area in self.owing(task, root))

    def verdict(self, task: Task, area: Area) -> GoalVerdict | None:
        """The last verdict on an area's approved progress of a goal."""
        progress = self.progress(task, area)
        is_fact = progress is not None and progress.status == Status.APPROVED
        return self.verdicts.get(progress.pk) if progress is not None and is_fact else None


def _standing_progress(
    plan: Plan, root: Area, period: Period
) -> dict[tuple[int, str], TaskProgress]:
    """By task and area what stands: the record of the period, else one by which it was done before.

    What a renamed area told before is found under its new code.
    """
    renames = Renames.until(period.due_on)
    found: dict[tuple[int, str], TaskProgress] = {}
    for row in _told(plan, root, period, renames):
        key = row.task_id, renames.now(row.area_id)
        if row.due_on < period.due_on and row.state != ProgressState.DONE:
            found.pop(key, None)  # it was taken up again
        elif row.status in (Status.APPROVED, Status.PENDING) or key not in found:
            found[key] = row
    return found


def _told(plan: Plan, root: Area, period: Period, renames: Renames) -> QuerySet[TaskProgress]:
    """The records of the period, and of earlier ones those that say that something was done last.

    Of renamed areas all that was approved earlier. In the order of the periods.
    """
    earlier = Q(due_on__lt=period.due_on, status=Status.APPROVED)
    newer = TaskProgress.objects.approved().filter(
        task=OuterRef("task"),
        area=OuterRef("area"),
        due_on__gt=OuterRef("due_on"),
        due_on__lt=period.due_on,
    )
    renamed = renames.areas("area_id")
    stands = Q(state=ProgressState.DONE) & ~Exists(newer)
    wanted = Q(due_on=period.due_on) | earlier & (stands | renamed)
    rows = TaskProgress.objects.filter(wanted, task__plan=plan).living()
    rows = rows.filter(within_q("area_id", root.code) | renamed)
    return rows.select_related("area", "task").order_by("due_on", "pk")


def running_period(plan: Plan) -> Period | None:
    """The period in which the plan is today: the last that has begun; None before the first."""
    return next(reversed(periods_of(plan, timezone.localdate())), None)
