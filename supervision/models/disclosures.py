"""Disclosures of charities, funds, campaigns, projects and community organisations to the public."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from funds.models import Campaign, Fund
from orgs.models import Charity, CommunityOrg
from projects.models import Project
from reviews.models import KindDeclaration, Submission, at_most_one

#: What a disclosure may be about: it names one of them.
DISCLOSED = ("charity", "fund", "campaign", "project", "organisation")


class DisclosureKind(models.TextChoices):
    """What is disclosed (慈善组织信息公开办法，民政部令第81号)."""

    BASICS = "basics", "基本信息"
    ANNUAL = "annual", "年度工作报告和财务会计报告"
    CAMPAIGN = "campaign", "公开募捐情况"
    PROJECT = "project", "慈善项目实施情况"
    MONEY = "money", "基金收支情况"
    EVENT = "event", "重大事项"
    RELATED = "related", "关联方和关联交易"
    TRUST = "trust", "慈善信托情况"
    RULES = "rules", "管理办法和制度"
    DECISION = "decision", "决策事项"
    SPENDING = "spending", "资金使用情况"
    ACTIVITY = "activity", "活动开展情况"
    OTHER = "other", "其他"


class DisclosurePlatform(models.TextChoices):
    """Where it is disclosed."""

    CHARITY_CHINA = "charity_china", "慈善中国"
    OWN_SITE = "own_site", "本组织网站"
    BUREAU_SITE = "bureau_site", "民政部门网站"
    SOCIAL = "social", "微信公众号等新媒体"
    PRESS = "press", "报刊、广播、电视"
    BOARD = "board", "公示栏"
    OTHER = "other", "其他"


class Disclosure(Submission):
    """One disclosure (信息公开) of a charity, a fund, a campaign, a project or a community organisation.

    鄂民发〔2024〕92号 二（一）5–6, 云南 方案 二（五）7, 三（四); what a community organisation decides,
    spends and does is shown in its community (渝北民〔2021〕114号 三（四）3). State machine: see
    `reviews.models.Submission`.
    """

    charity = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosures",
        verbose_name="慈善组织",
    )
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="disclosures", verbose_name="基金"
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosures",
        verbose_name="募捐活动",
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosures",
        verbose_name="慈善项目",
    )
    organisation = models.ForeignKey(
        CommunityOrg,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="disclosures",
        verbose_name="社区社会组织",
    )
    kind = models.CharField("公开内容", max_length=10, choices=DisclosureKind)
    title = models.CharField("公开标题", max_length=200)
    period = models.CharField("所属期间", max_length=7, blank=True)
    happened_on = models.DateField("事项发生日期", null=True, blank=True)
    disclosed_on = models.DateField("公开日期")
    platform = models.CharField("公开平台", max_length=14, choices=DisclosurePlatform)
    address = models.CharField("网址", max_length=300, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="disclosures",
        icon="public",
        example={
            "charity": 1,
            "kind": "annual",
            "title": "2025年度工作报告和财务会计报告",
            "period": "2025",
            "disclosed_on": "2026-03-20",
            "platform": "charity_china",
            "address": "https://cszg.mca.gov.cn/annual/1",
        },
        sealed=(*DISCLOSED, "kind", "period", "disclosed_on"),
        sheet=150,
        exported=(
            *DISCLOSED,
            "kind",
            "title",
            "period",
            "happened_on",
            "disclosed_on",
            "platform",
            "address",
        ),
        wide=(*DISCLOSED, "title", "address"),
        searched=("address",),
        prose=("address", "note"),
        not_copied=("title", "address", "note"),
    )
    #: The field that names the period which a disclosure is for; it may be empty.
    for_period: ClassVar[str] = "period"
    area_from: ClassVar[tuple[str, ...]] = (
        "fund",
        "campaign",
        "project",
        "organisation",
        "charity",
    )
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", *DISCLOSED)
    likeness: ClassVar[tuple[str, ...]] = (
        "charity_id",
        "fund_id",
        "campaign_id",
        "project_id",
        "organisation_id",
        "kind",
        "period",
        "disclosed_on",
        "platform",
        "title",
    )
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("charity_id", "kind", "period", "platform"),
        ("fund_id", "kind", "period", "platform"),
        ("organisation_id", "kind", "period", "platform"),
        ("address",),
    )
    title_field: ClassVar[str] = "title"
    date_field: ClassVar[str] = "disclosed_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "信息公开"
        indexes = [
            models.Index(fields=("disclosed_on",), name="supervision_disclosed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            at_most_one(
                *DISCLOSED,
                name="supervision_disclosure_one_object",
                message="“慈善组织”“基金”“募捐活动”“慈善项目”“社区社会组织”只能选填一项",
            ),
        ]
