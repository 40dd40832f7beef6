"""Indicators, their targets and the allocations of targets to areas."""

from __future__ import annotations

import re
import unicodedata

from django.db import models
from django.db.models import Q

from areas.models import Area
from indicators import countings
from indicators.models.duties import Duty
from indicators.models.plans import Plan


class Place(models.TextChoices):
    """The part of a document that contains a number."""

    ANNEX = "annex", "附件"
    TEXT = "text", "正文"


class Within(models.TextChoices):
    """Over which time a coverage counts the records of an area."""

    STOCK = "stock", "截至当日"
    YEAR = "year", "当年"


class Against(models.TextChoices):
    """The period of last year with which a growth is compared."""

    SAME_DAY = "same_day", "上年同期"
    WHOLE_YEAR = "whole_year", "上年全年"


class CountedPeriod(models.TextChoices):
    """The calendar period whose flow a figure counts."""

    QUARTER = "quarter", "季度"
    HALF_YEAR = "half_year", "半年"
    YEAR = "year", "年度"


#: Units of rates and marks: a district has the mean of its streets. All other units add up.
_AVERAGED = frozenset(
    [
        "%",
        "‰",
        "百分点",
        "个百分点",
        "百分数",
        "成",
        "倍",
        "分",
        "分值",
        "得分",
        "评分",
        "满意度",
        "星",
        "星级",
        "级",
        "等级",
        "等次",
        "名次",
        "位次",
        "岁",
    ]
)
_RATE = re.compile(r"[/／每率比]|^(人均|户均|次均|平均)")


class Indicator(models.Model):
    """An indicator of a plan: what is counted, and by which rule."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="indicators", verbose_name="方案")
    code = models.CharField("编号", max_length=40)
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("指标名称", max_length=100)
    unit = models.CharField("单位", max_length=10)
    place = models.CharField("出处", max_length=5, choices=Place)
    clause = models.CharField("条款", max_length=60)
    counting = models.CharField("计算口径", max_length=10, choices=countings.choices)
    measure = models.CharField("计量", max_length=200, blank=True)
    level = models.PositiveSmallIntegerField("覆盖层级", null=True, blank=True)
    at_least = models.PositiveIntegerField("每个不少于", default=1)
    is_urban_only = models.BooleanField("仅城镇社区", default=False)
    is_ratio = models.BooleanField("按比例", default=False)
    within = models.CharField("覆盖计数", max_length=5, choices=Within, default=Within.STOCK)
    against = models.CharField("对比", max_length=10, choices=Against, default=Against.SAME_DAY)
    period = models.CharField(
        "计数周期", max_length=9, choices=CountedPeriod, default=CountedPeriod.QUARTER
    )
    duty = models.CharField("履责事项", max_length=40, blank=True)
    reading = models.CharField("口径说明", max_length=300, blank=True)
    alternatives = models.JSONField("可选口径", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "指标"
        ordering = ("plan", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "code"),
                name="indicators_indicator_code_once",
                violation_error_message="同一方案内指标编号不能重复",
            )
        ]

    def __str__(self) -> str:
        return self.name

    #: The duty as it was looked up; see `own_duty`.
    _looked_up: Duty | None = None

    @property
    def own_duty(self) -> Duty | None:
        """The duty of the plan that the indicator counts; None without one. Looked up once."""
        if not self.duty or self.plan.pk is None:
            return None
        if self._looked_up is None or self._looked_up.code != self.duty:
            self._looked_up = Duty.objects.filter(plan=self.plan, code=self.duty).first()
            if self._looked_up is not None:
                self._looked_up.plan = self.plan
        return self._looked_up

    @property
    def is_percentage(self) -> bool:
        """Whether the value is a fraction that is shown in per cent."""
        return self.unit in ("%", "％")

    @property
    def is_averaged(self) -> bool:
        """Whether reported figures in this unit are averaged over areas: `%` and `元/人`, but not
        `小时`, which adds up."""
        unit = unicodedata.normalize("NFKC", self.unit).strip()
        return unit in _AVERAGED or bool(_RATE.search(unit))


class Target(models.Model):
    """The demand of a document on an indicator by a day; a year without a target is 未设目标.

    Annex and text may name different numbers for one day. Both are kept; the one in the
    indicator's own place counts.
    """

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="targets", verbose_name="指标"
    )
    due_on = models.DateField("截止日期")
    operator = models.CharField("关系", max_length=2, default=">=")
    value = models.DecimalField("目标值", max_digits=16, decimal_places=4)
    at_least = models.PositiveIntegerField("每个不少于", null=True, blank=True)
    document = models.CharField("文件", max_length=200, blank=True, help_text="留空即方案文件本身")
    place = models.CharField("出处", max_length=5, choices=Place)
    clause = models.CharField("条款", max_length=60, blank=True)
    comment = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ("indicator", "due_on", "place")
        constraints = [
            models.UniqueConstraint(
                fields=("indicator", "due_on", "place"),
                name="indicators_target_once",
                violation_error_message="该指标在这一天、这一出处已有目标",
            )
        ]

    def __str__(self) -> str:
        return f"{self.due_on} {self.operator}{self.value.normalize():f}"


class TargetAllocation(models.Model):
    """An allocation (目标分解): the part of a target that one area below has to reach.

    An allocated amount of money is guidance only, because the Charity Law forbids 摊派 (forced
    donations).
    """

    target = models.ForeignKey(
        Target, models.PROTECT, related_name="allocations", verbose_name="目标"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="承担地区")
    value = models.DecimalField("分解值", max_digits=16, decimal_places=4)

    class Meta:
        verbose_name = verbose_name_plural = "目标分解"
        ordering = ("target", "area")
        constraints = [
            models.UniqueConstraint(
                fields=("target", "area"),
                name="indicators_targetallocation_once",
                violation_error_message="该地区的分解值已设",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="indicators_targetallocation_not_negative",
                violation_error_message="分解值不能为负数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.value.normalize():f}"
