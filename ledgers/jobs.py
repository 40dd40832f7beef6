"""Uploads on their way to records: checked, shown, stored; long ones by a worker, each only once.

The database stores the state of a job; the cache shows who works on it and how far (`Lease`). A
worker that dies leaves the job unchanged with nothing written, and another one takes it up.
"""

from __future__ import annotations

import heapq
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from areas.models import Area
from guards.disk import DiskFull, check_room
from guards.scanning import NotClean, check_clean
from ledgers.declaration import Ledger
from ledgers.reading.entries import Entry, RowOutcome
from ledgers.reading.findings import Finding
from ledgers.reading.matching.decisions import Decisions
from ledgers.reading.matching.rows import describe_change
from ledgers.reading.questions import questions_of
from ledgers.service import (
    CHANGED_SINCE,
    ChangedSinceCheck,
    CheckedLedger,
    check_ledger,
    import_ledger,
)
from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.package import PackageRefused, check_package, unpacked_bytes
from reviews.evidence.quotas import beyond_quota
from reviews.leases import MOST_BREAKS, Lease, Progress, progress_under, queued
from reviews.models import AT_WORK, IMPORT_REASON, ImportJob, JobState
from reviews.services import TransitionError

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from accounts.models import User

#: The size limit of an upload in bytes.
MOST_BYTES = 30 * 1024 * 1024
#: Uploads up to these sizes, as they are and unpacked (some 1,300 rows), are processed while the page
#: waits; larger ones by a worker.
AT_ONCE_BYTES = 200_000
AT_ONCE_UNPACKED_BYTES = 1_000_000
_LINES, _FINDINGS = 500, 3000
_WAY_OUT = "请把台账内容复制到新建的工作簿（不带图片和空行），或分成几个文件，重新上传"

logger = logging.getLogger(__name__)

Ledgers = Mapping[str, Sequence[Ledger]]


class UploadRefused(ValueError):
    """The upload is not accepted; the Chinese message is for the user."""


def content_of(file: UploadedFile[bytes]) -> bytes:
    """Return the content of an uploaded file; UploadRefused, before it is read, when it is too large."""
    _refuse_large(file.name or "台账", file.size or 0)
    return file.read()


def _refuse_large(file_name: str, size: int) -> None:
    if size > MOST_BYTES:
        tenths = -(-size * 10 // (1024 * 1024))  # rounded up: a file over the limit shows it
        raise UploadRefused(f"“{file_name}”有{tenths / 10:.1f}兆，超过30兆，请分成几个文件导入")


def create_job(kind: str, content: bytes, file_name: str, *, by: User, root: Area) -> ImportJob:
    """Store an upload; UploadRefused when it is empty, too large or outside the user's area."""
    if not (by.is_clerk and by.covers(root.code)):
        raise UploadRefused("您不是该区划的填报员，不能导入台账")
    if not content:
        raise UploadRefused(f"“{file_name}”是空文件")
    _refuse_large(file_name, len(content))
    if fault := beyond_quota(by, len(content)):
        raise UploadRefused(fault)
    try:
        check_room(len(content))
        check_package(content)
        check_clean([content])
    except DiskFull as full:
        raise UploadRefused(str(full)) from full
    except NotClean as refused:
        raise UploadRefused(f"“{file_name}”{refused}") from refused
    except PackageRefused as refused:
        raise UploadRefused(f"“{file_name}”不能导入。{refused}") from refused
    return ImportJob.objects.create(
        kind=kind, content=content, file_name=file_name[-200:], area=root, created_by=by
    )


def is_short(content: bytes) -> bool:
    """Return whether an upload is processed while its page waits."""
    return len(content) <= AT_ONCE_BYTES and unpacked_bytes(content) <= AT_ONCE_UNPACKED_BYTES


# --- leases ------------------------------------------------------------------------------------


class ImportLease(Lease):
    """The lease that a worker holds on an upload."""

    def __init__(self, job_pk: int) -> None:
        super().__init__(_name_of(job_pk))


def _name_of(job_pk: int) -> str:
    return f"import-job-{job_pk}"


def progress_of(job: ImportJob) -> Progress | None:
    """Return how far the worker is; None while nobody works on the job."""
    return progress_under(_name_of(job.pk))


def shown_progress(job: ImportJob) -> Progress:
    """Return how far the worker is, or how long the job has been waiting for one."""
    return progress_of(job) or queued(job.asked_at)


def unattended_jobs() -> list[int]:
    """Return the keys of jobs that need a worker and have none."""
    jobs = ImportJob.objects.filter(state__in=AT_WORK).only("pk")
    return [job.pk for job in jobs if progress_of(job) is None]


# --- processing --------------------------------------------------------------------------------


def work_on(job_pk: int, ledgers: Ledgers) -> None:
    """Do the next step of a job unless another worker does. Idempotent."""
    lease = ImportLease(job_pk)
    if not lease.acquire():
        return
    try:
        job = ImportJob.objects.select_related("area", "created_by").get(pk=job_pk)
        if job.state in AT_WORK:
            _try(job, ledgers[job.kind], lease)
    finally:
        lease.release()


def _try(job: ImportJob, ledgers: Sequence[Ledger], lease: Lease) -> None:
    """Make one attempt; give a job up that brought its workers down. An attempt that ends settles
    the job, so every earlier one broke off."""
    if not lease.is_excused:
        if job.attempts >= MOST_BREAKS:
            _settle(job, JobState.REFUSED, message=_given_up(job))
            return
        ImportJob.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1)
    try:
        (_check if job.state == JobState.CHECKING else _import)(job, ledgers, lease)
    except MemoryError:
        _settle(
            job,
            JobState.REFUSED,
            message=f"处理这份文件需要的内存超过上限，没有写入任何记录；{_WAY_OUT}",
        )
    except Exception:
        message = "处理时发生错误，没有写入任何记录；请联系系统管理员"
        _settle(job, JobState.REFUSED, message=message)
        raise


