"""Contracts by which a street buys professional services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from orgs.models import CommunityOrg
from projects.models.choices import SUPPORT, FundingField, FundingSource
from reviews.models import ChoiceListField, KindDeclaration, Submission, days_in_order, once


class AcceptanceResult(models.TextChoices):
    """What the acceptance of a bought service showed."""

    GOOD = "good", "合格"
    FAIR = "fair", "基本合格"
    BAD = "bad", "不合格"


class ServiceContract(Submission):
    """A contract (购买服务合同) of a street with an organisation (渝中 方案 二（六）), paid from the money
    of one field of public work (云南 方案 三（三）).

    The area is the buyer's. From the day after `ends_on`, or from `closed_on` where it ended early, it
    runs no more; it is done when it has been accepted. State machine: see
    `reviews.models.Submission`.
    """

    name = models.CharField("合同名称", max_length=100)
    number = models.CharField("合同编号", max_length=60, blank=True)
    buyer = models.CharField("购买方", max_length=100, blank=True)
    provider_org = models.ForeignKey(
        CommunityOrg,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name="承接组织",
    )
    provider = models.CharField("承接机构", max_length=100)
    support = ChoiceListField("购买内容", groups=SUPPORT)
    other_support = models.CharField("其他购买内容", max_length=100, blank=True)
    amount_yuan = models.DecimalField("合同金额（元）", max_digits=16, decimal_places=2)
    funding_field = models.CharField("经费领域", max_length=13, choices=FundingField, blank=True)
    funding = models.CharField("资金类别", max_length=11, choices=FundingSource, blank=True)
    funder = models.CharField("出资部门", max_length=100, blank=True)
    signed_on = models.DateField("签订日期")
    starts_on = models.DateField("服务起始日期")
    ends_on = models.DateField("服务截止日期")
    closed_on = models.DateField("提前终止日期", null=True, blank=True)
    accepted_on = models.DateField("验收日期", null=True, blank=True)
    acceptance = models.CharField("验收结果", max_length=5, choices=AcceptanceResult, blank=True)
    opinion = models.CharField("验收意见", max_length=300, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="service-contracts",
        icon="contract",
        example={
            "area": "500103001",
            "name": "七星岗街道社区慈善支持服务",
            "number": "七购〔2026〕3号",
            "provider": "某社会工作服务中心",
            "support": "社区慈善基金运行管理、慈善项目策划",
            "amount_yuan": "80000.00",
            "signed_on": "2026-03-01",
            "starts_on": "2026-03-05",
            "ends_on": "2026-03-20",
            "accepted_on": "2026-03-25",
            "acceptance": "good",
        },
        sealed=("name", "provider", "support", "amount_yuan", "starts_on", "ends_on"),
        sheet=233,
        exported=(
            "name",
            "number",
            "buyer",
            "provider",
            "provider_org",
            "support",
            "other_support",
            "amount_yuan",
            "funding_field",
            "funding",
            "funder",
            "signed_on",
            "starts_on",
            "ends_on",
            "closed_on",
            "accepted_on",
            "acceptance",
            "opinion",
        ),
        wide=("name", "provider", "support", "opinion"),
        searched=("provider",),
        prose=("other_support", "funder", "opinion", "note"),
        not_copied=("name", "number", "opinion", "note"),
    )
    follows: ClassVar[Mapping[str, tuple[str, ...]]] = {"provider_org": ("provider",)}
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name", "signed_on")
    numbers: ClassVar[tuple[str, ...]] = ("number",)
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("number",),)
    date_field: ClassVar[str] = "signed_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "购买服务合同"
        indexes = [
            models.Index(fields=("signed_on",), name="projects_contract_signed_on"),
            models.Index(fields=("ends_on",), name="projects_contract_ends_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                "signed_on",
                name="projects_servicecontract_name_once",
                message="同一地区同日签订的同名合同已存在",
            ),
            days_in_order(
                "starts_on",
                "ends_on",
                name="projects_servicecontract_dates_in_order",
                message="服务截止日期不能早于服务起始日期",
            ),
            models.CheckConstraint(
                condition=Q(amount_yuan__gte=0),
                name="projects_servicecontract_money_not_negative",
                violation_error_message="金额不能为负数",
            ),
        ]

    @override
    def complete(self) -> None:
        """Fill in the name of the provider that is on file."""
        if self.provider_org is not None and not self.provider:
            self.provider = self.provider_org.name
