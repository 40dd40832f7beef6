"""Figures without records: opening balances and manual figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from typing_extensions import override

from indicators import countings
from indicators.measures import MEASURES
from indicators.models.indicators import Indicator
from indicators.models.named_by_code import (
    names_in_plans,
    only_name,
    plan_titles,
    title_of_plan,
)
from reviews.models import KindDeclaration, Submission, once


class Covers(models.TextChoices):
    """The time that an opening balance covers."""

    ALL = "all", "历年累计"
    YEAR = "year", "本年累计"


class OpeningBalance(Submission):
    """What existed before the platform kept records (期初数), with evidence.

    A stock or a cumulative figure takes `all`, a yearly figure takes `year` of its own year.
    Amounts are in yuan. `is_more_than`: the evidence says “1200多万元”; the quantity is what is certain,
    and counts as it is. State machine: see `reviews.models.Submission`.
    """

    measure = models.CharField("计量", max_length=40)
    as_of = models.DateField("截至日期")
    covers = models.CharField("期间", max_length=4, choices=Covers)
    quantity = models.DecimalField("数量", max_digits=16, decimal_places=2, help_text="金额以元计")
    is_more_than = models.BooleanField("多于此数", default=False)
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
        sealed=("measure", "as_of", "covers", "quantity", "is_more_than", "evidence"),
        sheet=120,
        exported=(
            "measure",
            "as_of",
            "covers",
            "quantity",
            ("unit", "单位"),
            "is_more_than",
            "evidence",
        ),
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

    @property
    def unit(self) -> str:
        """The unit of the quantity: 元, 支."""
        return self.unit_of("quantity", self.measure)

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
        plans, names = plan_titles(), names_in_plans(Indicator)

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
        return title_of_plan(self.plan_code)

    def get_indicator_code_display(self) -> str:
        """The indicator in Chinese; without a plan, only if all plans call it the same."""
        found = Indicator.objects.filter(code=self.indicator_code)
        if self.plan_code:  # whether or not it is still reported by hand
            found = found.filter(plan__code=self.plan_code)
        else:
            found = found.filter(counting__in=countings.reported())
        return only_name(found, self.indicator_code)