def _given_up(job: ImportJob) -> str:
    return (
        f"处理这份文件时，后台任务{MOST_BREAKS}次意外中止，已不再处理，没有写入任何记录；{_WAY_OUT}。"
        f"仍不成功的，请告诉系统管理员上传编号{job.pk}，原文件保留{settings.IMPORT_FILE_DAYS}天备查"
    )


def _check(job: ImportJob, ledgers: Sequence[Ledger], lease: Lease, message: str = "") -> None:
    """Settle the job with what its file means now; `message` tells why it was checked again."""
    try:
        checked = check_ledger(
            job.kind,
            ledgers,
            bytes(job.content),
            by=job.created_by,
            root=job.area,
            decisions=Decisions.of_json(job.decisions),
            tick=lease.report,
        )
    except (UnusableFile, TransitionError) as error:
        _settle(job, JobState.REFUSED, message=str(error)[:500])
    else:
        _settle(job, JobState.CHECKED, found=check_summary(checked), message=message)


def _import(job: ImportJob, ledgers: Sequence[Ledger], lease: Lease) -> None:
    """Store the records and the new state of the job in one transaction."""
    try:
        with transaction.atomic():
            locked = ImportJob.objects.select_for_update().defer("content").get(pk=job.pk)
            if locked.state != JobState.IMPORTING:
                return
            result = import_ledger(
                job.kind,
                ledgers,
                bytes(job.content),
                job.file_name,
                by=job.created_by,
                root=job.area,
                is_submitted=job.is_submitted,
                reason=job.reason or IMPORT_REASON,
                decisions=Decisions.of_json(job.decisions),
                shown=job.outcomes,
                tick=lease.report,
            )
            _settle(job, JobState.IMPORTED, batch=result.batch)
    except ChangedSinceCheck as changed:
        _settle(job, JobState.CHECKED, found=check_summary(changed.checked), message=str(changed))
    except (UnusableFile, TransitionError) as error:
        _settle(job, JobState.CHECKED, message=str(error)[:500])
    except IntegrityError:  # a form stored a record meanwhile: forms do not lock the county
        logger.warning("import %s met a record stored meanwhile", job.pk, exc_info=True)
        _check(job, ledgers, lease, CHANGED_SINCE)


def _settle(job: ImportJob, state: JobState, **fields: object) -> None:
    changes: dict[str, object] = {
        "message": "",
        **fields,
        "state": state,
        "settled_at": timezone.now(),
    }
    for name, value in changes.items():
        setattr(job, name, value)
    job.save(update_fields=list(changes))


