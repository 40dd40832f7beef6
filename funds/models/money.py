"""Money of funds: gifts and expenditures, in Decimal yuan; 万元 is a display unit."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from funds.privacy import ANONYMOUS, IS_NO_PERSON, names_a_person
from projects.models import Project
from reviews.models import KindDeclaration, Submission
from reviews.privacy import SensitiveText, masked_text
from reviews.querysets import SubmissionQuerySet


@dataclass(frozen=True)
class Stated:
    """What the row of a ledger states of a fund's money, in yuan, and the day of a list of funds."""

    balance: Decimal | None = None
    raised: Decimal | None = None
    spent: Decimal | None = None
    on: datetime.date | None = None


class FundRecord(Submission):
    """Abstract base of records that belong to a fund; their area is the fund's."""

    area_from: ClassVar[tuple[str, ...]] = ("fund",)
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "fund")

    #: What the row of a ledger states of the fund's money beside the record; never stored.
    stated: Stated | None = None

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
    """How a donation arrived; goods and services are entered at their appraised value.

    云南 方案 二（四）names the ways from 募捐箱 to 网络众筹, trusts and consumption, and services of
    companies; 鄂民发〔2024〕92号 二（一）4 names 每月捐 to 晚会捐, 财政匹配 and 金融产品收益.
    """

    CASH = "cash", "现金"
    TRANSFER = "transfer", "转账"
    ONLINE = "online", "线上平台"
    GOODS = "goods", "物资"
    SERVICE = "service", "服务折价"
    BOX = "box", "募捐箱"
    CODE = "code", "二维码"
    FAIR = "fair", "公益集市"
    SALE = "sale", "义卖"
    EXHIBITION = "exhibition", "义展"
    PERFORMANCE = "performance", "义演"
    AUCTION = "auction", "义拍"
    CROWDFUNDING = "crowdfunding", "网络众筹"
    MONTHLY = "monthly", "每月捐"
    SPORT = "sport", "运动捐"
    CONTEST = "contest", "赛事捐"
    GALA = "gala", "晚会捐"
    TRUST = "trust", "慈善信托"
    CONSUMPTION = "consumption", "慈善消费"
    MATCHING = "matching", "财政匹配"
    YIELD = "yield", "金融产品收益"
    OTHER = "other", "其他"


class Donation(FundRecord):
    """A donation of money, goods or services (渝中 annex no. 7), or the refund of an earlier one.

    The donor gets a receipt (慈善法 art. 38). A refund (退赠) names its gift, has a negative amount and
    counts on its own day, while its gift counts. State machine: see `reviews.models.Submission`.
    """

    fund = models.ForeignKey(
        "funds.Fund",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="donations",
        verbose_name="基金",
    )
    donated_on = models.DateField("捐赠日期")
    amount_yuan = models.DecimalField(
        "金额（元）", max_digits=16, decimal_places=2, help_text="物资按评估价折算"
    )
    donor_name = SensitiveText(
        "捐赠人", max_length=100, blank=True, is_personal=names_a_person, open_rows=IS_NO_PERSON
    )
    donor_type = models.CharField("捐赠人类型", max_length=12, choices=DonorType, blank=True)
    channel = models.CharField("捐赠方式", max_length=12, choices=DonationChannel, blank=True)
    channel_name = models.CharField("其他方式名称", max_length=30, blank=True)
    campaign = models.ForeignKey(
        "funds.Campaign",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="donations",
        verbose_name="募捐活动",
    )
    refund_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="refunds",
        limit_choices_to={"refund_of__isnull": True},
        verbose_name="退赠的原捐赠",
    )
    purpose = models.CharField("摘要或定向用途", max_length=200, blank=True)
    receipt_number = models.CharField("票据号", max_length=40, blank=True)
    handler = SensitiveText("经办人", max_length=50, blank=True)
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
            "channel_name",
            "amount_yuan",
            ("gift_shown", "退赠的原捐赠"),
            "purpose",
            "receipt_number",
        ),
        wide=("fund", "purpose"),
        prose=("purpose", "note"),
        not_copied=("donor_name", "receipt_number", "refund_of", "note"),
        persons_until="donated_on",
    )
    area_from: ClassVar[tuple[str, ...]] = ("fund", "refund_of")
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
                condition=Q(refund_of__isnull=True, amount_yuan__gt=0)
                | Q(refund_of__isnull=False, amount_yuan__lt=0),
                name="funds_donation_sign_of_money",
                violation_error_message="捐赠金额应大于0，退赠金额应小于0（填负数）",
            ),
        ]

    @classmethod
    @override
    def not_voided(cls) -> SubmissionQuerySet:
        """Leave out the refunds of void gifts, too."""
        return super().not_voided().exclude(refund_of__status="void")

    @override
    def complete(self) -> None:
        """Give a refund the fund and the area of its gift, and its donor where none is named."""
        gift = self.refund_of
        if gift is not None:
            self.fund_id = self.fund_id or gift.fund_id
            if not self.donor_name:
                self.donor_name, self.donor_type = gift.donor_name, gift.donor_type
        super().complete()

    def __str__(self) -> str:
        return f"{self.donor_shown} {self.amount_yuan}元"

    @property
    def gift_shown(self) -> str:
        """The day and amount of the gift of a refund, without the donor; empty for a gift."""
        gift = self.refund_of
        return f"{gift.donated_on} {gift.amount_yuan}元" if gift is not None else ""

    @property
    def donor_shown(self) -> str:
        """The donor's name for titles and lists, with a person's name masked.

        Without a type, a name that may be a person's is masked, too.
        """
        return masked_text(self, "donor_name") or ANONYMOUS


class Expenditure(FundRecord):
    """An expenditure of a fund, by resolution of its management group.

    State machine: see `reviews.models.Submission`.
    """

    fund = models.ForeignKey(
        "funds.Fund", models.PROTECT, related_name="expenditures", verbose_name="基金"
    )
    spent_on = models.DateField("支出日期")
    amount_yuan = models.DecimalField("金额（元）", max_digits=16, decimal_places=2)
    purpose = models.CharField("用途", max_length=200)
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="expenditures",
        verbose_name="资助项目",
    )
    resolution_number = models.CharField("决议编号", max_length=60, blank=True)
    handler = SensitiveText("经办人", max_length=50, blank=True)
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
        sealed=("spent_on", "fund", "purpose", "project", "amount_yuan"),
        sheet=110,
        exported=("spent_on", "fund", "purpose", "project", "amount_yuan", "resolution_number"),
        wide=("fund", "purpose", "project"),
        prose=("purpose", "note"),
        not_copied=("resolution_number", "note"),
        persons_until="spent_on",
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
