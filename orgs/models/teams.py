"""Volunteer teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from orgs.models.community_orgs import CommunityOrg
from reviews.fields import ticked
from reviews.models import KindDeclaration, Submission, days_in_order, once
from reviews.privacy import SensitiveText


class TeamKind(models.TextChoices):
    """What a volunteer team is for; 邻里守望 is that of 渝北民〔2021〕114号 三（三）1."""

    NEIGHBOURS = "neighbours", "邻里守望"
    ELDERLY = "elderly", "助老助残"
    CHILDREN = "children", "关爱儿童"
    RURAL = "rural", "农村生产生活"
    EMERGENCY = "emergency", "应急救援"
    SAFETY = "safety", "平安巡逻"
    CULTURE = "culture", "文化文艺"
    ENVIRONMENT = "environment", "环境保护"
    PROFESSIONAL = "professional", "专业服务"
    GENERAL = "general", "综合服务"
    OTHER = "other", "其他"


#: The forms of help of a 邻里守望 team (渝北民〔2021〕114号 三（三）1).
HELP_FORMS = ("by_household", "by_pairing")
#: The seven groups that it helps, and its five services (ibidem).
HELPED = (
    "for_low_income",
    "for_destitute",
    "for_empty_nest",
    "for_left_behind",
    "for_troubled_children",
    "for_disabled",
    "for_migrants",
)
SERVICES = (
    "gives_company",
    "gives_daily_care",
    "gives_counselling",
    "gives_legal_aid",
    "gives_inclusion",
)


class VolunteerTeam(Submission):
    """A charity volunteer team (渝中 text: at least 1 per community by 2027, 2 by 2029).

    Its social workers make it one of 慈善＋社工＋志愿服务 (云南 方案 二（五）, 烟台). State machine: see
    `reviews.models.Submission`.
    """

    name = models.CharField("队伍名称", max_length=100)
    kind = models.CharField("队伍类型", max_length=12, choices=TeamKind, blank=True)
    other_kind = models.CharField("其他队伍类型", max_length=30, blank=True)
    by_household = models.BooleanField("综合包户", default=False)
    by_pairing = models.BooleanField("结对帮扶", default=False)
    for_low_income = models.BooleanField("低保对象", default=False)
    for_destitute = models.BooleanField("特困人员", default=False)
    for_empty_nest = models.BooleanField("空巢老人", default=False)
    for_left_behind = models.BooleanField("农村留守人员", default=False)
    for_troubled_children = models.BooleanField("困境儿童", default=False)
    for_disabled = models.BooleanField("残疾人", default=False)
    for_migrants = models.BooleanField("进城务工人员及随迁子女", default=False)
    gives_company = models.BooleanField("亲情陪伴", default=False)
    gives_daily_care = models.BooleanField("生活照料", default=False)
    gives_counselling = models.BooleanField("心理疏导", default=False)
    gives_legal_aid = models.BooleanField("法律援助", default=False)
    gives_inclusion = models.BooleanField("社会融入", default=False)
    founded_on = models.DateField("成立日期")
    closed_on = models.DateField("解散日期", null=True, blank=True)
    volunteers = models.PositiveIntegerField("志愿者人数", null=True, blank=True)
    social_workers = models.PositiveIntegerField("社会工作者人数", null=True, blank=True)
    households = models.PositiveIntegerField("包户、结对户数", null=True, blank=True)
    organisation = models.ForeignKey(
        CommunityOrg,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="teams",
        verbose_name="所属社区社会组织",
    )
    leader = SensitiveText("负责人", max_length=50, blank=True)
    phone = SensitiveText("联系电话", max_length=30, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="volunteer-teams",
        icon="diversity_3",
        example={
            "area": "500103001003",
            "name": "华一坡社区志愿服务队",
            "kind": "neighbours",
            "by_pairing": True,
            "for_empty_nest": True,
            "gives_company": True,
            "founded_on": "2024-05-01",
            "volunteers": 35,
            "social_workers": 2,
        },
        sealed=("name", "kind", "founded_on", "volunteers", "social_workers"),
        sheet=50,
        exported=(
            "name",
            "kind",
            "other_kind",
            ("help_forms", "帮扶方式"),
            ("groups_helped", "帮扶对象"),
            ("services", "服务内容"),
            "founded_on",
            "closed_on",
            "volunteers",
            "social_workers",
            "households",
            "organisation",
        ),
        wide=("name", "groups_helped", "services", "organisation"),
        prose=("phone", "other_kind", "note"),
        not_copied=("name", "note"),
        persons_until="closed_on",
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    units: ClassVar[Mapping[str, str]] = {
        "volunteers": "人",
        "social_workers": "人",
        "households": "户",
    }
    date_field: ClassVar[str] = "founded_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "志愿服务队伍"
        indexes = [
            models.Index(fields=("founded_on",), name="orgs_volunteerteam_founded_on"),
            models.Index(fields=("closed_on",), name="orgs_volunteerteam_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                name="orgs_volunteerteam_name_once",
                message="同一地区已有同名志愿服务队伍",
            ),
            days_in_order(
                "founded_on",
                "closed_on",
                name="orgs_volunteerteam_dates_in_order",
                message="解散日期不能早于成立日期",
            ),
        ]

    @property
    def help_forms(self) -> str:
        """The forms of its help, in words."""
        return "、".join(ticked(self, HELP_FORMS))

    @property
    def groups_helped(self) -> str:
        """The groups that it helps, in words."""
        return "、".join(ticked(self, HELPED))

    @property
    def services(self) -> str:
        """Its services, in words."""
        return "、".join(ticked(self, SERVICES))
