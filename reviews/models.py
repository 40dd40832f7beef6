"""The base of every business record, its events, and the batches it came in."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords
from typing_extensions import override

from areas.models import Area
from reviews.checks import (
    Check,
    SetCheck,
    amount_faults,
    blocking,
    exact_amounts,
    find_problems,
    identical,
    repeated,
)
from reviews.querysets import AreaScopedQuerySet, SubmissionQuerySet


class Status(models.TextChoices):
    """Where a record stands; only approved records are facts."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "待审核"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "已退回"
    VOID = "void", "已作废"


REASON_LENGTH = 500

#: Reasons that the platform writes where nobody was asked for one.
IMPORT_REASON = "台账导入"
UNDO_REASON = "撤销导入"

#: A clerk may change these.
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})


def length_fault(text: str, name: str = "理由") -> str:
    """Why a text does not fit where reasons are kept; empty where it does."""
    if len(text) <= REASON_LENGTH:
        return ""
    return f"{name}过长（{len(text)}字），不应超过{REASON_LENGTH}字"


class Action(models.TextChoices):
    """A transition, as it is written into the event."""

    SUBMIT = "submit", "提交"
    APPROVE = "approve", "通过"
    RETURN = "return", "退回"
    REOPEN = "reopen", "撤回通过"
    VOID = "void", "作废"


#: Somebody is overruled, and told why.
REASONED = (Action.REOPEN, Action.RETURN, Action.VOID)


class LedgerKind(models.TextChoices):
    """What a ledger file holds (`import_records KIND`)."""

    FUNDS = "funds", "社区慈善基金台账"
    ORGS = "orgs", "社区社会组织台账"
    PROJECTS = "projects", "慈善项目统计表"
    MONEY = "money", "捐赠收支明细"
    SCENES = "scenes", "慈善服务场景台账"
    ACTIVITIES = "activities", "活动培训帮扶记录"
    TEAMS = "teams", "志愿服务队伍台账"
    CHARITIES = "charities", "慈善组织台账"


class ImportBatch(models.Model):
    """One ledger file that was read in: who, when, and what came of it."""

    kind = models.CharField("台账", max_length=20, choices=LedgerKind)
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


def private_storage() -> FileSystemStorage:
    """The folder of uploaded files, which no address serves."""
    return FileSystemStorage(settings.DATA_DIR)


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

    kind = models.CharField("台账", max_length=20, choices=LedgerKind)
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
    #: What the check found: see `ledgers.jobs.found_in`.
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


