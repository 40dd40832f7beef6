"""Needs of residents, resources that could meet them, and what was brought together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models

from projects.models.choices import SERVICES, Direction, Group, ResourceKind
from projects.models.projects import Project
from reviews.models import ChoiceListField, KindDeclaration, Submission, days_in_order, once


class FoundBy(models.TextChoices):
    """How a need was found."""

    VISIT = "visit", "入户走访"
    SURVEY = "survey", "问卷调查"
    TALK = "talk", "议事协商"
    RESIDENT = "resident", "居民反映"
    HOTLINE = "hotline", "热线电话"
    OTHER = "other", "其他"


class Need(Submission):
    """A need (需求) of residents, found by a survey, without anybody's name.

    鄂民发〔2024〕92号 二（二）8 需求库. It is open until it is matched to a project (`Match`) or is no
    longer wanted (`closed_on`). State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("需求名称", max_length=100)
    direction = models.CharField("需求方向", max_length=10, choices=Direction)
    services = ChoiceListField("所需服务", groups=SERVICES, blank=True)
    group = models.CharField("服务对象", max_length=10, choices=Group)
    people = models.PositiveIntegerField("涉及人数", null=True, blank=True)
    site = models.CharField("需求地点", max_length=100, blank=True)
    lacks = models.CharField("所缺资源", max_length=8, choices=ResourceKind, blank=True)
    found_on = models.DateField("调查日期")
    found_by = models.CharField("需求来源", max_length=8, choices=FoundBy, blank=True)
    needed_by = models.DateField("期望解决日期", null=True, blank=True)
    closed_on = models.DateField("终止日期", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="needs",
        icon="volunteer_activism",
        example={
            "area": "500103001003",
            "name": "高龄老人午餐需求",
            "direction": "eldercare",
            "services": "生活照料",
            "group": "elderly",
            "people": 30,
            "lacks": "place",
            "found_on": "2026-03-01",
            "needed_by": "2026-06-30",
        },
        sealed=("name", "direction", "group", "people", "found_on", "closed_on"),
        sheet=230,
        exported=(
            "name",
            "direction",
            "services",
            "group",
            "people",
            "site",
            "lacks",
            "found_on",
            "found_by",
            "needed_by",
            "closed_on",
        ),
        wide=("name", "services", "site"),
        prose=("site", "note"),
        not_copied=("name", "note"),
    )
    is_offered_below: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name", "found_on")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("area_id", "name"),)
    units: ClassVar[Mapping[str, str]] = {"people": "人"}
    date_field: ClassVar[str] = "found_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "居民需求"
        indexes = [models.Index(fields=("found_on",), name="projects_need_found_on")]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                "found_on",
                name="projects_need_name_once",
                message="同一地区同日调查的同名需求已存在",
            ),
            days_in_order(
                "found_on",
                "closed_on",
                name="projects_need_dates_in_order",
                message="终止日期不能早于调查日期",
            ),
        ]


class Resource(Submission):
    """A resource (资源) for community charity: a place, money, goods, people or a service.

    鄂民发〔2024〕92号 二（二）8 资源库. It is free until it is matched to a project (`Match`) or is no
    longer there (`closed_on`). State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("资源名称", max_length=100)
    kind = models.CharField("资源类别", max_length=8, choices=ResourceKind)
    group = models.CharField("服务对象", max_length=10, choices=Group, default=Group.ALL)
    quantity = models.PositiveIntegerField("数量", null=True, blank=True)
    unit = models.CharField("计量单位", max_length=10, blank=True)
    provider = models.CharField("提供单位", max_length=100, blank=True)
    site = models.CharField("资源地点", max_length=100, blank=True)
    available_from = models.DateField("可用起始日期")
    closed_on = models.DateField("停用日期", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="resources",
        icon="inventory_2",
        example={
            "area": "500103001003",
            "name": "社区活动室",
            "kind": "place",
            "group": "elderly",
            "quantity": 1,
            "unit": "间",
            "available_from": "2026-01-01",
        },
        sealed=("name", "kind", "group", "quantity", "unit", "available_from", "closed_on"),
        sheet=231,
        exported=(
            "name",
            "kind",
            "group",
            "quantity",
            "unit",
            "provider",
            "site",
            "available_from",
            "closed_on",
        ),
        wide=("name", "provider", "site"),
        searched=("provider",),
        prose=("site", "note"),
        not_copied=("name", "note"),
    )
    is_offered_below: ClassVar[bool] = True
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    date_field: ClassVar[str] = "available_from"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "慈善资源"
        indexes = [
            models.Index(fields=("available_from",), name="projects_resource_available"),
            models.Index(fields=("closed_on",), name="projects_resource_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area", "name", name="projects_resource_name_once", message="同一地区已有同名资源"
            ),
            days_in_order(
                "available_from",
                "closed_on",
                name="projects_resource_dates_in_order",
                message="停用日期不能早于可用起始日期",
            ),
        ]


class Match(Submission):
    """A match (供需对接): a project meets a need, uses a resource, or both.

    Its area is the project's. It counts while project, need and resource are facts, too.
    State machine: see `reviews.models.Submission`.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="matches", verbose_name="对接项目"
    )
    need = models.ForeignKey(
        Need,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matches",
        verbose_name="对接需求",
    )
    resource = models.ForeignKey(
        Resource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matches",
        verbose_name="使用资源",
    )
    matched_on = models.DateField("对接日期")
    matter = models.CharField("对接内容", max_length=200)
    quantity = models.PositiveIntegerField("使用数量", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="matches",
        icon="join_inner",
        example={
            "project": 1,
            "need": 1,
            "resource": 1,
            "matched_on": "2026-03-10",
            "matter": "社区活动室每日午间用于老年助餐",
            "quantity": 1,
        },
        sealed=("project", "need", "resource", "matched_on", "matter"),
        sheet=232,
        exported=("project", "need", "resource", "matched_on", "matter", "quantity"),
        wide=("project", "need", "resource", "matter"),
        prose=("matter", "note"),
        not_copied=("matter", "note"),
    )
    area_from: ClassVar[tuple[str, ...]] = ("project",)
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "project", "need", "resource")
    likeness: ClassVar[tuple[str, ...]] = (
        "project_id",
        "need_id",
        "resource_id",
        "matched_on",
        "matter",
    )
    title_field: ClassVar[str] = "matter"
    date_field: ClassVar[str] = "matched_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "供需对接"
        indexes = [models.Index(fields=("matched_on",), name="projects_match_matched_on")]
