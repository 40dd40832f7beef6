"""Tasks of plans and the stages in which they are done."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q

from areas.codes import ancestors_of
from areas.querysets import within_q
from areas.successions import Successions
from indicators.models.plans import Plan

if TYPE_CHECKING:
    from accounts.models import User


def _in_order(model: str) -> models.CheckConstraint:
    """Neither a stage nor a task ends before it begins."""
    return models.CheckConstraint(
        condition=Q(starts_on__isnull=True)
        | Q(ends_on__isnull=True)
        | Q(ends_on__gte=F("starts_on")),
        name=f"indicators_{model}_days_in_order",
        violation_error_message="截止日期不能早于开始日期",
    )


class Stage(models.Model):
    """A stage of a plan with its own days, such as 第一阶段 统筹推进 (鄂民发〔2024〕92号 三)."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="stages", verbose_name="方案")
    code = models.CharField("编号", max_length=40)
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("阶段名称", max_length=60)
    clause = models.CharField("条款", max_length=60)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("截止日期")

    class Meta:
        verbose_name = verbose_name_plural = "实施阶段"
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "code"),
                name="indicators_stage_code_once",
                violation_error_message="同一方案内阶段编号不能重复",
            ),
            _in_order("stage"),
        ]

    def __str__(self) -> str:
        return self.name


class TaskQuerySet(models.QuerySet[Any]):
    """Tasks by the areas that their plans are about."""

    def choosable_by(self, user: User) -> Self:
        """Keep the tasks of plans whose area contains the user's, or lies within it.

        A successor keeps the plans of the areas it followed.
        """
        own = user.area_id or ""
        found = Q(pk__in=())
        for code in {own, *Successions.stored().everywhere(own)} if own else ():
            found |= Q(plan__area_code__in=ancestors_of(code)) | within_q("plan__area_code", code)
        return self.filter(found)


class Task(models.Model):
    """What a plan asks to be done and told in words: by whom, when, and what shows that it is done.

    A goal (`is_goal`) is a demand without a number, such as “基本构建支撑体系”: a reviewer of
    `assessor_level` says whether it is reached. `levels` are levels of the area tree; each area of
    such a level within the plan's area owes the task.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="tasks", verbose_name="方案")
    code = models.CharField("编号", max_length=40)
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("任务名称", max_length=60)
    clause = models.CharField("条款", max_length=60)
    content = models.CharField("任务内容", max_length=500, blank=True)
    stage = models.ForeignKey(
        Stage,
        models.RESTRICT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name="实施阶段",
    )
    levels = models.JSONField("责任层级", default=list)
    department = models.CharField("责任部门", max_length=100, blank=True)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)
    evidence = models.CharField("佐证", max_length=200, blank=True)
    record_kinds = models.JSONField("相关台账", default=list, blank=True)
    is_goal = models.BooleanField("定性目标", default=False)
    assessor_level = models.PositiveSmallIntegerField("评定层级", null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作任务"
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "code"),
                name="indicators_task_code_once",
                violation_error_message="同一方案内任务编号不能重复",
            ),
            _in_order("task"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def departments(self) -> list[str]:
        """The names in `department`, which are separated by 、."""
        return [name for each in self.department.split("、") if (name := each.strip())]

    @property
    def first_day(self) -> datetime.date:
        """The day from which the task runs: its own, its stage's, or the plan's."""
        stage = self.stage
        return self.starts_on or (stage.starts_on if stage else self.plan.starts_on)

    @property
    def last_day(self) -> datetime.date:
        """The day by which the task is done: its own, its stage's, or the plan's."""
        stage = self.stage
        return self.ends_on or (stage.ends_on if stage else self.plan.ends_on)

    def runs_within(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether the task runs on a day from `first` to `last`."""
        return self.first_day <= last and self.last_day >= first
