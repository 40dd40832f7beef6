"""What keeps a backup or a restore from being done."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class BackupFault(Exception):
    """Nothing was done; the Chinese message says why and what would be right."""


@contextmanager
def told_of_disk(folder: Path, left: str) -> Iterator[None]:
    """Turn errors of a disk into a BackupFault that names the folder; `left` says how things stand."""
    try:
        yield
    except OSError as error:
        raise BackupFault(f"{_cause(error, folder)}；{left}") from error


def _cause(error: OSError, folder: Path) -> str:
    if error.errno in _FULL:
        return f"磁盘空间不足，写不下文件夹 {folder} 中的文件，请清理或换到更大的磁盘后重试"
    if error.errno in _CLOSED:
        return f"不能写入文件夹 {folder}：没有写权限或磁盘只读，请检查其属主、权限和挂载方式"
    return f"读写文件夹 {folder} 时出错：{error.strerror or error}"
