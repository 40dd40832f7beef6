"""Makes the files of exports and deliveries: each whole or not at all, and only once.

The database row stores the state of a file; a lease in the cache says which worker makes it and how
far the work is (`reviews.leases`). A worker that dies leaves no file that a row names; when its
lease has lapsed, another worker makes the file.
"""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from reports.exports.figures import write_figures
from reports.exports.ledger import OnProgress, Refused, write_ledger
from reports.models.exports import OPEN, Delivery, Export, FileState, MadeFile
from reviews.leases import MOST_BREAKS, Lease, Progress, progress_under, queued

#: The number of unfinished exports that one account may have.
MOST_OPEN = 3
#: A file that failed so often is given up.
_ATTEMPTS = 5

_log = logging.getLogger(__name__)

#: Writes a file from its row; returns further fields of the row.
Writer = Callable[[Any, IO[bytes], OnProgress], dict[str, object]]
#: The models and writers of files, by the name that tasks and file names use.
_MAKERS: dict[str, tuple[type[MadeFile], Writer]] = {
    "export": (Export, write_ledger),
    "delivery": (Delivery, write_figures),
}


class FileLease(Lease):
    """The right of one worker to make a file."""

    def __init__(self, name: str, pk: int) -> None:
        super().__init__(_lease_name(name, pk))


def _lease_name(name: str, pk: int) -> str:
    return f"made-file-{name}-{pk}"


def progress_of(name: str, pk: int) -> Progress | None:
    """How far the worker is; None while no worker makes the file."""
    return progress_under(_lease_name(name, pk))


def shown_progress(export: Export) -> Progress:
    """How far the worker is with an export, or how long it has been waiting for one."""
    return progress_of("export", export.pk) or queued(export.requested_at)


def _open(model: type[MadeFile]) -> QuerySet[MadeFile]:
    return model._default_manager.filter(state__in=OPEN)


def waiting() -> list[tuple[str, int]]:
    """The unfinished files that no worker makes, as (name, primary key)."""
    return [
        (name, pk)
        for name, (model, _) in _MAKERS.items()
        for pk in _open(model).order_by("pk").values_list("pk", flat=True)
        if progress_of(name, pk) is None
    ]


@transaction.atomic
def request_export(export: Export) -> Export:
    """Store an export for the workers; Refused where it is out of scope or too many are unfinished."""
    user = User.objects.select_for_update().get(pk=export.requested_by_id)
    if not user.covers(export.area_id):
        raise Refused("该地区不在您的管辖范围")
    if Export.objects.filter(requested_by=user, state__in=OPEN).count() >= MOST_OPEN:
        raise Refused(f"您已有{MOST_OPEN}份台账正在生成，请等其中一份完成后再申请")
    export.save()
    return export


# --- the work -------------------------------------------------------------------------------


def work_on(name: str, pk: int) -> None:
    """Make a file unless it exists or another worker makes it. Idempotent."""
    lease = FileLease(name, pk)
    if not lease.acquire():
        return
    model, writer = _MAKERS[name]
    try:
        if _begin(_open(model).filter(pk=pk), lease):
            _try(name, model._default_manager.get(pk=pk), writer, lease)
    finally:
        lease.release()


def _begin(rows: QuerySet[MadeFile], lease: Lease) -> bool:
    """Count an attempt, and as a break until it ends; return whether the file is still to be made."""
    breaks = 0 if lease.is_excused else 1
    return bool(
        rows.update(
            state=FileState.WORKING, attempts=F("attempts") + 1, breaks=F("breaks") + breaks
        )
    )


def _try(name: str, made: MadeFile, writer: Writer, lease: Lease) -> None:
    """Make one attempt. An unexpected error is raised; the file stays open for the next attempt."""
    if made.breaks > MOST_BREAKS:
        _give_up(made, f"后台任务{MOST_BREAKS}次意外中止")
        return
    try:
        with _part_file(f"{name}-{made.pk}-{uuid.uuid4().hex}.xlsx") as (path, target):
            fields = writer(made, target, lease.report)
            target.flush()
            os.fsync(target.fileno())
            fields |= {"sha256": _sha256(path), "size": path.stat().st_size}
    except Refused as refused:
        _log.info("%s %s: %s", name, made.pk, refused)
        _settle(made, FileState.FAILED, message=str(refused)[:500])
    except MemoryError:
        _give_up(made, "生成这份文件需要的内存超过上限")
    except Exception:
        _open(type(made)).filter(pk=made.pk).update(breaks=0)
        if made.attempts >= _ATTEMPTS:
            _give_up(made, "多次生成未能完成")
        raise
    else:
        _keep(made, path, fields)


def _give_up(made: MadeFile, reason: str) -> None:
    is_asked = isinstance(made, Export)
    narrower = "请缩小地区或日期的范围后重新申请；仍不成功的，" if is_asked else ""
    way_out = f"{narrower}请联系系统管理员"
    _settle(made, FileState.FAILED, message=f"{reason}，没有生成文件；{way_out}")


@contextmanager
def _part_file(name: str) -> Iterator[tuple[Path, IO[bytes]]]:
    """Write to a temporary `.part` file; it is deleted on failure."""
    folder = Path(settings.EXPORT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.part"
    try:
        with path.open("wb") as target:
            yield path, target
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _keep(made: MadeFile, path: Path, fields: dict[str, object]) -> None:
    """Rename the complete file and store its name; delete it where another worker was first."""
    final = path.with_suffix("")
    path.replace(final)
    fields |= {"file_name": final.name, "made_at": timezone.now()}
    try:
        is_kept = _settle(made, FileState.DONE, **fields)
    except BaseException:
        final.unlink(missing_ok=True)
        raise
    if not is_kept:
        final.unlink(missing_ok=True)


def _settle(made: MadeFile, state: FileState, **fields: object) -> bool:
    """Set the final state of a file in work; False where another worker has set one."""
    rows = type(made)._default_manager.filter(pk=made.pk, state=FileState.WORKING)
    return bool(rows.update(**{"message": "", **fields, "state": state}))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
