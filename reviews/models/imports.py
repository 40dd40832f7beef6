"""Ledger files: an upload on its way, and the batch it became."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.models import Area
from reviews.querysets import AreaScopedQuerySet

#: The workbooks that can be imported: key → title, in the order of the pages. The room that reads
#: ledgers fills it in place when the apps are ready.
WORKBOOK_TITLES: dict[str, str] = {}


def workbook_choices() -> list[tuple[str, str]]:
    """Keys and titles of the workbooks, as choices of a field."""
    return list(WORKBOOK_TITLES.items())


class ImportBatch(models.Model):
    """One ledger file that was read in: who, when, and what came of it."""

    kind = models.CharField("台账", max_length=20, choices=workbook_choices)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件摘要", max_length=64)
    area = models.ForeignKey(Area, models.PROTECT, verbose_name="所属地区")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人"
    )
    created_at = models.DateTimeField("导入时间", auto_now_add=True)
    row_count = models.PositiveIntegerField("行数")
    created_counts = models.JSONField("生成记录", default=dict)
    changed_count = models.PositiveIntegerField("修改记录", default=0)
    same_count = models.PositiveIntegerField("相同跳过", default=0)
    #: What the file changed in records that were there: see `ledgers.undoing`.
    changes = models.JSONField("修改内容", default=list)
    warnings = models.JSONField("提示", default=list)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="撤销人"
    )

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入批次"
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "sha256", "area"),
                condition=Q(undone_at__isnull=True),
                name="reviews_importbatch_file_once",
                violation_error_message="同一文件已导入过",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class JobState(models.TextChoices):
    """How far an upload has come."""

    CHECKING = "checking", "正在核对"
    CHECKED = "checked", "已核对"
    IMPORTING = "importing", "正在写入"
    IMPORTED = "imported", "已导入"
    REFUSED = "refused", "未能处理"


#: States in which a worker is, or should be, at work.
AT_WORK = frozenset({JobState.CHECKING, JobState.IMPORTING})


class ImportJob(models.Model):
    """A ledger that somebody uploaded on the site, on its way to a batch.

    正在核对 → 已核对 (with what was found) → 正在写入 → 已导入; 未能处理 where the file is unusable or the
    user may not, and where nobody stored it in time. Only its uploader sees it. A job that nobody works
    on any more is taken up again (`ledgers.jobs`).
    """

    kind = models.CharField("台账", max_length=20, choices=workbook_choices)
    file_name = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="导入到")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField(
        "进度", max_length=9, choices=JobState, default=JobState.CHECKING, editable=False
    )
    is_submitted = models.BooleanField("导入后提交审核", default=False)
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    settled_at = models.DateTimeField("处理完成时间", null=True)
    message = models.CharField("说明", max_length=500, blank=True)
    #: What the check found: see `ledgers.jobs.check_summary`.
    found = models.JSONField("核对结果", default=dict)
    batch = models.OneToOneField(
        ImportBatch, models.PROTECT, null=True, related_name="job", verbose_name="导入批次"
    )
    #: From then on without its file: see `reviews.evidence.retention`.
    cleared_at = models.DateTimeField("原文件清理时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "上传的台账"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.file_name
