"""How long files are kept: uploads that came to nothing, and evidence on disk that no row names."""

from __future__ import annotations

import datetime
import logging
import re
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews.models import Attachment, ImportJob, JobState
from reviews.strays import old_files

logger = logging.getLogger(__name__)

#: As `attachment_path` makes them; whatever else somebody laid there is not ours to remove.
_OURS = re.compile(r"\d{6}/[0-9a-f]{32}")
_FOLDER = "attachments"
_AT_ONCE = 500


def clear_uploads(kept: datetime.timedelta) -> int:
    """Empty the files that nothing rests on any more, and what was found in them; returns how many.

    An upload that was never stored goes so long after its last change, one whose batch was undone so
    long after that. The file of a batch that stands is kept: it proves what its records were made of.
    What is being worked on is left alone. Idempotent.
    """
    now = timezone.now()
    gone: dict[str, Any] = {"content": b"", "found": {}, "cleared_at": now}
    jobs = ImportJob.objects.filter(cleared_at__isnull=True)
    changed = jobs.annotate(changed_at=Coalesce("settled_at", "created_at"))
    # The states in the UPDATE itself: whoever asks to store the file at this moment is first or told.
    unstored = changed.filter(
        state__in=(JobState.CHECKED, JobState.REFUSED), changed_at__lt=now - kept
    ).update(**gone, state=JobState.REFUSED)
    undone = jobs.filter(Q(state=JobState.IMPORTED), batch__undone_at__lt=now - kept).update(**gone)
    return unstored + undone


def remove_strays(kept: datetime.timedelta) -> int:
    """Take files of evidence off the disk that no row names: left by a killed process.

    Younger ones may belong to a transaction on its way. Where more files are unknown than known it is
    the database that is the wrong one, or an old one: nothing is removed, and the log says so.
    """
    storage: Any = Attachment._meta.get_field("file").storage
    folder = Path(storage.location) / _FOLDER
    old = [f"{_FOLDER}/{name}" for name in old_files(folder, _OURS, kept)]
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
