"""Complaints of the public, their answers, and the published hotline."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from typing_extensions import override

from funds.models import Fund
from orgs.models import Charity
from reviews.models import KindDeclaration, Submission, at_most_one, days_in_order
from supervision.life import Case, Finding


class ComplaintChannel(models.TextChoices):
    """How a complaint arrived."""

    PHONE = "phone", "电话"
    VISIT = "visit", "来访"
    LETTER = "letter", "来信"
    ONLINE = "online", "网络"
    HOTLINE = "hotline", "12345热线"
    FORWARDED = "forwarded", "上级或其他部门转办"
    OTHER = "other", "其他"


class ComplaintSubject(models.TextChoices):
    """What a complaint is about."""

    RAISING = "raising", "募捐"
    SPENDING = "spending", "款物使用"
    DISCLOSURE = "disclosure", "信息公开"
    PROJECT = "project", "项目和服务"
    GROUP = "group", "管理小组和人员"
    OTHER = "other", "其他"


class Complaint(Submission):
    """A complaint (投诉举报) of the public about a fund, a charity, or charity work in an area.

    鄂民发〔2024〕92号 二（一）6. It says nothing that would identify the person who complained. The answer
    is a record of its own (`ComplaintAnswer`). State machine: see `reviews.models.Submission`.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="基金"
    )
    charity = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name="慈善组织",
    )
    number = models.CharField("受理编号", max_length=60)
    received_on = models.DateField("受理日期")
    channel = models.CharField("受理渠道", max_length=10, choices=ComplaintChannel)
    subject = models.CharField("反映类别", max_length=10, choices=ComplaintSubject)
    matter = models.CharField("反映事项", max_length=500)
    answer_by = models.DateField("答复期限")
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="complaints",
        icon="feedback",
        example={
            "area": "500103001003",
            "number": "渝中民诉2026第1号",
            "received_on": "2026-03-02",
            "channel": "phone",
            "subject": "spending",
            "matter": "反映某基金支出未公示",
            "answer_by": "2026-04-01",
        },
        sealed=("number", "fund", "charity", "subject", "received_on", "answer_by"),
        sheet=170,
        exported=(
            "number",
            "fund",
            "charity",
            "received_on",
            "channel",
            "subject",
            "matter",
            "answer_by",
        ),
        wide=("number", "fund", "charity", "matter"),
        searched=("matter",),
        prose=("matter", "note"),
        not_copied=("number", "matter", "note"),
    )
    area_from: ClassVar[tuple[str, ...]] = ("fund",)
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "fund", "charity")
    likeness: ClassVar[tuple[str, ...]] = ("area_id", "received_on", "channel", "matter", "number")
    numbers: ClassVar[tuple[str, ...]] = ("number",)
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("number",),)
    title_field: ClassVar[str] = "number"
    date_field: ClassVar[str] = "received_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "投诉举报"
        indexes = [
            models.Index(fields=("received_on",), name="supervision_received_on"),
            models.Index(fields=("answer_by",), name="supervision_answer_by"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            at_most_one(
                "fund",
                "charity",
                name="supervision_complaint_one_object",
                message="“基金”“慈善组织”只能选填一项",
            ),
            days_in_order(
                "received_on",
                "answer_by",
                name="supervision_complaint_dates_in_order",
                message="答复期限不能早于受理日期",
            ),
        ]

    @property
    def case(self) -> Case | None:
        """What its referral depends on; None while its day is missing."""
        if not self.received_on:
            return None
        return Case(f"投诉“{self.number}”", self.received_on, Finding.VIOLATION)


class ComplaintResult(models.TextChoices):
    """What the examination of a complaint showed."""

    TRUE = "true", "属实"
    PARTLY = "partly", "部分属实"
    UNTRUE = "untrue", "不属实"
    UNCLEAR = "unclear", "无法查实"
    REFUSED = "refused", "不予受理"


class ComplaintAnswer(Submission):
    """The answer (投诉答复) to a complaint; a late one stays visible.

    State machine: see `reviews.models.Submission`.
    """

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="answers", verbose_name="投诉举报"
    )
    answered_on = models.DateField("答复日期")
    result = models.CharField("查核结果", max_length=10, choices=ComplaintResult)
    handling = models.CharField("处理情况", max_length=500)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="complaint-answers",
        icon="mark_chat_read",
        example={
            "complaint": 1,
            "answered_on": "2026-03-20",
            "result": "partly",
            "handling": "已补充公示支出明细，并告知投诉人",
        },
        sealed=("complaint", "answered_on", "result"),
        sheet=175,
        exported=("complaint", "answered_on", "result", "handling"),
        wide=("complaint", "handling"),
        prose=("handling", "note"),
        not_copied=("handling", "note"),
    )
    area_from: ClassVar[tuple[str, ...]] = ("complaint",)
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "complaint")
    likeness: ClassVar[tuple[str, ...]] = ("complaint_id", "answered_on", "result", "handling")
    title_field: ClassVar[str] = "handling"
    date_field: ClassVar[str] = "answered_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "投诉答复"
        indexes = [models.Index(fields=("answered_on",), name="supervision_answered_on")]

    @property
    def days_late(self) -> int:
        """The days between the day by which an answer was due and the answer; 0 in time."""
        return max((self.answered_on - self.complaint.answer_by).days, 0)


