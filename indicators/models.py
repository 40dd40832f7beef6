"""The models of plans, indicators, targets, figures without records, and stored series."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from areas.models import Area
from dates.recurrence import DaysOfYear
from dates.schedule import Schedule
from indicators import countings
from indicators.measures import MEASURES
from reviews.models import KindDeclaration, Submission, once


def default_reminders() -> list[int]:
    """Return days before the due day.

    A negative number is after it and also goes to the level above.
    """
    return [30, 14, 7, 1, -1, -7]


class Plan(models.Model):
    """A policy document whose targets are counted.

    It is written as a file, see docs/writing-a-plan.md.
    """

    code = models.CharField("编号", max_length=40, unique=True)
    title = models.CharField("文件名称", max_length=200)
    document_number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=200)
    issued_on = models.DateField("成文日期")
    area_code = models.CharField("适用地区代码", max_length=12)
    starts_on = models.DateField("起算日期", help_text="累计类指标自该日所在月起计")
    ends_on = models.DateField("截止日期")
    level_labels = models.JSONField("层级名称", default=dict, blank=True)
    lagging_from = models.DecimalField(
        "滞后线",
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.8"),
        help_text="完成数达到应达数的这一比例以上为“滞后”，以下为“严重滞后”",
    )
    report_due = models.JSONField("报送日", default=list, blank=True, help_text="月-日，如 06-30")
    report_prepare_days = models.PositiveSmallIntegerField("提前准备天数", default=30)
    report_first_due = models.DateField("首次报送日", null=True, blank=True)
    report_recipients = models.JSONField("报送对象", default=list, blank=True)
    report_levels = models.JSONField(
        "报送层级", default=list, blank=True, help_text="逐级报送的层级，如 [3, 4]；空为仅本级"
    )
    report_lead_days = models.JSONField(
        "下级提前天数",
        default=dict,
        blank=True,
        help_text="层级→比报送日提前几天报上级，如 {4: 10}",
    )
    report_cutoff_days = models.PositiveSmallIntegerField(
        "数据截至提前天数", default=0, help_text="数据截至报送日前几天；0为报送日当天"
    )
    report_reminders = models.JSONField(
        "提醒天数",
        default=default_reminders,
        blank=True,
        help_text="期限前几天提醒；负数为逾期几天后催报并告知上级",
    )
    source_sha256 = models.CharField("文件摘要", max_length=64, editable=False)
    edited_at = models.DateTimeField(
        "在线修改时间", null=True, blank=True, editable=False, help_text="此后不再被方案文件覆盖"
    )

    class Meta:
        verbose_name = verbose_name_plural = "工作方案"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.title

    @property
    def report_schedule(self) -> Schedule:
        """When the plan's reports are due; no due day where the plan requires no reports."""
        return Schedule(
            recurrence=DaysOfYear.parse(self.report_due),
            starts_on=self.report_first_due or self.starts_on,
            ends_on=self.ends_on,
            prepare_days=self.report_prepare_days,
            lead_days={int(level): days for level, days in self.report_lead_days.items()},
            cutoff_days=self.report_cutoff_days,
            reminders=tuple(self.report_reminders),
        )

    def label_of(self, level: int) -> str:
        """Return the plan's name for areas of a level (旗区, 苏木乡镇…)."""
        default = {1: "省", 2: "市州", 3: "区县", 4: "乡镇街道", 5: "村社区"}
        return str(self.level_labels.get(str(level), default[level]))


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
_AVERAGED = frozenset({"%", "‰", "百分点", "倍", "分", "星", "级", "岁"})
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
    measure = models.CharField("计量", max_length=40, blank=True)
    level = models.PositiveSmallIntegerField("覆盖层级", null=True, blank=True)
    at_least = models.PositiveIntegerField("每个不少于", default=1)
    is_urban_only = models.BooleanField("仅城镇社区", default=False)
    is_ratio = models.BooleanField("按比例", default=False)
    within = models.CharField("覆盖计数", max_length=5, choices=Within, default=Within.STOCK)
    against = models.CharField("对比", max_length=10, choices=Against, default=Against.SAME_DAY)
    period = models.CharField(
        "计数周期", max_length=9, choices=CountedPeriod, default=CountedPeriod.QUARTER
    )
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

    @property
    def is_percentage(self) -> bool:
        """Whether the value is a fraction that is shown in per cent."""
        return self.unit == "%"

    @property
    def is_averaged(self) -> bool:
        """Whether reported figures in this unit are averaged over areas: `%` and `元/人`, but not
        `小时`, which adds up."""
        return self.unit in _AVERAGED or bool(_RATE.search(self.unit))


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