class Submission(models.Model):
    """Abstract base of every business record.

    State machine: 草稿 → 待审核 → 已通过 | 已退回; 已退回 → 待审核; 已通过 → 已退回 (撤回通过);
    any but 已作废 → 已作废. Transitions are in `reviews.services`; a record that is not 草稿 or
    已退回 is never edited.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所属地区")
    status = models.CharField(
        "状态", max_length=8, choices=Status, default=Status.DRAFT, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="录入人",
    )
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="提交人",
    )
    submitted_at = models.DateTimeField("提交时间", null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="审核人",
    )
    reviewed_at = models.DateTimeField("审核时间", null=True, editable=False)
    review_reason = models.CharField(
        "审核意见", max_length=REASON_LENGTH, blank=True, editable=False
    )
    transition_id = models.UUIDField(null=True, editable=False, db_index=True)
    import_batch = models.ForeignKey(
        ImportBatch,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="导入批次",
    )
    import_cell = models.CharField("台账位置", max_length=60, blank=True, editable=False)

    history = HistoricalRecords(inherit=True, excluded_fields=["transition_id"])
    objects = SubmissionQuerySet.as_manager()

    #: Submission rules in order; see `reviews.checks`.
    checks: ClassVar[tuple[Check, ...]] = ()
    #: Rules over a whole batch, for what one record cannot tell.
    set_checks: ClassVar[tuple[SetCheck, ...]] = (exact_amounts, repeated, identical)
    #: Fields that follow from a reference where they are not given themselves (`complete`).
    follows: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    #: Relations the checks read, fetched with the records.
    related_for_checks: ClassVar[tuple[str, ...]] = ("area",)
    #: Fields that together name a record; two living records may not share them. Empty: none do.
    identity: ClassVar[tuple[str, ...]] = ()
    #: Fields that together make two records of a kind without identity look like one. Empty: none.
    likeness: ClassVar[tuple[str, ...]] = ()
    #: The field a message about a repeated identity points to.
    title_field: ClassVar[str] = "name"
    #: The date field a list of these records is read by.
    date_field: ClassVar[str] = "created_at"

    class Meta:
        abstract = True
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(reviewed_by=F("submitted_by")),
                name="%(app_label)s_%(class)s_four_eyes",
                violation_error_message="提交人不能审核自己提交的记录",
            )
        ]

    def __str__(self) -> str:
        return str(getattr(self, self.title_field)) or f"未命名的{self._meta.verbose_name}"

    @property
    def is_editable(self) -> bool:
        """Whether a clerk may change the record now."""
        return self.status in EDITABLE

    def complete(self) -> None:
        """Fill in what follows from what was given; a kind says what."""

    @override
    def clean_fields(self, exclude: Iterable[str] | None = None) -> None:
        """Complete, then look at each field; an amount that would not come back the same is refused."""
        self.complete()
        super().clean_fields(exclude=exclude)  # type: ignore[arg-type]
        if faults := {fault.field: fault.message for fault in amount_faults(self)}:
            raise ValidationError(faults, code="too_large")

    @classmethod
    def counted_elsewhere(cls, transition_id: uuid.UUID) -> set[str]:
        """Areas besides their own in which the records of a transition count."""
        return set()

    @override
    def clean(self) -> None:
        """For whoever stores without a form: nothing that would block a submission.

        The entry form lets a draft be incomplete (`reviews.pages.entry.RecordForm`).
        """
        super().clean()
        problems = blocking(find_problems(self))
        errors: dict[str, list[str]] = {}
        for problem in problems:
            errors.setdefault(problem.field, []).append(problem.message)
        if errors:
            raise ValidationError(errors)


class ReviewEvent(models.Model):
    """One transition of one record: who did what, when, and why. Written once, never changed."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name="记录类别")
    object_id = models.BigIntegerField("记录编号")
    record = GenericForeignKey("content_type", "object_id")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所属地区")
    action = models.CharField("操作", max_length=8, choices=Action)
    from_status = models.CharField("原状态", max_length=8, choices=Status)
    to_status = models.CharField("新状态", max_length=8, choices=Status)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="操作人"
    )
    at = models.DateTimeField("时间")
    reason = models.CharField("理由", max_length=REASON_LENGTH, blank=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核记录"
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=("content_type", "object_id"), name="reviews_event_record"),
            # What `past_reasons` reads; submissions and approvals, which come by the ten thousand, are
            # not in it.
            models.Index(
                fields=("action", "area"),
                condition=Q(action__in=REASONED),
                name="reviews_event_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}：{self.content_type.name}#{self.object_id}"


class AttachmentKind(models.TextChoices):
    """What a file is by its first bytes, never by its name."""

    JPEG = "image/jpeg", "照片（JPEG）"
    PNG = "image/png", "图片（PNG）"
    PDF = "application/pdf", "文件（PDF）"


def attachment_path(attachment: Attachment, file_name: str) -> str:
    """A name nobody chose: neither the uploader's words nor a path reach the disk."""
    return f"attachments/{timezone.localdate():%Y%m}/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """Evidence of a record: a photo or a PDF, served only to whoever sees the record.

    A removed one stays on disk and in the trail; only drafts and returned records take new ones.
    """

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField("记录编号")
    record = GenericForeignKey("content_type", "object_id")
    file = models.FileField("文件", storage=private_storage, upload_to=attachment_path)
    file_name = models.CharField("文件名", max_length=120, editable=False)
    kind = models.CharField("类型", max_length=15, choices=AttachmentKind, editable=False)
    size = models.PositiveIntegerField("大小（字节）", editable=False)
    sha256 = models.CharField("文件摘要", max_length=64, editable=False)
    note = models.CharField("说明", max_length=100, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name="上传人",
    )
    added_at = models.DateTimeField("上传时间", auto_now_add=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="移除人",
    )
    removed_at = models.DateTimeField("移除时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ("pk",)
        indexes = [
            models.Index(fields=("content_type", "object_id"), name="reviews_attachment_record")
        ]

    def __str__(self) -> str:
        return self.file_name
