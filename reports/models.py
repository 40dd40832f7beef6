"""Reports that are due, and the sealed editions that were filed."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from areas.models import Area
from indicators.models import Plan
from reviews.querysets import AreaScopedQuerySet


class ReportState(models.TextChoices):
    """Where a report stands; 逾期 is derived from its day."""

    DUE = "due", "待报"
    FILED = "filed", "已报"


class Report(models.Model):
    """A progress report of a plan for an area and a due day (云南 通知: 每年6月底、11月底前).

    Prepared by Celery before the day: `draft` holds the figures as they were then. Filing seals an
    edition; a later correction seals another one, with a reason.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reports", verbose_name="方案")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="报送地区")
    due_on = models.DateField("报送截止日")
    state = models.CharField("状态", max_length=5, choices=ReportState, default=ReportState.DUE)
    prepared_at = models.DateTimeField("准备时间")
    draft = models.JSONField("草稿数据", default=dict)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进展报告"
        ordering = ("-due_on", "area")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "area", "due_on"),
                name="reports_report_once",
                violation_error_message="该报告已准备",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.due_on:%Y年%-m月}进展报告"

    @property
    def is_overdue(self) -> bool:
        """Not filed although its day is past."""
        return self.state == ReportState.DUE and self.due_on < timezone.localdate()

    def as_of(self, today: datetime.date) -> datetime.date:
        """The day its figures are counted on: the due day, or today while that is ahead."""
        return min(self.due_on, today)


class Edition(models.Model):
    """A sealed edition: canonical JSON with its SHA-256 and the hash of the edition before it.

    Written once. The workbook is made from `content` alone and can be made again byte for byte.
    """

    report = models.ForeignKey(
        Report, models.PROTECT, related_name="editions", verbose_name="进展报告"
    )
    number = models.PositiveSmallIntegerField("版次")
    content = models.TextField("封存内容")
    #: Out of `content`, for pages that must not read the whole of it.
    as_of = models.DateField("数据截至")
    figures = models.JSONField("指标数值", default=dict)
    sha256 = models.CharField("摘要", max_length=64, unique=True)
    previous_sha256 = models.CharField("上一版摘要", max_length=64, blank=True)
    reason = models.CharField("更正理由", max_length=500, blank=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="封存人"
    )
    sealed_at = models.DateTimeField("封存时间")
    workbook_sha256 = models.CharField("工作簿摘要", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "封存版次"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("report", "number"),
                name="reports_edition_number_once",
                violation_error_message="该版次已存在",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""),
                name="reports_edition_correction_has_reason",
                violation_error_message="更正须写明理由",
            ),
            models.UniqueConstraint(
                fields=("previous_sha256",),
                condition=~Q(previous_sha256=""),
                name="reports_edition_chain_has_no_branch",
                violation_error_message="上一版之后已有新版",
            ),
            models.CheckConstraint(
                condition=~Q(sha256=F("previous_sha256")),
                name="reports_edition_differs",
                violation_error_message="新版与上一版相同",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}第{self.number}版"


class EditionMember(models.Model):
    """A record that an edition's figures are made of; the index from a record to its editions."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="members")
    kind = models.CharField("记录类别", max_length=60)
    object_id = models.BigIntegerField("记录编号")

    class Meta:
        verbose_name = verbose_name_plural = "封存记录"
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "object_id", "edition"),
                name="reports_editionmember_once",
                violation_error_message="该记录已在该版次中",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}#{self.object_id}"
