"""The people of community charity: who they are is shown to few (`reviews.privacy`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from typing_extensions import override

from orgs.models.community_orgs import CommunityOrg
from reviews.models import KindDeclaration, Submission, days_in_order
from reviews.privacy import SensitiveText, masked_text


class TalentRole(models.TextChoices):
    """What somebody does (渝北 三（二）1 骨干; 鄂尔多斯 二（一）8 实施、督导、评估; 云南 三（二）)."""

    LEADER = "leader", "骨干"
    PROJECT = "project", "项目实施"
    SUPERVISOR = "supervisor", "督导"
    ASSESSOR = "assessor", "评估"
    SOCIAL_WORKER = "social_worker", "社会工作者"
    VOLUNTEER = "volunteer", "志愿者"


class Certificate(models.TextChoices):
    """The professional levels of social workers (社会工作者职业资格)."""

    NONE = "none", "未取得"
    ASSISTANT = "assistant", "助理社会工作师"
    WORKER = "worker", "社会工作师"
    SENIOR = "senior", "高级社会工作师"


class Talent(Submission):
    """Somebody who works for community charity, for the register of talents (人才库).

    鄂尔多斯 二（一）8; 渝北 三（二）1; 云南 三（二）; 烟台 2030. Counts until the day on which they left.
    Name and contact are shown only as `reviews.privacy` says. State machine: see
    `reviews.models.Submission`.
    """

    name = SensitiveText("姓名", max_length=50, is_searched=True)
    contact = SensitiveText("联系方式", max_length=60, blank=True)
    role = models.CharField("人才类别", max_length=13, choices=TalentRole)
    organisation = models.ForeignKey(
        CommunityOrg,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="talents",
        verbose_name="所在社区社会组织",
    )
    since = models.DateField("入库日期")
    left_on = models.DateField("退出日期", null=True, blank=True)
    certificate = models.CharField("职业资格", max_length=9, choices=Certificate, blank=True)
    certified_on = models.DateField("取得资格日期", null=True, blank=True)
    trained_on = models.DateField("最近培训日期", null=True, blank=True)
    has_mastered = models.BooleanField("已掌握社会工作专业知识和方法", default=False)
    skills = models.CharField("专长", max_length=100, blank=True)
    incentives = models.CharField("激励措施", max_length=200, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="talents",
        icon="badge",
        example={
            "area": "500103001003",
            "name": "李晓梅",
            "role": "leader",
            "since": "2025-03-01",
            "certificate": "assistant",
            "certified_on": "2024-09-30",
            "trained_on": "2025-11-12",
            "has_mastered": True,
            "skills": "项目设计",
        },
        sealed=("role", "since", "left_on", "certificate", "trained_on", "has_mastered"),
        sheet=222,
        exported=(
            ("name_shown", "姓名"),
            "role",
            "organisation",
            "since",
            "left_on",
            "certificate",
            "certified_on",
            "trained_on",
            "has_mastered",
            "skills",
            "incentives",
        ),
        wide=("organisation", "incentives"),
        searched=("skills",),
        prose=("skills", "incentives", "note"),
        not_copied=("name", "contact", "note"),
        persons_until="left_on",
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "name", "role", "since")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "name", "role"),)
    date_field: ClassVar[str] = "since"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "慈善人才"
        indexes = [
            models.Index(fields=("since",), name="orgs_talent_since"),
            models.Index(fields=("left_on",), name="orgs_talent_left_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            days_in_order(
                "since",
                "left_on",
                name="orgs_talent_dates_in_order",
                message="退出日期不能早于入库日期",
            ),
        ]

    @property
    def name_shown(self) -> str:
        """The name for titles and files: a surname and stars."""
        return masked_text(self, "name")

    @override
    def __str__(self) -> str:
        return f"{self.name_shown}（{self.get_role_display()}）" if self.name else "未命名的人才"
