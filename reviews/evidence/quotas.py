"""How much an account, and all accounts of an area, may store: attachments and uploaded ledgers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Length

from reviews.models import Attachment, ImportJob

if TYPE_CHECKING:
    from accounts.models import User

_MEGABYTE = 1024 * 1024


def megabytes(size: int) -> str:
    """Return a size as `12.3 MB` or `640 KB`, rounded up so that a size over a limit shows it."""
    if size < 1024 * 1024:
        return f"{-(-size // 1024)} KB"
    return f"{-(-size * 10 // (1024 * 1024)) / 10:.1f} MB"


def beyond_quota(by: User, size: int) -> str:
    """Return in Chinese why `size` more bytes exceed a quota: what is used and allowed; "" when they fit.

    Removed attachments count, because their files stay; a ledger counts until its content is cleared.
    """
    bounds = (
        (settings.QUOTA_ACCOUNT_MB, "", by.pk, "您的账号"),
        (settings.QUOTA_AREA_MB, "__area_id", by.area_id, "您所在地区的账号"),
    )
    for most, lookup, value, named in bounds:
        if not most:
            continue
        evidence, ledgers = _used(lookup, value)
        if evidence + ledgers + size > most * _MEGABYTE:
            return (
                f"没有接收：{named}已存{megabytes(evidence + ledgers)}（附件{megabytes(evidence)}，"
                f"台账{megabytes(ledgers)}），上限{most:,} MB，放不下本次的{megabytes(size)}；"
                "请联系系统管理员"
            )
    return ""


def _used(lookup: str, value: object) -> tuple[int, int]:
    """Return the bytes of attachments and of ledgers of an account, or of an area's accounts."""
    evidence = Attachment.objects.filter(**{f"added_by{lookup}": value})
    uploads = ImportJob.objects.filter(cleared_at__isnull=True, **{f"created_by{lookup}": value})
    stored = uploads.aggregate(total=Sum(Length("content")))["total"]
    return evidence.aggregate(total=Sum("size"))["total"] or 0, stored or 0
