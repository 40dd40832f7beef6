"""Files that killed processes left on disk, found by their names and age."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone


def old_files(root: Path, names: re.Pattern[str], kept: datetime.timedelta) -> Iterator[str]:
    """The names, relative to `root`, of files that match and are older than `kept`, in order.

    A file's age counts from its last change or from its restoring from a backup, whichever is later.
    Links and whatever has another name are left out; a folder that does not exist has no files.
    """
    before = (timezone.now() - kept).timestamp()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if names.fullmatch(name) and path.is_file() and not path.is_symlink():
            status = path.stat()
            if max(status.st_mtime, status.st_ctime) < before:
                yield name