def is_ready(job: ImportJob) -> bool:
    """Return whether the job has rows to store and no problems."""
    counts = job.found.get("counts", {})
    is_clean = job.state == JobState.CHECKED and not job.found.get("problem_count")
    return bool(is_clean and (counts.get("new") or counts.get("changed")))


def must_be_explained(job: ImportJob) -> bool:
    """Return whether a warning stands at a column; one about a whole sheet only tells what was done."""
    return any(warning["column"] for warning in job.found.get("warnings", []))


def ask_to_import(job: ImportJob, *, is_submitted: bool, reason: str = "") -> bool:
    """Move 已核对 → 正在写入; return False when there is nothing to store, or the job has another
    state or was checked again by now."""
    checked = ImportJob.objects.filter(pk=job.pk, state=JobState.CHECKED)
    if job.outcomes:
        checked = checked.filter(found__outcomes=job.outcomes)
    return is_ready(job) and bool(
        checked.update(
            state=JobState.IMPORTING,
            is_submitted=is_submitted,
            reason=reason,
            message="",
            attempts=0,
            asked_at=timezone.now(),
        )
    )


def ask_to_check(job: ImportJob) -> bool:
    """Move 已核对 → 正在核对 to check again; return False when the job is in another state."""
    return bool(
        ImportJob.objects.filter(pk=job.pk, state=JobState.CHECKED).update(
            state=JobState.CHECKING, message="", attempts=0, asked_at=timezone.now()
        )
    )


# --- results -----------------------------------------------------------------------------------


class CheckedRow(TypedDict):
    """What the page shows of one checked row."""

    sheet: str
    row: int
    title: str
    area: str
    #: `problem`, or a `RowOutcome`.
    standing: str
    #: Changes in Chinese.
    details: list[str]


_ORDER = {
    "problem": 0,
    RowOutcome.DOUBTFUL: 1,
    RowOutcome.CHANGED: 2,
    RowOutcome.NEW: 3,
    RowOutcome.SAME: 4,
}


def check_summary(checked: CheckedLedger) -> dict[str, object]:
    """Return what the page shows of a check, as JSON: counts, findings and the first rows.

    `lines` holds the rows with problems first, then doubtful, changed, new and unchanged ones, each
    in the order of the file.
    """
    result = checked.result
    faulty = {(finding.sheet, _row_of(finding)) for finding in result.problems}
    standings = [_standing(entry, faulty) for entry in checked.entries]
    counts = Counter(standings)
    shown = heapq.nsmallest(
        _LINES, range(len(standings)), key=lambda at: (_ORDER[standings[at]], at)
    )
    questions = questions_of(checked.entries)
    return {
        "outcomes": checked.outcomes,
        "rows": result.rows,
        "counts": {**counts, "problem": result.rows - sum(counts.values()) + counts["problem"]},
        "problem_count": len(result.problems),
        "warning_count": len(result.warnings),
        "problems": [vars(finding) for finding in result.problems[:_FINDINGS]],
        "warnings": [vars(finding) for finding in result.warnings[:_FINDINGS]],
        "question_count": counts[RowOutcome.DOUBTFUL],
        "questions": questions,
        "lines": [_line(checked.entries[at], standings[at]) for at in shown],
    }


def _row_of(finding: Finding) -> int:
    return int(finding.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)


def _standing(entry: Entry, faulty: set[tuple[str, int]]) -> str:
    is_faulty = (entry.sheet, entry.number + 1) in faulty and entry.outcome != RowOutcome.DOUBTFUL
    return "problem" if is_faulty else entry.outcome.value


def _line(entry: Entry, standing: str) -> CheckedRow:
    record = entry.record
    return {
        "sheet": entry.sheet,
        "row": entry.number + 1,
        "title": str(record),
        "area": str(record.area),
        "standing": standing,
        "details": _details(entry),
    }


def _details(entry: Entry) -> list[str]:
    if entry.is_another:
        return ["已选择：另一笔"]
    return [describe_change(entry.record, change) for change in entry.changes]


def findings_of(job: ImportJob, which: str) -> list[Finding]:
    """Return the `problems` or `warnings` of a checked job."""
    return [Finding(**one) for one in job.found.get(which, [])]


def count_findings(job: ImportJob) -> int:
    """Return the number of findings of a checked job, also of those that are not kept."""
    return int(job.found.get("problem_count", 0)) + int(job.found.get("warning_count", 0))
