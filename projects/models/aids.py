"""Aid given to people in difficulty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from projects.models.choices import SERVICES
from projects.models.projects import Project
from reviews.models import KindDeclaration, Submission
from reviews.models.choice_lists import all_words


class AidGroup(models.TextChoices):
    """The groups of people in difficulty (一老、一小、一困、一残), and 特殊人群 (渝中 方案 二（三）)."""

    ELDERLY = "elderly", "一老"
    CHILDREN = "children", "一小"
    HARDSHIP = "hardship", "一困"
    DISABLED = "disabled", "一残"
    SPECIAL = "special", "特殊人群"
    OTHER = "other", "其他"


class Aid(Submission):
    """Aid given to people in difficulty, in 人次, without their names (渝中 annex no. 8)."""

    helped_on = models.DateField("日期")
    group = models.CharField("对象类别", max_length=10, choices=AidGroup)
    content = models.CharField("帮扶内容", max_length=200)
    service = models.CharField(
        "服务类别",
        max_length=20,
        choices=[(word, word) for word in all_words(SERVICES)],
        blank=True,
    )
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
            "service": "助餐助浴",
            "person_times": 12,
            "amount_yuan": "600.00",
        },
        sealed=("helped_on", "group", "content", "person_times", "amount_yuan"),
        sheet=80,
        exported=("helped_on", "group", "content", "service", "person_times", "amount_yuan"),
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
