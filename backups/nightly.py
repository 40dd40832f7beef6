"""The backup of every night: made, copied to a second place, and kept for some days."""

from __future__ import annotations

import datetime
import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from audit.acts import Act, Outcome
from audit.events import record
from backups.archive.bytes_in import check_digest
from backups.archive.secret import secret_in
from backups.faults import BackupFault, told_of_disk
from backups.making import Made, make_backup, sync

#: The names of nightly backups; other files of the folder are never touched.
_NAME = re.compile(r"(?:backup|before-restore)-(\d{8}-\d{6})\.tar(?:\.enc)?")
_PARTS = ("backup-*.part", "backup-*.part-db", "before-restore-*.part", "before-restore-*.part-db")
_STAMP = "%Y%m%d-%H%M%S"
_LOCK = ".lock"


class IsRunning(Exception):
    """Another process makes a backup in the same folder."""


def folder() -> Path:
    """Return where nightly backups are kept."""
    return Path(settings.BACKUP_DIR or Path(settings.DATA_DIR) / "backups")


def back_up_tonight() -> Made:
    """Make a backup with a name of this moment, copy it, and delete those that are kept no longer.

    BackupFault where none was made: then nothing is deleted either.
    """
    made = make_named_backup("backup")
    delete_expired(folder(), made.path)
    if settings.BACKUP_COPY_DIR:
        copied = copy_to(made.path, Path(settings.BACKUP_COPY_DIR))
        delete_expired(copied.parent, copied)
    return made


def make_named_backup(prefix: str) -> Made:
    """Make a backup in the folder of backups, named by this moment."""
    where = folder()
    with told_of_disk(where, "没有生成备份"):
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _only_one(where):
        secret = _secret()
        for pattern in _PARTS:  # of a process that was killed
            for part in where.glob(pattern):
                part.unlink(missing_ok=True)
        stamp = timezone.localtime().strftime(_STAMP)
        name = f"{prefix}-{stamp}.tar{'.enc' if secret else ''}"
        return make_backup(where / name, secret=secret)


def _secret() -> bytes | None:
    try:
        return secret_in(settings.BACKUP_KEY_FILE) if settings.BACKUP_KEY_FILE else None
    except BackupFault as fault:
        named = {"object_type": "backup", "object_name": "BACKUP_KEY_FILE"}
        record(Act.BACKED_UP, outcome=Outcome.FAILED, named=named, detail=str(fault))
        raise


@contextmanager
def _only_one(where: Path) -> Iterator[None]:
    with told_of_disk(where, "没有生成备份"):
        lock = (where / _LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IsRunning from error
        yield


def copy_to(path: Path, where: Path) -> Path:
    """Copy a backup to a second place and read it there; BackupFault where it did not arrive whole."""
    copied, part = where / path.name, where / f"{path.name}.part"
    try:
        with told_of_disk(where, f"备份 {path.name} 已生成，但没有复制到第二处"):
            where.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, part)
                part.chmod(0o600)
                sync(part)
                check_digest(part)
                part.replace(copied)
                sync(where)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except BackupFault as fault:
        named = {"object_type": "backup", "object_name": path.name}
        record(Act.BACKED_UP, outcome=Outcome.FAILED, named=named, detail=str(fault))
        raise
    return copied


def delete_expired(where: Path, newest: Path) -> int:
    """Delete backups older than `BACKUP_DAYS`, never the newest one; return how many."""
    since = timezone.localtime() - datetime.timedelta(days=settings.BACKUP_DAYS)
    number = 0
    for path in sorted(where.glob("*.tar*")):
        found = _NAME.fullmatch(path.name)
        if found and path != newest and _moment(found.group(1)) < since:
            path.unlink(missing_ok=True)
            number += 1
    return number


def _moment(stamp: str) -> datetime.datetime:
    try:
        return timezone.make_aware(datetime.datetime.strptime(stamp, _STAMP))  # noqa: DTZ007 - made aware
    except ValueError:
        return timezone.now()
