"""Copies of records outside their tables: answers kept for repetition, uploads, and what other rooms declare."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.api.models import Replay
from areas.codes import ancestors_of
from areas.querysets import within_q
from reviews.models import AT_WORK, ImportBatch, ImportJob, JobState, Submission
from reviews.trail.erasure.swaps import Swaps

#: Removes what a room keeps of a record; runs in the transaction of the erasure.
Clearing = Callable[[Submission, Swaps], None]

_declared: list[Clearing] = []
_TOLD = "按个人信息申请已清除上传的文件；需要导入的请更正后重新上传"
#: Bytes of an unpacked workbook that are looked through; more counts as holding the texts.
_MOST_BYTES = 400_000_000
_TAGS = re.compile(rb"<[^<>]*>")
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le")


def declare_copies(clearing: Clearing) -> None:
    """Let another room remove its copies of a record's personal texts, too."""
    _declared.append(clearing)


def clear_copies(record: Submission, swaps: Swaps, batches: set[int]) -> None:
    """Remove the texts from all copies; `batches` are the imports that made or changed the record."""
    _clear_uploads(record, swaps, batches)
    _clear_answers(record, swaps)
    for clearing in _declared:
        clearing(record, swaps)


def _clear_uploads(record: Submission, swaps: Swaps, batches: set[int]) -> None:
    """Delete the uploaded workbooks that hold the texts: a workbook cannot be cut.

    Those from which the record came go in any case. A file that waits for its import is refused.
    """
    near = within_q("area", record.area_id) | Q(area__in=ancestors_of(record.area_id))
    jobs = ImportJob.objects.filter(near, cleared_at__isnull=True).exclude(state__in=AT_WORK)
    for pk, batch in list(jobs.order_by("pk").values_list("pk", "batch_id")):
        if batch in batches or _holds(_content(pk), swaps):
            cleared: dict[str, Any] = {"content": b"", "found": {}, "decisions": {}}
            row = ImportJob.objects.filter(pk=pk)
            row.update(**cleared, cleared_at=timezone.now())
            waiting = row.exclude(state=JobState.IMPORTED)
            waiting.update(state=JobState.REFUSED, message=_TOLD)
    for job in ImportJob.objects.filter(near).exclude(reason="").only("pk", "reason"):
        if swaps.are_in(job.reason):
            ImportJob.objects.filter(pk=job.pk).update(reason=swaps.free(job.reason)[:200])


def _content(pk: int) -> bytes:
    return bytes(ImportJob.objects.values_list("content", flat=True).get(pk=pk))


def _holds(content: bytes, swaps: Swaps) -> bool:
    """Return whether a file of any format holds one of the texts, in doubt True."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        read = (content[at:].decode(name, "ignore") for at in (0, 1) for name in _ENCODINGS)
        return any(map(swaps.are_within, read))
    left = _MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for part in book.infolist():
                left -= part.file_size
                if left < 0 or swaps.are_within(_plain(book.read(part))):
                    return True
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return True
    return False


def _plain(part: bytes) -> str:
    """Return the text of a part of a workbook, whose words may be cut into pieces and escaped."""
    return html.unescape(_TAGS.sub(b" ", part).decode("utf-8", "ignore"))


def _clear_answers(record: Submission, swaps: Swaps) -> None:
    """Remove the texts from the answers about the record that are kept for repeated requests."""
    for replay in Replay.objects.only("body").iterator(chunk_size=100):
        is_about = str(record.pk) in replay.body
        changed = swaps.json_text(replay.body) if is_about else replay.body
        if changed != replay.body:
            Replay.objects.filter(pk=replay.pk).update(body=changed)


def batches_of(record: Submission) -> list[ImportBatch]:
    """Return the imports that made or changed a record."""
    label, places = record._meta.label_lower, [record.area_id, *ancestors_of(record.area_id)]
    changing = Q(changed_count__gt=0) & Q(area__in=places)
    found = ImportBatch.objects.filter(Q(pk=record.import_batch_id) | changing)
    return [
        batch
        for batch in found
        if batch.pk == record.import_batch_id
        or any(each["model"] == label and each["pk"] == record.pk for each in batch.changes)
    ]
