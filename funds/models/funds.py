"""Community charity funds and their management groups; amounts in Decimal yuan."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from funds.models.money import Donation, Expenditure, Stated
from orgs.models import Charity
from reviews.fields import label_of
from reviews.models import KindDeclaration, Submission, days_in_order, once
from reviews.privacy import SensitiveText, UniqueTexts, masked_text


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


class MoneySource(models.TextChoices):
    """What a fund lives on (鄂民发〔2024〕92号 二（一）3)."""

    PUBLIC = "public", "公开募捐"
    OWN = "own", "机构可支配资金"
    BOTH = "both", "公开募捐和可支配资金"
    OTHER = "other", "其他"


#: The five domains in which a fund serves (鄂民发〔2024〕92号 二（一）3).
DOMAINS = ("for_hardship", "for_care", "for_illness", "for_volunteering", "for_development")

#: The days on which the four rules of a fund were made (渝中 方案 二（一）).
RULES = ("raising_rule_on", "management_rule_on", "use_rule_on", "oversight_rule_on")


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
    money_source = models.CharField("资金来源", max_length=8, choices=MoneySource, blank=True)
    for_hardship = models.BooleanField("困难帮扶", default=False)
    for_care = models.BooleanField("关心关爱", default=False)
    for_illness = models.BooleanField("大病救助", default=False)
    for_volunteering = models.BooleanField("志愿服务", default=False)
    for_development = models.BooleanField("支持发展", default=False)
    other_domain = models.CharField("其他服务领域", max_length=60, blank=True)
    is_working_fund = models.BooleanField("镇街工作基金", default=False)
    raising_rule_on = models.DateField("募集制度建立日期", null=True, blank=True)
    management_rule_on = models.DateField("管理制度建立日期", null=True, blank=True)
    use_rule_on = models.DateField("使用制度建立日期", null=True, blank=True)
    oversight_rule_on = models.DateField("监督制度建立日期", null=True, blank=True)
    rules_document = models.CharField("制度文件", max_length=200, blank=True)
    committee_size = models.PositiveIntegerField("管委会（小组）人数", null=True, blank=True)
    leader = SensitiveText("负责人", max_length=50, blank=True)
    phone = SensitiveText("联系电话", max_length=30, blank=True)
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
            "money_source",
            *DOMAINS,
            "other_domain",
            "is_working_fund",
            *RULES,
            "rules_document",
            "committee_size",
        ),
        wide=("name", "level", "host_name", "host_has_public_fundraising", "rules_document"),
        searched=("host_name",),
        prose=("phone", "other_domain", "rules_document", "note"),
        not_copied=("name", "agreement_number", "rules_document", "note"),
        persons_until="closed_on",
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

    #: What the row of a ledger names and states beside the record: (name, kind, duty) of members.
    members_named: tuple[tuple[str, str, str], ...] = ()
    stated: Stated | None = None

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

    @property
    def domains(self) -> list[str]:
        """The domains in which the fund serves, in words."""
        named = [label_of(self, name) for name in DOMAINS if getattr(self, name)]
        return [*named, *([self.other_domain] if self.other_domain else [])]

    @property
    def rules_missing(self) -> list[str]:
        """Which of the four rules have no day, in words: 募集、管理、使用、监督."""
        return [label_of(self, name)[:2] for name in RULES if getattr(self, name) is None]

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
    name = SensitiveText("姓名", max_length=50, is_searched=True)
    kind = models.CharField("身份", max_length=10, choices=MemberKind)
    duty = models.CharField("职务", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "管理小组成员"
        ordering = ("pk",)
        constraints = [
            UniqueTexts(
                fields=("fund", "name", "kind"),
                digested=("name",),
                name="funds_fundmember_once",
                violation_error_message="该成员已登记",
            )
        ]

    def __str__(self) -> str:
        return masked_text(self, "name")
