"""Attachments of records: photos and PDF files."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils import timezone


def private_storage() -> FileSystemStorage:
    """Return the storage of uploaded files; no public address serves its folder."""
    return FileSystemStorage(settings.DATA_DIR)


class AttachmentKind(models.TextChoices):
    """The type of a file as it is kept, by its first bytes, never by its name."""

    JPEG = "image/jpeg", "照片（JPEG）"
    PNG = "image/png", "图片（PNG）"
    PDF = "application/pdf", "文件（PDF）"


def attachment_path(attachment: Attachment, file_name: str) -> str:
    """Return a random path, so that nothing of the uploader's file name reaches the disk."""
    return f"attachments/{timezone.localdate():%Y%m}/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """Evidence of a record: a photo or a PDF, served only to users who see the record.

    A photo is kept as `reviews.evidence.photos` draws it, a PDF as it was uploaded.

    A removed attachment stays on disk and in the trail. Only drafts and returned records take new
    ones.
    """

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField("记录编号")
    record = GenericForeignKey("content_type", "object_id")
    file = models.FileField("文件", storage=private_storage, upload_to=attachment_path)
    file_name = models.CharField("文件名", max_length=120, editable=False)
    kind = models.CharField("类型", max_length=15, choices=AttachmentKind, editable=False)
    size = models.PositiveIntegerField("大小（字节）", editable=False)
    sha256 = models.CharField("文件摘要", max_length=64, editable=False)
    #: As it was uploaded; empty for a file that was stored before photos were drawn anew.
    upload_sha256 = models.CharField("上传文件摘要", max_length=64, blank=True, editable=False)
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
