"""Activities and publicity, when, where and in which media, and the communities that they reached."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from typing_extensions import override

from areas.models import Area
from orgs.models import CommunityOrg
from reviews.fields import ticked
from reviews.models import KindDeclaration, Submission

#: The media of publicity: 刊、网、屏、场 (鄂民发〔2024〕92号 11) and 报刊、广播、电视、新媒体
#: (云南 方案 三（五）).
MEDIA = (
    "in_print",
    "on_radio",
    "on_television",
    "on_web",
    "on_new_media",
    "on_screens",
    "on_site",
)
#: Where publicity is shown: crowded places (鄂民发〔2024〕92号 11), and public room of a
#: community (云南 方案 二（五）7).
VENUES = (
    "at_lottery_shop",
    "at_airport",
    "at_railway_station",
    "at_notice_board",
    "at_square",
    "at_corridor",
    "at_path",
)


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


class CalendarDay(models.TextChoices):
    """The days of the calendar on which charity is celebrated (云南 方案 二（五）7, 烟台)."""

    CHARITY = "charity", "中华慈善日"
    ELDERLY = "elderly", "敬老月"
    LEI_FENG = "lei_feng", "学雷锋纪念日"
    NONE = "none", "不属于节点活动"
    OTHER = "other", "其他节点"


class Activity(Submission):
    """A charity activity or publicity, and the communities it reached (渝中 annex no. 9).

    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("活动名称", max_length=100)
    held_on = models.DateField("日期")
    form = models.CharField("形式", max_length=10, choices=ActivityForm)
    series = models.CharField("系列", max_length=14, choices=ActivitySeries, blank=True)
    calendar = models.CharField("时间节点", max_length=8, choices=CalendarDay, blank=True)
    other_calendar = models.CharField("其他节点名称", max_length=30, blank=True)
    organiser = models.CharField("主办单位", max_length=100, blank=True)
    organisation = models.ForeignKey(
        CommunityOrg,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name="举办的社区社会组织",
    )
    place = models.CharField("地点", max_length=200, blank=True)
    person_times = models.PositiveIntegerField("参与人次", null=True, blank=True)
    volunteer_times = models.PositiveIntegerField("志愿者人次", null=True, blank=True)
    in_print = models.BooleanField("报刊", default=False)
    on_radio = models.BooleanField("广播", default=False)
    on_television = models.BooleanField("电视", default=False)
    on_web = models.BooleanField("网站", default=False)
    on_new_media = models.BooleanField("新媒体", default=False)
    on_screens = models.BooleanField("电子屏", default=False)
    on_site = models.BooleanField("现场宣传", default=False)
    other_media = models.CharField("其他媒介", max_length=30, blank=True)
    at_lottery_shop = models.BooleanField("福彩网点", default=False)
    at_airport = models.BooleanField("机场", default=False)
    at_railway_station = models.BooleanField("高铁站", default=False)
    at_notice_board = models.BooleanField("社区宣传阵地", default=False)
    at_square = models.BooleanField("广场", default=False)
    at_corridor = models.BooleanField("走廊", default=False)
    at_path = models.BooleanField("步道", default=False)
    other_venue = models.CharField("其他宣传场所", max_length=30, blank=True)
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
            "calendar": "charity",
            "in_print": True,
            "at_lottery_shop": True,
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
            "calendar",
            "other_calendar",
            "organiser",
            "organisation",
            "place",
            ("media_used", "宣传媒介"),
            ("venues", "宣传场所"),
            "person_times",
            "volunteer_times",
        ),
        wide=("name", "organisation", "media_used", "venues"),
        searched=("organiser",),
        prose=("other_calendar", "other_media", "other_venue", "media", "note"),
        not_copied=("name", "media", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "held_on", "name", "form", "person_times")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "held_on", "name"),)
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "慈善活动与宣传"
        indexes = [models.Index(fields=("held_on",), name="scenes_activity_held_on")]

    @property
    def media_used(self) -> str:
        """The media of its publicity, in words."""
        return "、".join([*ticked(self, MEDIA), *filter(None, [self.other_media])])

    @property
    def venues(self) -> str:
        """The places of its publicity, in words."""
        return "、".join([*ticked(self, VENUES), *filter(None, [self.other_venue])])

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