class HotlineMedium(models.TextChoices):
    """Where a hotline is published (鄂民发〔2024〕92号 二（一）6)."""

    PRESS = "press", "报刊"
    BROADCAST = "broadcast", "广播电视"
    SOCIAL = "social", "微信公众号"
    SITE = "site", "网站"
    BOARD = "board", "公示栏"
    OTHER = "other", "其他"


class HotlineNotice(Submission):
    """A hotline for complaints that a bureau has published (投诉举报电话公布): where and since when.

    鄂民发〔2024〕92号 二（一）6. State machine: see `reviews.models.Submission`.
    """

    publisher_name = models.CharField("公布单位", max_length=100)
    hotline_number = models.CharField("投诉举报电话", max_length=30)
    medium = models.CharField("公布媒体", max_length=10, choices=HotlineMedium)
    medium_name = models.CharField("媒体名称", max_length=100, blank=True)
    published_on = models.DateField("公布日期")
    ended_on = models.DateField("停止公布日期", null=True, blank=True)
    address = models.CharField("网址", max_length=300, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="hotline-notices",
        icon="support_agent",
        example={
            "area": "500103",
            "publisher_name": "渝中区民政局",
            "hotline_number": "023-63765678",
            "medium": "social",
            "medium_name": "渝中民政",
            "published_on": "2026-02-01",
        },
        sealed=("publisher_name", "hotline_number", "medium", "medium_name", "published_on"),
        sheet=180,
        exported=(
            "publisher_name",
            "hotline_number",
            "medium",
            "medium_name",
            "published_on",
            "ended_on",
            "address",
        ),
        wide=("publisher_name", "medium_name", "address"),
        searched=("medium_name", "hotline_number"),
        prose=("address", "note"),
        not_copied=("address", "note"),
    )
    likeness: ClassVar[tuple[str, ...]] = (
        "area_id",
        "published_on",
        "hotline_number",
        "medium",
        "medium_name",
        "publisher_name",
    )
    title_field: ClassVar[str] = "publisher_name"
    date_field: ClassVar[str] = "published_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "投诉举报电话公布"
        indexes = [
            models.Index(fields=("published_on",), name="supervision_hotline_published"),
            models.Index(fields=("ended_on",), name="supervision_hotline_ended"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            days_in_order(
                "published_on",
                "ended_on",
                name="supervision_hotlinenotice_dates_in_order",
                message="停止公布日期不能早于公布日期",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.publisher_name} {self.hotline_number}"
