"""Scenes of charity and where they are."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

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
    SERVICE_PLATFORM = "service_platform", "五社六站服务平台"
    MARKET = "market", "慈善集市"
    MERCHANT = "merchant", "慈善商户"
    EXHIBITION = "exhibition", "项目展示区"
    STUDIO = "studio", "社会工作室"
    INCUBATOR = "incubator", "孵化基地"
    OTHER = "other", "其他"


#: Types that no document calls a 场景 or 阵地: they count where a plan names them, and only there.
NAMED_TYPES = (
    SceneType.SERVICE_PLATFORM,
    SceneType.MARKET,
    SceneType.MERCHANT,
    SceneType.EXHIBITION,
    SceneType.STUDIO,
    SceneType.INCUBATOR,
)


class Premises(models.TextChoices):
    """The seven host premises of a scene (云南 方案 二（三）), none of them, or another."""

    PARTY_SERVICE = "party_service", "党群服务中心"
    CIVILIZATION = "civilization", "新时代文明实践中心（所、站）"
    AFFAIRS = "affairs", "社会事务办"
    CIVIL_SERVICE = "civil_service", "民政服务机构"
    VOLUNTEERS = "volunteers", "志愿服务站"
    CULTURE = "culture", "文化馆"
    INCUBATOR = "incubator", "社会组织培育孵化基地"
    OWN = "own", "独立场所"
    OTHER = "other", "其他场所"


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
    premises = models.CharField("依托场所", max_length=13, choices=Premises, blank=True)
    premises_name = models.CharField("依托场所名称", max_length=60, blank=True)
    has_shared_use = models.BooleanField("与社区捐助平台共建共用", default=False)
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
            "premises": "party_service",
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
            "premises",
            "premises_name",
            "has_shared_use",
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
        wide=("name", "type_name", "address", "premises", "premises_name"),
        searched=("operator",),
        prose=("address", "premises_name", "note"),
        not_copied=("name", "address", "premises_name", *SIX_HAVES, "note"),
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
