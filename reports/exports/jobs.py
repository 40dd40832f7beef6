"""A file on its way: made by a worker, whole or not at all, and never twice.

The database says how far a file is; the cache says who is at work and how far (`Lease`). A worker
that dies leaves no file that any row names, and what it was at is taken up again.
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
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from reports.exports.figures import write_figures
from reports.exports.ledger import OnProgress, Refused, write_ledger
from reports.models.exports import OPEN, Delivery, Export, FileState, MadeFile
from reviews.leases import Lease, Progress, progress_under

#: What one person may have on its way.
MOST_OPEN = 3
_ATTEMPTS = 5

_log = logging.getLogger(__name__)

Writer = Callable[[Any, IO[bytes], OnProgress], dict[str, Any]]
#: What is made, by the name that tasks and files call it.
_MAKERS: dict[str, tuple[type[MadeFile], Writer]] = {
    "export": (Export, write_ledger),
    "delivery": (Delivery, write_figures),
}


class FileLease(Lease):
    """The hold on a file."""

    def __init__(self, name: str, pk: int) -> None:
        super().__init__(_name_of(name, pk))


def _name_of(name: str, pk: int) -> str:
    return f"made-file-{name}-{pk}"


def progress_of(name: str, pk: int) -> Progress | None:
    """How far the worker is; None while nobody works on the file."""
    return progress_under(_name_of(name, pk))


def _open(model: type[MadeFile]) -> Any:
    return model._default_manager.filter(state__in=OPEN)


def waiting() -> list[tuple[str, int]]:
    """Files that should be worked on and are not."""
    return [
        (name, pk)
        for name, (model, _) in _MAKERS.items()
        for pk in _open(model).order_by("pk").values_list("pk", flat=True)
        if progress_of(name, pk) is None
    ]


@transaction.atomic
def ask(export: Export) -> Export:
    """Put an export into the queue; Refused where the user may not, or has too many on their way."""
    user = User.objects.select_for_update().get(pk=export.requested_by_id)
    if not user.covers(export.area_id):
        raise Refused("该地区不在您的管辖范围")
    if Export.objects.filter(requested_by=user, state__in=OPEN).count() >= MOST_OPEN:
        raise Refused(f"您已有{MOST_OPEN}份台账正在生成，请等其中一份完成后再申请")
    export.save()
    return export


# --- the work -------------------------------------------------------------------------------


def work_on(name: str, pk: int) -> None:
    """Make the file, unless somebody else does or did; harmless to call twice."""
    lease = FileLease(name, pk)
    if not lease.acquire():
        return
    model, writer = _MAKERS[name]
    try:
        if _open(model).filter(pk=pk).update(state=FileState.WORKING, attempts=F("attempts") + 1):
            _try(name, model._default_manager.get(pk=pk), writer, lease)
    finally:
        lease.release()


def _try(name: str, job: Any, writer: Writer, lease: Lease) -> None:
    """One attempt; after an error the next one follows, until the file is given up."""
    if job.attempts > _ATTEMPTS:
        _give_up(job)
        return
    try:
        with _file(f"{name}-{job.pk}-{uuid.uuid4().hex}.xlsx") as (path, target):
            found = writer(job, target, lease.report)
            target.flush()
            os.fsync(target.fileno())
            found |= {"sha256": _sha256(path), "size": path.stat().st_size}
    except Refused as refused:
        _log.info("%s %s: %s", name, job.pk, refused)
        _settle(job, FileState.FAILED, message=str(refused)[:500])
    except Exception:
        if job.attempts == _ATTEMPTS:
            _give_up(job)
        raise
    else:
        _keep(job, path, found)


def _give_up(job: Any) -> None:
    _settle(job, FileState.FAILED, message="多次生成未能完成，没有生成文件；请联系系统管理员")


@contextmanager
def _file(name: str) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file that is not called by its name before it is finished; gone when it does not come to it."""
    folder = Path(settings.EXPORT_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.part"
    try:
        with path.open("wb") as target:
            yield path, target
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _keep(job: Any, path: Path, found: dict[str, Any]) -> None:
    """Give the file its name and then to its row; a row that somebody else settled keeps theirs."""
    final = path.with_suffix("")
    path.replace(final)
    try:
        kept = _settle(job, FileState.DONE, file_name=final.name, made_at=timezone.now(), **found)
    except BaseException:
        final.unlink(missing_ok=True)
        raise
    if not kept:
        final.unlink(missing_ok=True)


def _settle(job: Any, state: FileState, **fields: Any) -> bool:
    rows = type(job)._default_manager.filter(pk=job.pk, state=FileState.WORKING)
    return bool(rows.update(**{"message": "", **fields, "state": state}))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
