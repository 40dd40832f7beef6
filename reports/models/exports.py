"""Files that a worker makes: exported ledgers, and workbooks of subscribed figures."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from areas.models import Area
from dates.text import day_text
from indicators.models import Plan
from reviews.models import Status, Submission


class FileState(models.TextChoices):
    """The state of a file that a worker makes."""

    QUEUED = "queued", "排队中"
    WORKING = "working", "正在生成"
    DONE = "done", "已生成"
    FAILED = "failed", "未能生成"


#: States in which the file is still to be made.
OPEN = frozenset({FileState.QUEUED, FileState.WORKING})


class MadeFile(models.Model):
    """Abstract base: a file that a worker makes (`reports.exports.jobs`).

    排队中 → 正在生成 → 已生成, or 未能生成 with the reason in `message`. When a worker dies, another one
    starts again. The file is deleted after its time; the row stays.
    """

    state = models.CharField(
        "进度", max_length=7, choices=FileState, default=FileState.QUEUED, editable=False
    )
    attempts = models.PositiveSmallIntegerField("处理次数", default=0, editable=False)
    #: Attempts since the last ended one whose workers died, see `reports.exports.jobs`.
    breaks = models.PositiveSmallIntegerField("中断次数", default=0, editable=False)
    message = models.CharField("说明", max_length=500, blank=True, editable=False)
    #: The name in EXPORT_DIR, made at random.
    file_name = models.CharField("文件", max_length=80, blank=True, editable=False)
    size = models.PositiveBigIntegerField("大小（字节）", null=True, editable=False)
    sha256 = models.CharField("文件摘要", max_length=64, blank=True, editable=False)
    made_at = models.DateTimeField("生成时间", null=True, editable=False)
    cleared_at = models.DateTimeField("文件清理时间", null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_at_work(self) -> bool:
        """Whether the file is still to be made."""
        return self.state in OPEN

    @property
    def is_there(self) -> bool:
        """Whether the file can be downloaded."""
        return self.state == FileState.DONE and self.cleared_at is None

    @property
    def path(self) -> Path:
        """The path of the file."""
        return Path(settings.EXPORT_DIR) / self.file_name


class Export(MadeFile):
    """A ledger of one record kind; only its requester gets it, while the area is in their scope."""

    kind = models.CharField("记录类别", max_length=60)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="地区")
    #: Empty: every state except 已作废.
    status = models.CharField("状态", max_length=8, choices=Status, blank=True)
    since = models.DateField("起始日期", null=True, blank=True)
    until = models.DateField("截止日期", null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="申请人"
    )
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    row_count = models.PositiveIntegerField("行数", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "台账导出"
        ordering = ("-requested_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="reports_export_days_in_order",
                violation_error_message="截止日期不应早于起始日期",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.kind_name}台账"

    @property
    def kind_name(self) -> str:
        """The record kind in Chinese."""
        return str(self.record_kind._meta.verbose_name)

    @property
    def record_kind(self) -> type[Submission]:
        """The model of the records; LookupError where the kind is no record kind any more."""
        model = apps.get_model(self.kind)
        if not issubclass(model, Submission):
            raise LookupError(self.kind)
        return model

    @property
    def chosen(self) -> str:
        """The state and days of the records in Chinese: 已通过，2026年1月1日至2026年6月30日."""
        status = Status(self.status).label if self.status else "全部状态（不含已作废）"
        first = day_text(self.since) if self.since else ""
        last = day_text(self.until) if self.until else ""
        span = f"{first}至{last or '今'}" if first else f"截至{last}" if last else ""
        return f"{status}，{span}" if span else status

    @property
    def download_name(self) -> str:
        """The file name of the download."""
        day = timezone.localdate(self.requested_at)
        return f"{self}（{day.isoformat()}）.xlsx"


class Subscription(models.Model):
    """定期报表: a workbook with a plan's figures for an area, made every month on one day."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="订阅人"
    )
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+", verbose_name="方案")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="地区")
    #: A shorter month uses its last day.
    day = models.PositiveSmallIntegerField(
        "每月几日", validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    created_at = models.DateTimeField("订阅时间", auto_now_add=True)
    cancelled_at = models.DateTimeField("取消时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "定期报表"
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "plan", "area"),
                condition=Q(cancelled_at__isnull=True),
                name="reports_subscription_once",
                violation_error_message="已订阅该地区该方案的定期报表",
            ),
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=31),
                name="reports_subscription_day_of_a_month",
                violation_error_message="日期应为1至31日",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area}指标报表"


class Delivery(MadeFile):
    """The workbook of one month of a subscription; made once and mailed once."""

    subscription = models.ForeignKey(
        Subscription, models.PROTECT, related_name="deliveries", verbose_name="订阅"
    )
    due_on = models.DateField("报表日期")
    handled_at = models.DateTimeField("邮件处理时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "定期报表文件"
        ordering = ("-due_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("subscription", "due_on"),
                name="reports_delivery_once",
                violation_error_message="该期报表已生成",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription}（{day_text(self.due_on)}）"

    @property
    def download_name(self) -> str:
        """The file name of the download."""
        return f"{self.subscription.area.short_name}指标报表（{self.due_on.isoformat()}）.xlsx"
