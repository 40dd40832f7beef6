"""Scenes of charity, and the activities held there."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from typing_extensions import override

from areas.models import Area
from reviews.models import KindDeclaration, Submission, days_in_order, once

#: The six haves (六有) that a 阵地 should have (云南 方案 二（三）).
SIX_HAVES = ("has_staff", "has_place", "has_money", "has_project", "has_activity", "has_setting")


class SceneType(models.TextChoices):
    """Types of scenes named in the policy documents; 其他 has a name of its own."""

    SUPERMARKET = "supermarket", "慈善超市"
    WALL = "wall", "慈善墙"
    ALLEY = "alley", "慈善小巷"
    WINDOW = "window", "慈善宣传橱窗"
    BLOCK = "block", "慈善街区"
    PARK = "park", "慈善公园"
    SQUARE = "square", "慈善广场"
    BUILDING = "building", "慈善楼宇"
    CANTEEN = "canteen", "慈善食堂"
    SCHOOL = "school", "慈善学校"
    HOSPITAL = "hospital", "慈善医院"
    MUSEUM = "museum", "慈善博物馆"
    SPACE = "space", "慈善空间"
    BASE = "base", "慈善阵地"
    DONATION_POINT = "donation_point", "社区捐助点"
    DONATION_PLATFORM = "donation_platform", "社区捐助平台"
    OTHER = "other", "其他"


class OperationMode(models.TextChoices):
    """How a scene is run (云南 方案 二（三）)."""

    PUBLIC = "public", "公办"
    PUBLIC_PRIVATE = "public_private", "公建民营"
    JOINT = "joint", "社会联营"
    OTHER = "other", "其他"


class Scene(Submission):
    """A charity scene (场景, 阵地, 慈善空间, 捐助点); 渝中 annex no. 2.

    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("场景名称", max_length=100)
    type = models.CharField("类型", max_length=20, choices=SceneType)
    type_name = models.CharField("其他类型名称", max_length=30, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    opened_on = models.DateField("建成日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    operator = models.CharField("运营主体", max_length=100, blank=True)
    operation_mode = models.CharField("运营模式", max_length=16, choices=OperationMode, blank=True)
    has_staff = models.BooleanField("有人员", default=False)
    has_place = models.BooleanField("有场所", default=False)
    has_money = models.BooleanField("有资金", default=False)
    has_project = models.BooleanField("有项目", default=False)
    has_activity = models.BooleanField("有活动", default=False)
    has_setting = models.BooleanField("有场景", default=False)
    person_times = models.PositiveIntegerField("年服务人次", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="scenes",
        icon="storefront",
        example={
            "area": "500103001003",
            "name": "华一坡社区慈善超市",
            "type": "supermarket",
            "opened_on": "2026-01-15",
            "has_staff": True,
            "has_place": True,
        },
        sealed=("name", "type", "opened_on", "closed_on", "operator"),
        sheet=20,
        exported=(
            "name",
            "type",
            "type_name",
            "address",
            "opened_on",
            "closed_on",
            "operator",
            "operation_mode",
            "has_staff",
            "has_place",
            "has_money",
            "has_project",
            "has_activity",
            "has_setting",
            "person_times",
        ),
        wide=("name", "type_name", "address"),
        searched=("operator",),
        prose=("address", "note"),
        not_copied=("name", "address", *SIX_HAVES, "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    date_field: ClassVar[str] = "opened_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "慈善服务场景"
        indexes = [
            models.Index(fields=("opened_on",), name="scenes_scene_opened_on"),
            models.Index(fields=("closed_on",), name="scenes_scene_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once("area", "name", name="scenes_scene_name_once", message="同一地区已有同名场景"),
            days_in_order(
                "opened_on",
                "closed_on",
                name="scenes_scene_dates_in_order",
                message="停用日期不能早于建成日期",
            ),
        ]

    @property
    def haves(self) -> int:
        """The number of the six haves (六有) that the scene has."""
        return sum(getattr(self, field) for field in SIX_HAVES)


class ActivityForm(models.TextChoices):
    """An activity, publicity, or both."""

    ACTIVITY = "activity", "活动"
    PUBLICITY = "publicity", "宣传"
    BOTH = "both", "活动、宣传"


class ActivitySeries(models.TextChoices):
    """The four series of activities (渝北民〔2021〕114号 三（三）)."""

    NEIGHBOURS = "neighbours", "邻里守望"
    CONSULTATION = "consultation", "共建共治共享"
    SAFETY = "safety", "共创平安"
    CULTURE = "culture", "文化铸魂"
    OTHER = "other", "其他"


class Activity(Submission):
    """A charity activity or publicity, and the communities it reached (渝中 annex no. 9).

    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("活动名称", max_length=100)
    held_on = models.DateField("日期")
    form = models.CharField("形式", max_length=10, choices=ActivityForm)
    series = models.CharField("系列", max_length=14, choices=ActivitySeries, blank=True)
    organiser = models.CharField("主办单位", max_length=100, blank=True)
    place = models.CharField("地点", max_length=200, blank=True)
    person_times = models.PositiveIntegerField("参与人次", null=True, blank=True)
    volunteer_times = models.PositiveIntegerField("志愿者人次", null=True, blank=True)
    media = models.CharField("媒体或链接", max_length=300, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)
    communities = models.ManyToManyField(
        Area,
        through="ActivityReach",
        related_name="+",
        verbose_name="覆盖社区",
        blank=True,
    )
    #: Codes of the communities that a ledger's row names as reached, until they are stored.
    reached_codes: tuple[str, ...] = ()

    declaration = KindDeclaration(
        address="activities",
        icon="campaign",
        example={
            "area": "500103001",
            "name": "中华慈善日集中宣传",
            "held_on": "2026-09-05",
            "form": "publicity",
            "person_times": 200,
            "communities": ["500103001003"],
        },
        sealed=("name", "held_on", "form", "person_times"),
        sheet=90,
        exported=(
            "name",
            "held_on",
            "form",
            "series",
            "organiser",
            "place",
            "person_times",
            "volunteer_times",
        ),
        wide=("name",),
        searched=("organiser",),
        prose=("media", "note"),
        not_copied=("name", "media", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "held_on", "name", "form", "person_times")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "held_on", "name"),)
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "慈善活动与宣传"
        indexes = [models.Index(fields=("held_on",), name="scenes_activity_held_on")]

    @classmethod
    @override
    def counted_elsewhere(cls, transition_id: uuid.UUID) -> set[str]:
        """Return the communities that the activities reached."""
        reached = ActivityReach.objects.filter(activity__transition_id=transition_id)
        return set(reached.order_by().values_list("area_id", flat=True).distinct())


class ActivityReach(models.Model):
    """A community that an activity reached."""

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="reaches", verbose_name="活动"
    )
    area = models.ForeignKey(
        Area,
        models.PROTECT,
        related_name="+",
        verbose_name="覆盖社区",
        limit_choices_to={"level": 5},
    )

    class Meta:
        verbose_name = verbose_name_plural = "覆盖社区"
        ordering = ("area",)
        constraints = [
            models.UniqueConstraint(
                fields=("activity", "area"),
                name="scenes_activityreach_once",
                violation_error_message="该社区已列入本次活动",
            )
        ]

    def __str__(self) -> str:
        return str(self.area)
