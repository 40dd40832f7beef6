"""Checks of task progress and work records before submission."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.utils import timezone

from areas.codes import is_within
from areas.successions import Successions
from indicators.models import Plan
from reviews.checks import (
    CheckedRecord,
    OnlyWith,
    Problem,
    declare_checks,
    field_label,
    no_personal_data,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
)
from work.models import OTHER_KIND, ProgressState, TaskProgress, WorkRecord

#: The kind 其他 must be named; nothing else carries a name of its own.
kind_name_of_other = OnlyWith("kind_name", "kind", (OTHER_KIND,), is_required=True)


# --- task progress --------------------------------------------------------------------------


def owed_by_level(progress: TaskProgress) -> Iterator[Problem]:
    """The task must be owed by areas of the record's level."""
    if not progress.task_id or not progress.area_id:
        return
    task = progress.task
    if progress.area.level not in task.levels:
        levels = "、".join(task.plan.label_of(level) for level in task.levels)
        message = f"“工作任务”“{task}”由{levels}承担，不由{progress.area}填报"
        yield Problem("not_owed", "task", message)


def due_day_of_plan(progress: TaskProgress) -> Iterator[Problem]:
    """The period must be one of the plan's report days, and must have begun."""
    if not progress.task_id or progress.due_on is None:
        return
    plan, due_on = progress.task.plan, progress.due_on
    period = next(plan.report_schedule.periods(due_on, due_on), None)
    if period is None:
        days = "、".join(plan.report_due) or "无"
        message = f"“报送期”{due_on}不是该方案的报送日，应为方案期内每年的{days}"
        yield Problem("no_report_day", "due_on", message)
    elif period.first > timezone.localdate():
        message = f"“报送期”{due_on}自{period.first}起，尚未开始，不能填报"
        yield Problem("period_ahead", "due_on", message)


def task_runs_in_period(progress: TaskProgress) -> Iterator[Problem]:
    """Warn of a task that does not run in the period."""
    if not progress.task_id or progress.due_on is None:
        return
    task = progress.task
    period = next(task.plan.report_schedule.periods(progress.due_on, progress.due_on), None)
    if period is not None and not task.runs_within(period.first, period.last):
        message = f"任务“{task}”的时间为{task.first_day}至{task.last_day}，不在这一报送期，请核对"
        yield Problem("task_elsewhen", "due_on", message, is_warning=True)


def told_as_far_as_it_is(progress: TaskProgress) -> Iterator[Problem]:
    """What is under way is told by its measures, what is done by its results; else by its problems."""
    if progress.state in (ProgressState.UNDER_WAY, ProgressState.DONE) and not progress.measures:
        message = f"任务“{progress.get_state_display()}”的，应写明“主要做法”"
        yield Problem("measures_missing", "measures", message)
    if progress.state == ProgressState.DONE and not progress.results:
        yield Problem("results_missing", "results", "任务“已完成”的，应写明“工作成效”")
    if progress.state == ProgressState.NOT_STARTED and not progress.problems:
        message = "任务“未启动”的，宜在“存在问题”中写明原因"
        yield Problem("cause_missing", "problems", message, is_warning=True)


def task_of_own_tree(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """The task must be one of a plan whose area contains the record's, or an area it followed."""
    found = [
        (at, each, each.task.plan)
        for at, each in enumerate(records)
        if isinstance(each, TaskProgress | WorkRecord) and each.task_id and each.task
    ]
    successions = Successions.stored() if found else None
    for at, record, plan in found:
        if (
            record.area_id
            and successions is not None
            and not _holds_at(plan, record.area_id, successions)
        ):
            message = f"“工作任务”属于方案“{plan}”，不适用于{record.area}"
            yield at, Problem("task_elsewhere", "task", message)


def _holds_at(plan: Plan, code: str, successions: Successions) -> bool:
    """Whether the plan's area contains this one or one that it followed."""
    codes = {code, *successions.everywhere(code)}
    return any(is_within(each, plan.area_code) for each in codes)


declare_checks(
    TaskProgress,
    required("task", "due_on", "state"),
    owed_by_level,
    due_day_of_plan,
    task_runs_in_period,
    told_as_far_as_it_is,
    batch=(task_of_own_tree,),
)


# --- work records ---------------------------------------------------------------------------


def kinds_at(code: str, plans: Sequence[Plan], successions: Successions) -> list[str]:
    """The kinds of work of the plans whose area contains this one or one it followed; then 其他."""
    found: dict[str, None] = {}
    for plan in plans:
        if _holds_at(plan, code, successions):
            found |= dict.fromkeys(plan.work_kinds)
    return [*found, OTHER_KIND]


def kind_of_a_plan(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """The kind must be one of the plans of the record's area, or 其他."""
    found = [
        (at, each)
        for at, each in enumerate(records)
        if isinstance(each, WorkRecord) and each.kind and each.area_id
    ]
    if all(each.kind == OTHER_KIND for _, each in found):
        return
    plans, successions = list(Plan.objects.order_by("pk")), Successions.stored()
    held = _held_kinds([record for _, record in found])
    for at, record in found:
        kinds = kinds_at(record.area_id, plans, successions)
        if record.kind not in kinds and held.get(record.pk) != record.kind:
            yield at, Problem("unknown_kind", "kind", _unknown_kind(record, kinds))


#: Kinds of work that have a register of their own since release 0.9.0. Older records keep them.
REGISTERS = {
    "评估评议": "评估评议",
    "重大活动报告": "重大活动报告",
    "应急演练": "应急演练",
}


def _held_kinds(records: Sequence[WorkRecord]) -> dict[int, str]:
    """The kinds of stored records that have a register of their own now: those records keep them."""
    keys = [record.pk for record in records if record.pk and record.kind in REGISTERS]
    rows = WorkRecord.objects.filter(pk__in=keys) if keys else WorkRecord.objects.none()
    return dict(rows.order_by().values_list("pk", "kind"))


def _unknown_kind(record: WorkRecord, kinds: Sequence[str]) -> str:
    if register := REGISTERS.get(record.kind):
        return f"“工作类别”“{record.kind}”已改为单独的台账，请在“{register}”中登记"
    return f"“工作类别”“{record.kind}”不在方案所列的类别中，应为：{'、'.join(kinds)}"


#: What the page of results shows of a record (`work.showcase`).
_SHOWN = ("public_text", "name", "kind_name", "granted_by")
#: Words before a number or an address of somebody.
_PERSON = re.compile("身份证|联系电话|手机号|家住|住址")
_no_numbers = no_personal_data(*_SHOWN, is_warning=False)


def public_text_says_nobody(record: WorkRecord) -> Iterator[Problem]:
    """What is shown to the public must not say who somebody is (个人信息保护法 arts. 5, 6)."""
    if not record.public_text:
        return
    yield from _no_numbers(record)
    for field in _SHOWN:
        if found := _PERSON.search(getattr(record, field)):
            label = field_label(record, field)
            message = (
                f"“{label}”中有“{found[0]}”，公开展示的内容不应有个人的号码和住址，请删去后再提交"
            )
            yield Problem("personal_public", field, message)


declare_checks(
    WorkRecord,
    required("kind", "name", "held_on"),
    not_before_1949("held_on"),
    not_in_future("held_on"),
    not_negative("people"),
    positive("amount_yuan"),
    kind_name_of_other,
    public_text_says_nobody,
    batch=(kind_of_a_plan, task_of_own_tree),
)
