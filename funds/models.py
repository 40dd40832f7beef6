"""Charity funds and their money, in Decimal yuan; 万元 is a display unit."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from funds.privacy import masked_name, may_be_person
from orgs.models import Charity
from reviews.models import KindDeclaration, Submission, days_in_order, once
from reviews.querysets import SubmissionQuerySet


class FundLevel(models.TextChoices):
    """The level of a fund (渝中 方案 一、二（一）)."""

    STREET = "street", "街道级"
    COMMUNITY = "community", "社区级"


class Initiator(models.TextChoices):
    """Who set the fund up (云南 方案 二（四）)."""

    STREET = "street", "街道办事处"
    COMMUNITY = "community", "社区居委会"
    ENTERPRISE = "enterprise", "企业"
    ORGANISATION = "organisation", "社会组织"
    PERSON = "person", "个人"
    OTHER = "other", "其他"


class Fund(Submission):
    """A community charity fund: money in a host charity's account, under rules of its own.

    渝中 annex no. 1. A fund has no account or seal of its own (慈善法 art. 26). `closed_on` is the first
    day on which it no longer runs. State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("基金名称", max_length=100)
    level = models.CharField("基金级别", max_length=10, choices=FundLevel)
    host = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funds",
        verbose_name="依托组织档案",
    )
    host_name = models.CharField("依托慈善组织", max_length=100)
    host_credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    host_has_public_fundraising = models.BooleanField("依托组织具有公开募捐资格", default=False)
    initiator = models.CharField("发起主体", max_length=12, choices=Initiator, blank=True)
    established_on = models.DateField("设立日期")
    closed_on = models.DateField("终止日期", null=True, blank=True, help_text="自该日起不再运行")
    agreement_number = models.CharField("协议编号", max_length=60, blank=True)
    initial_yuan = models.DecimalField(
        "起始资金（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    committee_size = models.PositiveIntegerField("管委会（小组）人数", null=True, blank=True)
    leader = models.CharField("负责人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="funds",
        icon="savings",
        example={
            "area": "500103001003",
            "name": "重庆市渝中区慈善会华一坡社区邻里基金",
            "level": "community",
            "host_name": "重庆市渝中区慈善会",
            "host_has_public_fundraising": True,
            "initiator": "community",
            "established_on": "2026-03-01",
            "initial_yuan": "50000.00",
            "members": [{"name": "王某", "kind": "community", "duty": "组长"}],
        },
        sealed=("name", "level", "host_name", "established_on", "closed_on", "initial_yuan"),
        sheet=10,
        exported=(
            "name",
            "level",
            "host_name",
            "host_credit_code",
            "host_has_public_fundraising",
            "initiator",
            "established_on",
            "closed_on",
            "agreement_number",
            "initial_yuan",
            "committee_size",
        ),
        wide=("name", "level", "host_name", "host_has_public_fundraising"),
        searched=("host_name",),
        prose=("phone", "note"),
        not_copied=("name", "agreement_number", "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("name",),
        ("area_id", "agreement_number"),
    )
    follows: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "host": ("host_name", "host_credit_code", "host_has_public_fundraising")
    }
    date_field: ClassVar[str] = "established_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "社区慈善基金"
        indexes = [
            models.Index(fields=("established_on",), name="funds_fund_established_on"),
            models.Index(fields=("closed_on",), name="funds_fund_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once("area", "name", name="funds_fund_name_once", message="同一地区已有同名基金"),
            days_in_order(
                "established_on",
                "closed_on",
                name="funds_fund_dates_in_order",
                message="终止日期不能早于设立日期",
            ),
            models.CheckConstraint(
                condition=Q(initial_yuan__isnull=True) | Q(initial_yuan__gte=0),
                name="funds_fund_money_not_negative",
                violation_error_message="金额不能为负数",
            ),
        ]

    @classmethod
    @override
    def counted_elsewhere(cls, transition_id: uuid.UUID) -> set[str]:
        """Return the areas of the funds' money, which counts only while its fund is approved."""
        moved = {"fund__transition_id": transition_id}
        return {
            area
            for model in (Donation, Expenditure)
            for area in model.objects.filter(**moved).values_list("area_id", flat=True).distinct()
        }

    @override
    def complete(self) -> None:
        """Fill in the host's name and code when the host is on file."""
        if self.host is not None and not self.host_name:
            self.host_name = self.host.name
            self.host_credit_code = self.host_credit_code or self.host.credit_code
            self.host_has_public_fundraising = self.host.has_public_fundraising


class MemberKind(models.TextChoices):
    """The five kinds of members of a management group (鄂民发〔2024〕92号 二（一）5)."""

    STREET = "street", "街道（乡镇）有关负责人"
    COMMUNITY = "community", "社区（村）负责人"
    HOST = "host", "基金设立机构指定人员"
    DONOR = "donor", "捐赠人"
    RESIDENT = "resident", "居民代表"


class FundMember(models.Model):
    """A member of a fund's management group."""

    fund = models.ForeignKey(Fund, models.CASCADE, related_name="members", verbose_name="基金")
    name = models.CharField("姓名", max_length=50)
    kind = models.CharField("身份", max_length=10, choices=MemberKind)
    duty = models.CharField("职务", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "管理小组成员"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("fund", "name", "kind"),
                name="funds_fundmember_once",
                violation_error_message="该成员已登记",
            )
        ]

    def __str__(self) -> str:
        return self.name


class FundRecord(Submission):
    """Abstract base of records that belong to a fund; their area is the fund's."""

    area_from: ClassVar[str] = "fund"
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "fund")

    class Meta(Submission.Meta):
        abstract = True

    @classmethod
    @override
    def not_voided(cls) -> SubmissionQuerySet:
        """Leave out the money of void funds, too: it does not stand."""
        return super().not_voided().exclude(fund__status="void")


