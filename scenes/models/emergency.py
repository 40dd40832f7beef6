"""Emergency charity of a place: its plans, what it keeps in stock, and its drills.

云南 方案 二（五）4: response, plan and manual, stock and dispatch, volunteers, drills, the chain of
community, family and person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from reviews.fields import ticked
from reviews.models import KindDeclaration, Submission, days_in_order, once

#: The kinds of events that a plan is for.
EVENTS = ("for_disaster", "for_accident", "for_health", "for_security")
#: The parts of a plan.
PARTS = (
    "has_response",
    "has_manual",
    "has_stock",
    "has_dispatch",
    "has_volunteers",
    "has_appeals",
    "has_chain",
)


class EmergencyPlan(Submission):
    """The plan of an area for charity in emergencies (应急预案).

    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("预案名称", max_length=100)
    for_disaster = models.BooleanField("自然灾害", default=False)
    for_accident = models.BooleanField("事故灾难", default=False)
    for_health = models.BooleanField("公共卫生事件", default=False)
    for_security = models.BooleanField("社会安全事件", default=False)
    has_response = models.BooleanField("应急响应机制", default=False)
    has_manual = models.BooleanField("分类手册", default=False)
    has_stock = models.BooleanField("物资储备方案", default=False)
    has_dispatch = models.BooleanField("资源调度方案", default=False)
    has_volunteers = models.BooleanField("志愿者措施", default=False)
    has_appeals = models.BooleanField("募捐和救助安排", default=False)
    has_chain = models.BooleanField("社区—家庭—个人响应链", default=False)
    issued_on = models.DateField("制定日期")
    review_on = models.DateField("下次修订日期", null=True, blank=True)
    closed_on = models.DateField("废止日期", null=True, blank=True)
    guided_by = models.CharField("指导部门", max_length=100, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="emergency-plans",
        icon="emergency",
        example={
            "area": "500103001003",
            "name": "华一坡社区慈善应急预案",
            "for_disaster": True,
            "has_response": True,
            "has_manual": True,
            "issued_on": "2026-02-10",
            "review_on": "2028-02-10",
        },
        sealed=("name", "issued_on", "review_on", "closed_on"),
        sheet=240,
        exported=(
            "name",
            ("events", "适用事件"),
            ("parts", "预案内容"),
            "issued_on",
            "review_on",
            "closed_on",
            "guided_by",
        ),
        wide=("name", "events", "parts", "guided_by"),
        prose=("guided_by", "note"),
        not_copied=("name", "note"),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    is_offered_below: ClassVar[bool] = True
    date_field: ClassVar[str] = "issued_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "应急预案"
        indexes = [
            models.Index(fields=("issued_on",), name="scenes_emergencyplan_issued_on"),
            models.Index(fields=("closed_on",), name="scenes_emergencyplan_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                name="scenes_emergencyplan_name_once",
                message="同一地区已有同名应急预案",
            ),
            days_in_order(
                "issued_on",
                "closed_on",
                name="scenes_emergencyplan_in_order",
                message="废止日期不能早于制定日期",
            ),
        ]

    @property
    def events(self) -> str:
        """The kinds of events that it is for, in words."""
        return "、".join(ticked(self, EVENTS))

    @property
    def parts(self) -> str:
        """What it consists of, in words."""
        return "、".join(ticked(self, PARTS))


class EmergencySupply(Submission):
    """A lot of goods that are kept for emergencies (应急物资).

    State machine: see `reviews.models.Submission`.
    """

    emergency_plan = models.ForeignKey(
        EmergencyPlan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supplies",
        verbose_name="应急预案",
    )
    name = models.CharField("物资名称", max_length=60)
    quantity = models.PositiveIntegerField("数量")
    counted_in = models.CharField("计量单位", max_length=10)
    stocked_on = models.DateField("入库日期")
    expires_on = models.DateField("有效期至", null=True, blank=True)
    closed_on = models.DateField("出库日期", null=True, blank=True)
    place = models.CharField("存放地点", max_length=200, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="emergency-supplies",
        icon="inventory_2",
        example={
            "area": "500103001003",
            "name": "棉被",
            "quantity": 40,
            "counted_in": "床",
            "stocked_on": "2026-02-20",
            "expires_on": "2031-02-19",
        },
        sealed=("name", "quantity", "counted_in", "stocked_on", "expires_on", "emergency_plan"),
        sheet=241,
        exported=(
            "name",
            "quantity",
            "counted_in",
            "stocked_on",
            "expires_on",
            "closed_on",
            "place",
            "emergency_plan",
        ),
        wide=("emergency_plan", "name", "place"),
        prose=("counted_in", "place", "note"),
        not_copied=("name", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "stocked_on", "name")
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "emergency_plan")
    date_field: ClassVar[str] = "stocked_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "应急物资"
        indexes = [
            models.Index(fields=("stocked_on",), name="scenes_emergencysupply_on"),
            models.Index(fields=("closed_on",), name="scenes_emergencysupply_closed"),
        ]


class EmergencyEvent(models.TextChoices):
    """What a drill is about (渝北民〔2021〕114号 三（二）3)."""

    DISASTER = "disaster", "自然灾害"
    ACCIDENT = "accident", "事故灾难"
    HEALTH = "health", "公共卫生事件"
    SECURITY = "security", "社会安全事件"


class EmergencyDrill(Submission):
    """One drill of an emergency plan (应急演练).

    State machine: see `reviews.models.Submission`.
    """

    emergency_plan = models.ForeignKey(
        EmergencyPlan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="drills",
        verbose_name="应急预案",
    )
    name = models.CharField("演练名称", max_length=100)
    event = models.CharField("演练事件", max_length=8, choices=EmergencyEvent)
    held_on = models.DateField("演练日期")
    person_times = models.PositiveIntegerField("参演人次")
    volunteer_times = models.PositiveIntegerField("志愿者人次", null=True, blank=True)
    findings_text = models.CharField("发现的问题和改进", max_length=500, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="emergency-drills",
        icon="health_and_safety",
        example={
            "area": "500103001003",
            "name": "防汛转移安置演练",
            "event": "disaster",
            "held_on": "2026-05-12",
            "person_times": 80,
        },
        sealed=("name", "event", "held_on", "person_times", "emergency_plan"),
        sheet=242,
        exported=(
            "name",
            "event",
            "held_on",
            "person_times",
            "volunteer_times",
            "findings_text",
            "emergency_plan",
        ),
        wide=("emergency_plan", "name", "findings_text"),
        prose=("findings_text", "note"),
        not_copied=("name", "findings_text", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "held_on", "name")
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "emergency_plan")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "held_on", "name"),)
    units: ClassVar[Mapping[str, str]] = {"person_times": "人次", "volunteer_times": "人次"}
    date_field: ClassVar[str] = "held_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "应急演练"
        indexes = [models.Index(fields=("held_on",), name="scenes_emergencydrill_held_on")]