class Revision(models.Model):
    """A change of a plan on the site: old and new value, by whom, when and why; never changed.

    Editions that were sealed before keep their content.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="revisions", verbose_name="方案")
    indicator_code = models.CharField("指标编号", max_length=40, blank=True)
    subject = models.CharField("修订内容", max_length=100)
    before = models.JSONField("原值")
    after = models.JSONField("新值")
    reason = models.CharField("修订理由", max_length=500)
    document_number = models.CharField("依据文号", max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修订人"
    )
    at = models.DateTimeField("修订时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "修订记录"
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="indicators_revision_has_reason",
                violation_error_message="修订须写明理由",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan}：{self.subject}"


class Covers(models.TextChoices):
    """The time that an opening balance covers."""

    ALL = "all", "历年累计"
    YEAR = "year", "本年累计"


class OpeningBalance(Submission):
    """What existed before the platform kept records (期初数), with evidence.

    A stock or a cumulative figure takes `all`, a yearly figure takes `year` of its own year.
    Amounts are in yuan. State machine: see `reviews.models.Submission`.
    """

    measure = models.CharField("计量", max_length=40)
    as_of = models.DateField("截至日期")
    covers = models.CharField("期间", max_length=4, choices=Covers)
    quantity = models.DecimalField("数量", max_digits=16, decimal_places=2, help_text="金额以元计")
    evidence = models.CharField("依据", max_length=300)

    declaration = KindDeclaration(
        address="opening-balances",
        icon="start",
        example={
            "area": "500103001003",
            "measure": "funds",
            "as_of": "2025-12-31",
            "covers": "all",
            "quantity": "2.00",
            "evidence": "2025年社区慈善工作统计报表",
        },
        sealed=("measure", "as_of", "covers", "quantity", "evidence"),
        sheet=120,
        exported=("measure", "as_of", "covers", "quantity", "evidence"),
        wide=("evidence",),
        prose=("evidence",),
        not_copied=("measure", "evidence"),
        is_figure=True,
        has_ledger=False,
    )
    title_field: ClassVar[str] = "measure"
    date_field: ClassVar[str] = "as_of"
    measured_by: ClassVar[tuple[str, ...]] = ("measure",)

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "期初数"
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "measure",
                "as_of",
                "covers",
                name="indicators_openingbalance_once",
                message="该地区同日的期初数已登记",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=0),
                name="indicators_openingbalance_not_negative",
                violation_error_message="期初数不能为负数",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()}期初数"

    @classmethod
    @override
    def unit_of(cls, name: str, *measured: object) -> str:
        measure = MEASURES.get(str(measured[0]))
        return measure.unit if measure and name == "quantity" else ""

    def get_measure_display(self) -> str:
        """The measure in Chinese."""
        measure = MEASURES.get(self.measure)
        return measure.name if measure else self.measure


class ManualFigure(Submission):
    """A figure that no record can carry; it is reported with evidence and reviewed like a record.

    It holds from `as_of` until the next one of the same area and indicator. The figure of an area
    that was succeeded holds until the successor's first.
    """

    plan_code = models.CharField("方案编号", max_length=40)
    indicator_code = models.CharField("指标编号", max_length=40)
    as_of = models.DateField("截至日期")
    numerator = models.DecimalField("完成数", max_digits=16, decimal_places=2)
    denominator = models.DecimalField("总数", max_digits=16, decimal_places=2, default=Decimal(1))
    evidence = models.CharField("依据", max_length=300)

    declaration = KindDeclaration(
        address="manual-figures",
        icon="edit_note",
        example={
            "area": "500103",
            "plan_code": "test-2026",
            "indicator_code": "satisfaction",
            "as_of": "2026-06-30",
            "numerator": "91.00",
            "denominator": "100.00",
            "evidence": "居民满意度抽样调查报告",
        },
        sealed=("indicator_code", "as_of", "numerator", "denominator", "evidence"),
        sheet=130,
        exported=(
            ("plan_code", "方案"),
            ("indicator_code", "指标"),
            "as_of",
            "numerator",
            "denominator",
            "evidence",
        ),
        wide=("plan_code", "indicator_code", "evidence"),
        prose=("evidence",),
        not_copied=("evidence",),
        is_figure=True,
        has_ledger=False,
    )
    title_field: ClassVar[str] = "indicator_code"
    date_field: ClassVar[str] = "as_of"
    measured_by: ClassVar[tuple[str, ...]] = ("plan_code", "indicator_code")

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "人工填报数"
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "plan_code",
                "indicator_code",
                "as_of",
                name="indicators_manualfigure_once",
                message="该地区同日的这项指标已填报",
            ),
            models.CheckConstraint(
                condition=Q(numerator__gte=0, denominator__gt=0),
                name="indicators_manualfigure_is_a_fraction",
                violation_error_message="完成数不能为负数，总数应大于0",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}人工填报数"

    @classmethod
    @override
    def export_values(cls) -> Mapping[str, Callable[[Self], object]]:
        plans = dict(Plan.objects.values_list("code", "title"))
        rows = Indicator.objects.values_list("plan__code", "code", "name")
        names = {(plan, code): name for plan, code, name in rows}

        def indicator(figure: Self) -> str:
            return names.get((figure.plan_code, figure.indicator_code), figure.indicator_code)

        return {
            "plan_code": lambda figure: plans.get(figure.plan_code, figure.plan_code),
            "indicator_code": indicator,
        }

    @classmethod
    @override
    def unit_of(cls, name: str, *measured: object) -> str:
        """The numerator has the unit of its indicator; parts of a percentage have none."""
        if name != "numerator":
            return ""
        plan, code = measured
        found = Indicator.objects.filter(plan__code=plan, code=code).first()
        return found.unit if found and not found.is_percentage else ""

    def get_plan_code_display(self) -> str:
        """The title of the plan."""
        found = Plan.objects.filter(code=self.plan_code).first()
        return found.title if found else self.plan_code

    def get_indicator_code_display(self) -> str:
        """The indicator in Chinese; without a plan, only if all plans call it the same."""
        found = Indicator.objects.filter(
            code=self.indicator_code, counting__in=countings.reported()
        )
        if self.plan_code:
            found = found.filter(plan__code=self.plan_code)
        names = set(found.order_by().values_list("name", flat=True)[:2])
        return names.pop() if len(names) == 1 else self.indicator_code


class SeriesLayout(models.Model):
    """Which series the stored rows hold, in which order and for which years; at most one row."""

    keys = models.JSONField("序列")
    first_year = models.PositiveSmallIntegerField("起始年")
    last_year = models.PositiveSmallIntegerField("截止年")
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "序列目录"
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="indicators_serieslayout_only_one",
                violation_error_message="序列目录只有一条",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_year}-{self.last_year}"


class AreaSeries(models.Model):
    """One area's year: every series × 12 months as one compressed block; no row if all are zero.

    Rows are derived and written by the hundred thousand, so the unique pair is the only index;
    that the area exists is checked by `check_figures`, not for each row (ADR 0007).
    """

    area = models.ForeignKey(
        Area,
        models.CASCADE,
        related_name="+",
        verbose_name="区划",
        db_index=False,
        db_constraint=False,
    )
    year = models.PositiveSmallIntegerField("年份")
    blob = models.BinaryField("数据")

    class Meta:
        verbose_name = verbose_name_plural = "统计序列"
        constraints = [
            models.UniqueConstraint(
                fields=("area", "year"),
                name="indicators_areaseries_once",
                violation_error_message="该区划该年的统计序列已存在",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.year}"
