"""Progress of a plan's tasks, and verdicts on goals without a number."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from audit.chain.protected import declare_append_only
from indicators.models import Task
from reviews.models import KindDeclaration, Submission, once
from reviews.models.states import REASON_LENGTH


class ProgressState(models.TextChoices):
    """How far an area is with a task."""

    NOT_STARTED = "not_started", "未启动"
    UNDER_WAY = "under_way", "推进中"
    DONE = "done", "已完成"


class TaskProgress(Submission):
    """What an area reports of a task for one report period of its plan (任务进展).

    Asked for by the tasks of a plan (`indicators.models.Task`), such as 渝中区 方案 二（一）–（六）.
    State machine: see `reviews.models.Submission`.
    """

    task = models.ForeignKey(Task, models.PROTECT, related_name="progress", verbose_name="工作任务")
    due_on = models.DateField("报送期")
    state = models.CharField("进展状态", max_length=11, choices=ProgressState)
    measures = models.CharField("主要做法", max_length=1000, blank=True)
    results = models.CharField("工作成效", max_length=1000, blank=True)
    problems = models.CharField("存在问题", max_length=1000, blank=True)
    next_steps = models.CharField("下一步打算", max_length=1000, blank=True)

    declaration = KindDeclaration(
        address="task-progress",
        icon="task_alt",
        example={
            "area": "500103001003",
            "task": 1,
            "due_on": "2026-06-30",
            "state": "under_way",
            "measures": "召开社区慈善工作部署会，明确专人负责",
            "results": "2个社区完成基金设立协议签订",
        },
        sealed=("task", "due_on", "state", "measures", "results", "problems", "next_steps"),
        sheet=210,
        exported=("task", "due_on", "state", "measures", "results", "problems", "next_steps"),
        wide=("task", "measures", "results", "problems", "next_steps"),
        searched=("results",),
        prose=("measures", "results", "problems", "next_steps"),
        not_copied=("task", "measures", "results", "problems", "next_steps"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "task_id", "due_on")
    title_field: ClassVar[str] = "measures"
    date_field: ClassVar[str] = "due_on"
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "task__plan", "task__stage")

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "任务进展"
        indexes = [models.Index(fields=("due_on",), name="work_taskprogress_due_on")]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "task",
                "due_on",
                name="work_taskprogress_once",
                message="该地区在这一报送期已填报这项任务的进展",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}（{self.due_on}）" if self.task_id else "未选任务的进展"


class Verdict(models.TextChoices):
    """What an assessor says of a goal without a number."""

    REACHED = "reached", "达到"
    NEARLY = "nearly", "基本达到"
    MISSED = "missed", "未达到"


class GoalVerdict(models.Model):
    """A reviewer's verdict on a goal, given on its approved progress; never changed.

    A later verdict on the same progress takes the place of the earlier one.
    """

    progress = models.ForeignKey(
        TaskProgress, models.PROTECT, related_name="verdicts", verbose_name="任务进展"
    )
    verdict = models.CharField("评定", max_length=7, choices=Verdict)
    reason = models.CharField("理由", max_length=REASON_LENGTH)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="评定人"
    )
    at = models.DateTimeField("评定时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标评定"
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="work_goalverdict_has_reason",
                violation_error_message="评定须写明理由",
            )
        ]

    def __str__(self) -> str:
        return f"{self.progress}：{self.get_verdict_display()}"


declare_append_only(GoalVerdict)
