"""Deletes files after their retention period, and files that killed workers left behind."""

from __future__ import annotations

import datetime
import logging
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from areas.codes import ancestors_of
from areas.querysets import within_q
from reports.models.exports import Delivery, Export, FileState
from reviews.evidence.strays import old_files
from reviews.models import Submission
from reviews.trail.erasure.swaps import Swaps

_log = logging.getLogger(__name__)
#: The names that `reports.exports.jobs` gives; other files in the folder are never deleted.
_OURS = re.compile(r"(export|delivery)-\d+-[0-9a-f]{32}\.xlsx(\.part)?")


def clear_files(kept: datetime.timedelta) -> int:
    """Delete files older than `kept`; their rows stay. Returns how many. Idempotent."""
    number = 0
    for model in (Export, Delivery):
        rows = model._default_manager.filter(state=FileState.DONE, cleared_at=None)
        for made in rows.filter(made_at__lt=timezone.now() - kept):
            # The row first: a request at this moment is answered that the file is gone.
            number += model._default_manager.filter(pk=made.pk).update(cleared_at=timezone.now())
            made.path.unlink(missing_ok=True)
    return number


def clear_about(record: Submission, swaps: Swaps) -> None:
    """Delete the exported ledgers that may hold a record whose personal texts go; called in a transaction."""
    near = within_q("area", record.area_id) | Q(area__in=ancestors_of(record.area_id))
    rows = Export.objects.filter(near, kind=record._meta.label_lower, cleared_at=None)
    for made in rows.filter(state=FileState.DONE):
        rows.filter(pk=made.pk).update(cleared_at=timezone.now())
        transaction.on_commit(partial(made.path.unlink, missing_ok=True))


def names_of_exports() -> Iterator[str]:
    """Yield the files that can be downloaded, below DATA_DIR; one may be cleared while it is read."""
    folder = Path(settings.EXPORT_DIR).name
    for model in (Export, Delivery):
        rows = model._default_manager.filter(state=FileState.DONE, cleared_at=None)
        for name in rows.exclude(file_name="").order_by("pk").values_list("file_name", flat=True):
            yield f"{folder}/{name}"


def remove_strays(kept: datetime.timedelta) -> int:
    """Delete files older than `kept` that no row names; a worker may still write younger ones."""
    named = {
        name
        for model in (Export, Delivery)
        for name in model._default_manager.filter(cleared_at=None)
        .exclude(file_name="")
        .values_list("file_name", flat=True)
    }
    folder = Path(settings.EXPORT_DIR)
    strays = [name for name in old_files(folder, _OURS, kept) if name not in named]
    for name in strays:
        (folder / name).unlink(missing_ok=True)
        _log.warning("removed %s, which no row names", name)
    return len(strays)
