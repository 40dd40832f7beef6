"""Duties of plans, and the excuses from them."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from typing_extensions import override

from indicators.models.named_by_code import (
    names_in_plans,
    only_name,
    plan_titles,
    title_of_plan,
)
from indicators.models.plans import Plan
from reviews.models import KindDeclaration, Submission, once


def default_duty_reminders() -> list[int]:
    """Return the days before the due day on which a debtor is reminded; negative: after it."""
    return [14, 7, 1, -1, -7]


class Duty(models.Model):
    """A duty (履责事项) of a plan: who owes what by when, and which record shows that it is done.

    `referral`: which record ends it without its being done, since somebody else takes over the matter;
    empty where none does. The tables have the form of the plan file; `indicators.duties.terms` reads them. What is
    owed on a day, by whom, and in which state, is derived each time (`indicators.duties`).
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="duties", verbose_name="方案")
    code = models.CharField("编号", max_length=40)
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("事项名称", max_length=60)
    clause = models.CharField("条款", max_length=100)
    who = models.JSONField("履责主体")
    schedule = models.JSONField("期限")
    fulfilment = models.JSONField("完成依据")
    referral = models.JSONField("移交依据", default=dict, blank=True)
    number = models.PositiveSmallIntegerField("每期次数", default=1)
    starts_on = models.DateField("首个期限不早于", null=True, blank=True)
    ends_on = models.DateField("末期起始不晚于", null=True, blank=True)
    is_excusable = models.BooleanField("可以免除", default=True)
    reminders = models.JSONField("提醒天数", default=default_duty_reminders, blank=True)
    assumed = models.JSONField("平台默认的项目", default=list, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "履责事项"
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "code"),
                name="indicators_duty_code_once",
                violation_error_message="同一方案内履责事项编号不能重复",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="indicators_duty_number_positive",
                violation_error_message="每期次数不应小于1",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_code(self) -> str:
        """The codes of plan and duty."""
        return f"{self.plan.code}/{self.code}"

    @property
    def series_name(self) -> str:
        """The name by which stored series refer to the duty as it is now: other terms, another name."""
        days = (self.first_due.isoformat(), self.last_begin.isoformat())
        terms = [self.who, self.schedule, self.fulfilment, self.number, *days]
        terms += [self.referral] if self.referral else []
        text = json.dumps(terms, sort_keys=True)
        return f"{self.full_code}/{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    @property
    def first_due(self) -> datetime.date:
        """The earliest day that can be a due day."""
        return self.starts_on or self.plan.starts_on

    @property
    def last_begin(self) -> datetime.date:
        """The last day on which a period may begin. What is due for it may be due later."""
        return self.ends_on or self.plan.ends_on


class DutyExcuse(Submission):
    """An excuse (履责免除) from one instance of a duty, with its reason; a reviewer grants it.

    From `excused_on` the debtor no longer owes that instance. State machine: see
    `reviews.models.Submission`.
    """

    plan_code = models.CharField("方案编号", max_length=40)
    duty_code = models.CharField("履责事项编号", max_length=40)
    debtor = models.CharField(
        "履责主体编号", max_length=40, help_text="地区填区划代码，组织、基金等填其档案编号"
    )
    period = models.CharField(
        "期次", max_length=10, help_text="如 2025、2025-H1、2025-Q1、2025-03；只办一次的填“一次”"
    )
    excused_on = models.DateField("免除日期")
    reason = models.CharField("免除理由", max_length=300)

    declaration = KindDeclaration(
        address="duty-excuses",
        icon="event_busy",
        example={
            "area": "500103001003",
            "plan_code": "test-2026",
            "duty_code": "report",
            "debtor": "500103001003",
            "period": "2026-02",
            "excused_on": "2026-02-20",
            "reason": "社区办公用房搬迁，经街道同意本月免于报告",
        },
        sealed=("duty_code", "debtor", "period", "excused_on", "reason"),
        sheet=200,
        exported=(
            ("plan_code", "方案"),
            ("duty_code", "履责事项"),
            "debtor",
            "period",
            "excused_on",
            "reason",
        ),
        wide=("plan_code", "duty_code", "reason"),
        prose=("reason",),
        not_copied=("reason", "period"),
        has_ledger=False,
    )
    title_field: ClassVar[str] = "duty_code"
    date_field: ClassVar[str] = "excused_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "履责免除"
        constraints = [
            *Submission.Meta.constraints,
            once(
                "plan_code",
                "duty_code",
                "debtor",
                "period",
                name="indicators_dutyexcuse_once",
                message="该主体这一期的免除已登记",
            ),
        ]

    def __str__(self) -> str:
        return f"履责免除（{self.period}）"

    @classmethod
    @override
    def export_values(cls) -> Mapping[str, Callable[[Self], object]]:
        plans, names = plan_titles(), names_in_plans(Duty)
        return {
            "plan_code": lambda each: plans.get(each.plan_code, each.plan_code),
            "duty_code": lambda each: names.get((each.plan_code, each.duty_code), each.duty_code),
        }

    def get_plan_code_display(self) -> str:
        """The title of the plan."""
        return title_of_plan(self.plan_code)

    def get_duty_code_display(self) -> str:
        """The duty in Chinese; without a plan, only if all plans call it the same."""
        found = Duty.objects.filter(code=self.duty_code)
        if self.plan_code:
            found = found.filter(plan__code=self.plan_code)
        return only_name(found, self.duty_code)
