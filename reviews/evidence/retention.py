"""Retention of files: unused uploads, and evidence files on disk that no row refers to."""

from __future__ import annotations

import datetime
import logging
import re
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews.evidence.strays import old_files
from reviews.models import Attachment, ImportJob, JobState, private_storage

logger = logging.getLogger(__name__)

#: File names that `attachment_path` creates; any other file in the folder is left alone.
_OWN_NAME = re.compile(r"\d{6}/[0-9a-f]{32}")
_FOLDER = "attachments"
_AT_ONCE = 500


def clear_uploads(kept: datetime.timedelta) -> int:
    """Delete the content and findings of uploads that are no longer needed; return their number.
    Idempotent.

    An upload that was never stored goes when its last change is older than `kept`; one whose batch
    was undone, when that is. The file of a valid batch stays, as it proves the origin of its
    records. Jobs in progress are left alone.
    """
    now = timezone.now()
    cleared: dict[str, Any] = {"content": b"", "found": {}, "cleared_at": now}
    jobs = ImportJob.objects.filter(cleared_at__isnull=True)
    changed = jobs.annotate(changed_at=Coalesce("settled_at", "created_at"))
    # The UPDATE itself tests the states, so a user who stores the file now either wins or gets a
    # message.
    unstored = changed.filter(
        state__in=(JobState.CHECKED, JobState.REFUSED), changed_at__lt=now - kept
    ).update(**cleared, state=JobState.REFUSED)
    undone = jobs.filter(Q(state=JobState.IMPORTED), batch__undone_at__lt=now - kept).update(
        **cleared
    )
    return unstored + undone


def remove_strays(kept: datetime.timedelta) -> int:
    """Delete evidence files that no row refers to, as a killed process leaves them; return how
    many.

    Files younger than `kept` may belong to an open transaction. When more files are unknown than
    known, the database is probably the wrong or an old one: then nothing is deleted and an error is
    logged.
    """
    storage = private_storage()
    folder = Path(storage.location) / _FOLDER
    old = [f"{_FOLDER}/{name}" for name in old_files(folder, _OWN_NAME, kept)]
    strays, named = list[str](), 0
    for start in range(0, len(old), _AT_ONCE):
        names = set(old[start : start + _AT_ONCE])
        known = set(Attachment.objects.filter(file__in=names).values_list("file", flat=True))
        named += len(known)
        strays += sorted(names - known)
    if len(strays) > named:
        logger.error(
            "%s files of evidence, %s named by the database: none removed", len(old), named
        )
        return 0
    for name in strays:
        storage.delete(name)
        logger.warning("removed %s, which no record names", name)
    return len(strays)
