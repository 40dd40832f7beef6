"""Audit reports of charities and funds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from typing_extensions import override

from funds.models import Fund
from orgs.models import Charity
from reviews.models import KindDeclaration, Submission, at_most_one


class AuditOpinion(models.TextChoices):
    """The opinion of an auditor (中国注册会计师审计准则第1501、1502号)."""

    UNQUALIFIED = "unqualified", "无保留意见"
    QUALIFIED = "qualified", "保留意见"
    ADVERSE = "adverse", "否定意见"
    DISCLAIMER = "disclaimer", "无法表示意见"


class AuditReport(Submission):
    """The audit report (审计报告) of a charity or a fund for a year.

    鄂民发〔2024〕92号 二（一）5–6: charities by 31 March for the year before, funds every year. State
    machine: see `reviews.models.Submission`.
    """

    charity = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_reports",
        verbose_name="慈善组织",
    )
    fund = models.ForeignKey(
        Fund,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="audit_reports",
        verbose_name="基金",
    )
    year = models.CharField("审计年度", max_length=4)
    reported_on = models.DateField("报告日期")
    auditor = models.CharField("审计机构", max_length=100)
    report_number = models.CharField("报告文号", max_length=60, blank=True)
    opinion = models.CharField("审计意见", max_length=12, choices=AuditOpinion)
    income_yuan = models.DecimalField(
        "收入合计（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    expense_yuan = models.DecimalField(
        "费用合计（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    charity_expense_yuan = models.DecimalField(
        "其中慈善活动支出（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    management_yuan = models.DecimalField(
        "其中管理费用（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    net_assets_yuan = models.DecimalField(
        "年末净资产（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    problems = models.CharField("审计指出的问题", max_length=500, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="audit-reports",
        icon="policy",
        example={
            "charity": 1,
            "year": "2025",
            "reported_on": "2026-03-01",
            "auditor": "某会计师事务所",
            "opinion": "unqualified",
            "income_yuan": "300000.00",
            "expense_yuan": "260000.00",
        },
        sealed=("charity", "fund", "year", "auditor", "opinion", "reported_on"),
        sheet=145,
        exported=(
            "charity",
            "fund",
            "year",
            "reported_on",
            "auditor",
            "report_number",
            "opinion",
            "income_yuan",
            "expense_yuan",
            "charity_expense_yuan",
            "management_yuan",
            "net_assets_yuan",
            "problems",
        ),
        wide=("charity", "fund", "auditor", "problems"),
        prose=("problems", "note"),
        not_copied=("report_number", "problems", "note"),
    )
    #: The field that names the period which a report is for.
    for_period: ClassVar[str] = "year"
    area_from: ClassVar[tuple[str, ...]] = ("fund", "charity")
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "charity", "fund")
    likeness: ClassVar[tuple[str, ...]] = (
        "charity_id",
        "fund_id",
        "year",
        "reported_on",
        "auditor",
    )
    numbers: ClassVar[tuple[str, ...]] = ("report_number",)
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("charity_id", "year"),
        ("fund_id", "year"),
    )
    title_field: ClassVar[str] = "auditor"
    date_field: ClassVar[str] = "reported_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "审计报告"
        indexes = [models.Index(fields=("reported_on",), name="supervision_audit_reported_on")]
        constraints = [
            *Submission.Meta.constraints,
            at_most_one(
                "charity",
                "fund",
                name="supervision_auditreport_one_object",
                message="“慈善组织”“基金”只能选填一项",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.charity or self.fund or '未选对象'}{self.year}年度审计报告"
