"""The folder in DATA_DIR where a restore is prepared, and its last step: the files change their places.

The database commits first. What is left are a few renames; a process that dies between them is finished by
the next one that starts, because the database bears the number of the restore (`finish_interrupted`).
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from audit.chain.links import HEAD_FILE
from backups.contents.stored_files import folders
from backups.faults import BackupFault
from backups.making import sync
from backups.restoring.postgres import number_in_postgres
from backups.restoring.sqlite import number_in_sqlite

_log = logging.getLogger(__name__)
_FOLDER, _JOURNAL, _LOCK, _REPLACED = "restoring", "journal.json", ".restore-lock", "replaced"


def folder() -> Path:
    """Return the folder of the restore that is prepared, if there is one."""
    return Path(settings.DATA_DIR) / _FOLDER


@contextmanager
def only_one() -> Iterator[None]:
    """Let no other restore run meanwhile; BackupFault where one does."""
    with (Path(settings.DATA_DIR) / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupFault("另一个恢复正在进行，请等它结束后再试") from error
        yield


class Staging:
    """The files of a restore before they are put in place."""

    def __init__(self) -> None:
        self.folder = folder()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        #: What the database is marked with when it has been replaced.
        self.number = secrets.randbelow(2**31 - 1) + 1

    def seal(self) -> None:
        """Say on the disk that everything is ready."""
        os.sync()
        part = self.folder / f"{_JOURNAL}.part"
        part.write_text(json.dumps({"number": self.number}), encoding="ascii")
        sync(part)
        part.replace(self.folder / _JOURNAL)
        sync(self.folder)

    def put_in_place(self) -> None:
        """Let the restored files take the place of the old ones; twice is harmless."""
        _put_in_place(self.folder)

    def remove(self) -> None:
        """Delete what was prepared."""
        shutil.rmtree(self.folder, ignore_errors=True)


def finish_interrupted() -> str:
    """Finish a restore that died after its database was replaced, or delete what another one prepared.

    Return what was done, in Chinese; "" where nothing was left.
    """
    if not folder().exists():
        return ""
    number = _number_in_journal()
    if number and number == _number_in_database():
        _put_in_place(folder())
        return "上次恢复在最后一步中断，现已补做完成：文件已换成备份中的文件"
    shutil.rmtree(folder())
    return "上次恢复没有完成，原有数据未受影响；已清除其临时文件"


def finish_at_start() -> None:
    """Look for an interrupted restore when a process starts, unless a restore is running."""
    if not folder().exists():
        return
    try:
        with only_one():
            if told := finish_interrupted():
                _log.warning(told)
    except (BackupFault, OSError, DatabaseError) as error:
        _log.info("an interrupted restore is left for later: %s", error)


def write_head(folder: Path, chain: tuple[int, str]) -> None:
    """Write the head of the restored audit chain: a later one of the old data holds no longer."""
    (folder / HEAD_FILE).write_text(json.dumps(chain), encoding="ascii")


def _number_in_journal() -> int:
    try:
        return int(json.loads((folder() / _JOURNAL).read_text(encoding="ascii"))["number"])
    except (OSError, ValueError, KeyError):
        return 0


def _number_in_database() -> int:
    if connection.vendor == "postgresql":
        return number_in_postgres()
    return number_in_sqlite()


def _put_in_place(prepared: Path) -> None:
    data, replaced = Path(settings.DATA_DIR), prepared / _REPLACED
    replaced.mkdir(exist_ok=True)
    for name in folders():
        old, new, kept = data / name, prepared / name, replaced / name
        if not kept.exists():
            if old.exists():
                old.rename(kept)
            else:
                kept.mkdir()  # so that a second time does not take the new one for the old one
        if new.exists():
            new.rename(old)
    if (prepared / HEAD_FILE).exists():
        (prepared / HEAD_FILE).replace(data / HEAD_FILE)
    sync(data)
    shutil.rmtree(prepared)
