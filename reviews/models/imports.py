"""Imports of ledger files: an upload in progress, and the batch it becomes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from areas.models import Area
from reviews.querysets import AreaScopedQuerySet

#: Key → title of the workbooks that can be imported, in the order of the pages; `ledgers.registry`
#: fills it.
WORKBOOK_TITLES: dict[str, str] = {}


def workbook_choices() -> list[tuple[str, str]]:
    """Return keys and titles of the workbooks as choices of a field."""
    return list(WORKBOOK_TITLES.items())


class ImportBatch(models.Model):
    """One imported ledger file: who, when, and how many records."""

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
    #: The changes made to stored records, from which `ledgers.undoing` restores them.
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
    """The state of an upload."""

    CHECKING = "checking", "正在核对"
    CHECKED = "checked", "已核对"
    IMPORTING = "importing", "正在写入"
    IMPORTED = "imported", "已导入"
    REFUSED = "refused", "未能处理"


#: States in which a worker is working on the job, or should be.
AT_WORK = frozenset({JobState.CHECKING, JobState.IMPORTING})


class ImportJob(models.Model):
    """A ledger uploaded on the site, on its way to a batch; only its uploader sees it.

    正在核对 → 已核对 (with findings) → 正在写入 → 已导入. 未能处理 when the file is unusable, the user may not import
    it, or nobody stored it in time. A job whose worker died is taken up again (`ledgers.jobs`).
    """

    kind = models.CharField("台账", max_length=20, choices=workbook_choices)
    file_name = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="导入到")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    #: Since when the job waits for a worker, or waited.
    asked_at = models.DateTimeField("等候起始时间", default=timezone.now, editable=False)
    state = models.CharField(
        "进度", max_length=9, choices=JobState, default=JobState.CHECKING, editable=False
    )
    is_submitted = models.BooleanField("导入后提交审核", default=False)
    #: How the clerk explains the warnings of what is submitted.
    reason = models.CharField("提示说明", max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField("处理次数", default=0)
    settled_at = models.DateTimeField("处理完成时间", null=True)
    message = models.CharField("说明", max_length=500, blank=True)
    #: The result of the check, see `ledgers.jobs.check_summary`.
    found = models.JSONField("核对结果", default=dict)
    #: The clerk's decisions about doubtful rows by place, see `ledgers.reading.questions`.
    decisions = models.JSONField("逐行选择", default=dict)
    batch = models.OneToOneField(
        ImportBatch, models.PROTECT, null=True, related_name="job", verbose_name="导入批次"
    )
    #: When the content was deleted, see `reviews.evidence.retention`.
    cleared_at = models.DateTimeField("原文件清理时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "上传的台账"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.file_name

    @property
    def outcomes(self) -> str:
        """The digest of what the last check found; empty before the first."""
        return str(self.found.get("outcomes", ""))
