"""What the platform writes is readable by its own account on the machine alone: 0700 and 0600."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

_FOLDER, _FILE, _OTHERS = 0o700, 0o600, 0o077


def write_privately() -> None:
    """Let this process, and those that it starts, create nothing that others on the machine may read."""
    os.umask(_OTHERS)


def open_to_others(folder: Path) -> Iterator[Path]:
    """Yield the folder and what lies in it, as far as others on the machine may read it."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink() and path.stat().st_mode & _OTHERS:
            yield path


def close_to_others(folder: Path) -> int:
    """Take what lies in a folder from others on the machine; return how many paths were open.

    Files of earlier releases, and copies that somebody restored. Paths of other accounts stay.
    """
    closed = 0
    for path in list(open_to_others(folder)):
        try:
            path.chmod(_FOLDER if path.is_dir() else _FILE)
        except (PermissionError, FileNotFoundError):
            continue
        closed += 1
    return closed


def close_data_dir(**_: object) -> None:
    """After migrations: take what lies in DATA_DIR from others on the machine."""
    close_to_others(settings.DATA_DIR)
