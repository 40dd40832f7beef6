"""Guidance of funds by the bureau: who went where, and what was found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from typing_extensions import override

from funds.models import Fund
from orgs.models import Charity
from reviews.models import KindDeclaration, Submission, at_most_one, days_in_order
from reviews.privacy import SensitiveText
from supervision.life import Case, Finding


class GuidanceForm(models.TextChoices):
    """How guidance was given."""

    VISIT = "visit", "实地走访"
    MEETING = "meeting", "座谈会议"
    TRAINING = "training", "集中培训"
    PAPERS = "papers", "查阅资料"
    REMOTE = "remote", "电话或线上"
    OTHER = "other", "其他"


class GuidanceVisit(Submission):
    """One guidance visit (工作指导): to a fund, a charity, or a street as such.

    鄂民发〔2024〕92号 二（一）6: every 旗区 at least once in a quarter; 云南 方案 三（四）: streets are guided
    in how they supervise money. What is found wrong is put right by a `Rectification`. State
    machine: see `reviews.models.Submission`.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="基金"
    )
    charity = models.ForeignKey(
        Charity, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="慈善组织"
    )
    number = models.CharField("指导编号", max_length=60, blank=True)
    visited_on = models.DateField("指导日期")
    period = models.CharField("所属季度", max_length=7, blank=True)
    guide_name = models.CharField("指导单位", max_length=100, blank=True)
    visitors = SensitiveText("指导人员", max_length=200, blank=True)
    form = models.CharField("指导方式", max_length=10, choices=GuidanceForm)
    content = models.CharField("指导内容", max_length=500)
    problems = models.CharField("发现的问题", max_length=500, blank=True)
    rectify_by = models.DateField("整改期限", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="guidance-visits",
        icon="tour",
        example={
            "area": "500103001003",
            "visited_on": "2026-03-12",
            "guide_name": "渝中区民政局",
            "form": "visit",
            "content": "查看基金账目，指导管理小组议事",
        },
        sealed=(
            "visited_on",
            "period",
            "fund",
            "charity",
            "form",
            "content",
            "problems",
            "rectify_by",
        ),
        sheet=140,
        exported=(
            "visited_on",
            "period",
            "number",
            "fund",
            "charity",
            "guide_name",
            "form",
            "content",
            "problems",
            "rectify_by",
        ),
        wide=("fund", "charity", "guide_name", "content", "problems"),
        searched=("number", "problems"),
        prose=("visitors", "content", "problems", "note"),
        not_copied=("period", "number", "problems", "note"),
        persons_until="visited_on",
    )
    #: The field that names the quarter which a visit is for; empty where its day decides.
    for_period: ClassVar[str] = "period"
    period_months: ClassVar[int] = 3
    area_from: ClassVar[tuple[str, ...]] = ("fund",)
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "fund", "charity")
    likeness: ClassVar[tuple[str, ...]] = (
        "area_id",
        "visited_on",
        "period",
        "fund_id",
        "charity_id",
        "form",
        "content",
    )
    numbers: ClassVar[tuple[str, ...]] = ("number",)
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("number",),
        ("area_id", "visited_on", "content"),
    )
    title_field: ClassVar[str] = "content"
    date_field: ClassVar[str] = "visited_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "工作指导"
        indexes = [models.Index(fields=("visited_on",), name="supervision_guidance_visited")]
        constraints = [
            *Submission.Meta.constraints,
            at_most_one(
                "fund",
                "charity",
                name="supervision_guidancevisit_one_object",
                message="“基金”“慈善组织”只能选填一项",
            ),
            days_in_order(
                "visited_on",
                "rectify_by",
                name="supervision_guidancevisit_dates_in_order",
                message="整改期限不能早于指导日期",
            ),
        ]

    @property
    def case(self) -> Case | None:
        """What its rectifications depend on; None while its day is missing."""
        if not self.visited_on:
            return None
        finding = Finding.PROBLEMS if self.rectify_by else Finding.SOUND
        return Case(f"{self.visited_on}的工作指导", self.visited_on, finding, self.rectify_by)

    @override
    def __str__(self) -> str:
        return f"{self.content[:30]}（{self.visited_on}）"