class DonorType(models.TextChoices):
    """The type of a donor."""

    PERSON = "person", "个人"
    ENTERPRISE = "enterprise", "企业"
    INSTITUTION = "institution", "单位"
    ORGANISATION = "organisation", "社会组织"
    OTHER = "other", "其他"


class DonationChannel(models.TextChoices):
    """How a donation arrived; goods are entered at their appraised value."""

    CASH = "cash", "现金"
    TRANSFER = "transfer", "转账"
    ONLINE = "online", "线上平台"
    GOODS = "goods", "物资"
    BOX = "box", "募捐箱"
    OTHER = "other", "其他"


class Donation(FundRecord):
    """A donation of money or goods (渝中 annex no. 7); the donor gets a receipt (慈善法 art. 38).

    State machine: see `reviews.models.Submission`.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="donations", verbose_name="基金"
    )
    donated_on = models.DateField("捐赠日期")
    amount_yuan = models.DecimalField(
        "金额（元）", max_digits=16, decimal_places=2, help_text="物资按评估价折算"
    )
    donor_name = models.CharField("捐赠人", max_length=100, blank=True)
    donor_type = models.CharField("捐赠人类型", max_length=12, choices=DonorType, blank=True)
    channel = models.CharField("捐赠方式", max_length=10, choices=DonationChannel, blank=True)
    purpose = models.CharField("摘要或定向用途", max_length=200, blank=True)
    receipt_number = models.CharField("票据号", max_length=40, blank=True)
    handler = models.CharField("经办人", max_length=50, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="donations",
        icon="volunteer_activism",
        example={
            "fund": 1,
            "donated_on": "2026-04-01",
            "amount_yuan": "1200.00",
            "donor_name": "某科技公司",
            "donor_type": "enterprise",
            "channel": "transfer",
            "receipt_number": "渝财00000001",
        },
        sealed=("donated_on", "fund", "channel", "amount_yuan", "receipt_number"),
        sheet=100,
        exported=(
            "donated_on",
            "fund",
            ("donor_shown", "捐赠人"),
            "donor_type",
            "channel",
            "amount_yuan",
            "purpose",
            "receipt_number",
        ),
        wide=("fund", "purpose"),
        prose=("purpose", "note"),
        not_copied=("donor_name", "receipt_number", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = (
        "area_id",
        "fund_id",
        "donated_on",
        "amount_yuan",
        "donor_name",
        "receipt_number",
    )
    numbers: ClassVar[tuple[str, ...]] = ("receipt_number",)
    number_scope: ClassVar[str] = "fund_id"
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("fund_id", "receipt_number"),)
    title_field: ClassVar[str] = "purpose"
    date_field: ClassVar[str] = "donated_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "捐赠收入"
        indexes = [models.Index(fields=("donated_on",), name="funds_donation_donated_on")]
        constraints = [
            *Submission.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="funds_donation_money_positive",
                violation_error_message="捐赠金额应大于0",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donor_shown} {self.amount_yuan}元"

    @property
    def donor_shown(self) -> str:
        """The donor's name for titles and lists, with a person's name masked.

        Without a type, a name that may be a person's is masked, too.
        """
        name = self.donor_name or "匿名"
        is_person = self.donor_type == DonorType.PERSON
        is_unsaid = not self.donor_type and may_be_person(name)
        return masked_name(name) if name != "匿名" and (is_person or is_unsaid) else name


class Expenditure(FundRecord):
    """An expenditure of a fund, by resolution of its management group.

    State machine: see `reviews.models.Submission`.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="expenditures", verbose_name="基金")
    spent_on = models.DateField("支出日期")
    amount_yuan = models.DecimalField("金额（元）", max_digits=16, decimal_places=2)
    purpose = models.CharField("用途", max_length=200)
    resolution_number = models.CharField("决议编号", max_length=60, blank=True)
    handler = models.CharField("经办人", max_length=50, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="expenditures",
        icon="payments",
        example={
            "fund": 1,
            "spent_on": "2026-05-06",
            "amount_yuan": "300.00",
            "purpose": "为独居老人购置防滑垫",
            "resolution_number": "管委会〔2026〕3号",
        },
        sealed=("spent_on", "fund", "purpose", "amount_yuan"),
        sheet=110,
        exported=("spent_on", "fund", "purpose", "amount_yuan", "resolution_number"),
        wide=("fund", "purpose"),
        prose=("purpose", "note"),
        not_copied=("resolution_number", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("fund_id", "spent_on", "amount_yuan", "purpose")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("fund_id", "spent_on", "purpose"),)
    title_field: ClassVar[str] = "purpose"
    date_field: ClassVar[str] = "spent_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "基金支出"
        indexes = [models.Index(fields=("spent_on",), name="funds_expenditure_spent_on")]
        constraints = [
            *Submission.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_yuan__gt=0),
                name="funds_expenditure_money_positive",
                violation_error_message="支出金额应大于0",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.amount_yuan}元"
