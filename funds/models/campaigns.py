"""Campaigns of public fundraising, for a fund or of a charity."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from orgs.models import Charity
from reviews.models import KindDeclaration, Submission, at_most_one, days_in_order, once


class Campaign(Submission):
    """A campaign of public fundraising (募捐活动): for a fund, or of a charity for itself.

    鄂民发〔2024〕92号 二（一）4, 云南 方案 二（四）: a fund or a charity without 公开募捐资格 raises money
    together with a partner that has it; the plan is filed before it begins (慈善法 arts. 23, 24, 26).
    It may lie ahead. State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("募捐活动名称", max_length=100)
    fund = models.ForeignKey(
        "funds.Fund",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name="基金",
    )
    charity = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name="慈善组织",
    )
    partner_name = models.CharField("合作的公开募捐组织", max_length=100, blank=True)
    plan_number = models.CharField("募捐方案备案编号", max_length=60, blank=True)
    filed_on = models.DateField("备案日期", null=True, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    platform = models.CharField("募捐平台或方式", max_length=100, blank=True)
    purpose = models.CharField("募捐目的", max_length=200, blank=True)
    target_yuan = models.DecimalField(
        "预计募集（元）", max_digits=16, decimal_places=2, null=True, blank=True
    )
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="campaigns",
        icon="redeem",
        example={
            "fund": 1,
            "name": "华一坡社区助老募捐",
            "partner_name": "重庆市渝中区慈善会",
            "plan_number": "渝中募备2026第001号",
            "filed_on": "2026-02-10",
            "starts_on": "2026-03-01",
            "ends_on": "2026-05-31",
            "platform": "腾讯公益",
            "target_yuan": "50000.00",
        },
        sealed=("name", "fund", "charity", "partner_name", "plan_number", "starts_on", "ends_on"),
        sheet=135,
        exported=(
            "name",
            "fund",
            "charity",
            "partner_name",
            "plan_number",
            "filed_on",
            "starts_on",
            "ends_on",
            "platform",
            "target_yuan",
        ),
        wide=("name", "fund", "charity", "partner_name"),
        searched=("partner_name",),
        prose=("purpose", "note"),
        not_copied=("name", "plan_number", "note"),
    )
    area_from: ClassVar[tuple[str, ...]] = ("fund", "charity")
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "fund", "charity")
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name", "starts_on")
    numbers: ClassVar[tuple[str, ...]] = ("plan_number",)
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("plan_number",), ("area_id", "name"))
    date_field: ClassVar[str] = "starts_on"

    is_offered_below: ClassVar[bool] = True

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "募捐活动"
        indexes = [models.Index(fields=("starts_on",), name="funds_campaign_starts_on")]
        constraints = [
            *Submission.Meta.constraints,
            once(
                "area",
                "name",
                "starts_on",
                name="funds_campaign_name_once",
                message="同一地区同日开始的同名募捐活动已存在",
            ),
            at_most_one(
                "fund",
                "charity",
                name="funds_campaign_one_owner",
                message="“基金”“慈善组织”只能选填一项",
            ),
            days_in_order(
                "starts_on",
                "ends_on",
                name="funds_campaign_dates_in_order",
                message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=Q(target_yuan__isnull=True) | Q(target_yuan__gt=0),
                name="funds_campaign_money_positive",
                violation_error_message="预计募集数额应大于0",
            ),
        ]
