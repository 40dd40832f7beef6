"""Charity projects and the aid given to people in difficulty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from reviews.models import KindDeclaration, Submission, days_in_order, once


class ProjectSource(models.TextChoices):
    """The source of a project's money."""

    FUND = "fund", "社区慈善基金"
    PROCUREMENT = "procurement", "政府购买服务"
    VENTURE = "venture", "公益创投"
    MICRO_TASK = "micro_task", "民生小实事"
    DONATION = "donation", "社会捐赠"
    LOTTERY = "lottery", "福利彩票公益金"
    OTHER = "other", "其他"


class Project(Submission):
    """A community charity project (渝中 annex nos. 5 and 6).

    `is_aid` marks a project for 特殊困难对象 (一老一小, 一困一残), which counts for no. 6 in addition to no. 5.
    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("项目名称", max_length=100)
    category = models.CharField("项目类别", max_length=30, blank=True)
    for_elderly = models.BooleanField("一老", default=False)
    for_children = models.BooleanField("一小", default=False)
    for_hardship = models.BooleanField("一困", default=False)
    for_disabled = models.BooleanField("一残", default=False)
    is_aid = models.BooleanField("是否帮扶项目", default=False)
    is_micro = models.BooleanField("小微项目", default=False)
    implementer = models.CharField("实施单位", max_length=100, blank=True)
    source = models.CharField("资金来源", max_length=12, choices=ProjectSource, blank=True)
    fund = models.ForeignKey(
        "funds.Fund",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="资助基金",
    )
    site = models.CharField("实施地点", max_length=100, blank=True)
    budget_yuan = models.DecimalField(
        "预算（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    spent_yuan = models.DecimalField(
        "实际支出（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    starts_on = models.DateField("开始时间")
    ends_on = models.DateField("结束时间", null=True, blank=True, help_text="进行中的项目留空")
    people = models.PositiveIntegerField("受益人数", null=True, blank=True)
    person_times = models.PositiveIntegerField("受益人次", null=True, blank=True)
    volunteer_times = models.PositiveIntegerField("志愿者人次", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="projects",
        icon="folder_special",
        example={
            "area": "500103001003",
            "name": "华一坡社区助老项目",
            "for_elderly": True,
            "is_aid": True,
            "starts_on": "2026-03-01",
            "budget_yuan": "20000.00",
        },
        sealed=("name", "category", "is_aid", "starts_on", "ends_on", "budget_yuan", "spent_yuan"),
        sheet=70,
        exported=(
            "name",
            "category",
            "for_elderly",
            "for_children",
            "for_hardship",
            "for_disabled",
            "is_aid",
            "is_micro",
            "implementer",
            "site",
            "source",
            "fund",
            "budget_yuan",
            "spent_yuan",
            "starts_on",
            "ends_on",
            "people",
            "person_times",
            "volunteer_times",
        ),
        wide=("name", "site", "fund"),
        searched=("implementer",),
        prose=("site", "note"),
        not_copied=("name", "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name", "starts_on")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "name"),)
    date_field: ClassVar[str] = "starts_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "公益慈善项目"
        indexes = [models.Index(fields=("starts_on",), name="projects_project_starts_on")]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                "starts_on",
                name="projects_project_name_once",
                message="同一地区同日开始的同名项目已存在",
            ),
            days_in_order(
                "starts_on",
                "ends_on",
                name="projects_project_dates_in_order",
                message="结束时间不能早于开始时间",
            ),
            models.CheckConstraint(
                condition=(Q(budget_yuan__isnull=True) | Q(budget_yuan__gte=0))
                & (Q(spent_yuan__isnull=True) | Q(spent_yuan__gte=0)),
                name="projects_project_money_not_negative",
                violation_error_message="金额不能为负数",
            ),
        ]


class AidGroup(models.TextChoices):
    """The four groups of people in difficulty (一老、一小、一困、一残)."""

    ELDERLY = "elderly", "一老"
    CHILDREN = "children", "一小"
    HARDSHIP = "hardship", "一困"
    DISABLED = "disabled", "一残"
    OTHER = "other", "其他"


class Aid(Submission):
    """Aid given to people in difficulty, in 人次, without their names (渝中 annex no. 8)."""

    helped_on = models.DateField("日期")
    group = models.CharField("对象类别", max_length=10, choices=AidGroup)
    content = models.CharField("帮扶内容", max_length=200)
    person_times = models.PositiveIntegerField("帮扶人次")
    amount_yuan = models.DecimalField(
        "金额（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="aids",
        verbose_name="所属项目",
    )
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="aids",
        icon="handshake",
        example={
            "area": "500103001003",
            "helped_on": "2026-03-03",
            "group": "elderly",
            "content": "助餐",
            "person_times": 12,
            "amount_yuan": "600.00",
        },
        sealed=("helped_on", "group", "content", "person_times", "amount_yuan"),
        sheet=80,
        exported=("helped_on", "group", "content", "person_times", "amount_yuan"),
        wide=("content",),
        prose=("content", "note"),
        not_copied=("note",),
    )
    likeness: ClassVar[tuple[str, ...]] = (
        "area_id",
        "helped_on",
        "group",
        "content",
        "person_times",
        "amount_yuan",
    )
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "helped_on", "content"),)
    title_field: ClassVar[str] = "content"
    date_field: ClassVar[str] = "helped_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "帮扶记录"
        indexes = [models.Index(fields=("helped_on",), name="projects_aid_helped_on")]
        constraints = [
            *Submission.Meta.constraints,
            models.CheckConstraint(
                condition=Q(amount_yuan__isnull=True) | Q(amount_yuan__gte=0),
                name="projects_aid_money_not_negative",
                violation_error_message="金额不能为负数",
            ),
        ]
