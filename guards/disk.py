"""Room on the disk: while little is left, nothing is taken in, so that what is there can still be worked with."""

from __future__ import annotations

import shutil

from django.conf import settings

_MEGABYTE = 1024 * 1024


class DiskFull(ValueError):
    """Nothing can be taken in; the Chinese message says what to do."""


def free_megabytes() -> int:
    """Return how much room the disk of DATA_DIR has left, in megabytes."""
    return shutil.disk_usage(settings.DATA_DIR).free // _MEGABYTE


def check_room(size: int) -> None:
    """Raise DiskFull unless `size` bytes leave the disk at least the megabytes of the setting FREE_DISK_MB."""
    if settings.FREE_DISK_MB and free_megabytes() - size // _MEGABYTE < settings.FREE_DISK_MB:
        raise DiskFull("没有接收：服务器磁盘空间不足；请联系系统管理员清理或扩容后再上传")


def sentence_about_room() -> str:
    """Return what the administrator should know about the disk; empty while there is room enough."""
    floor, free = settings.FREE_DISK_MB, free_megabytes()
    if not floor or free >= 2 * floor:
        return ""
    if free < floor:
        return f"磁盘空间不足：只剩{free:,}兆，低于{floor:,}兆，系统已停止接收上传的文件。请立即清理或扩容。"
    return (
        f"磁盘空间将尽：只剩{free:,}兆；低于{floor:,}兆时系统不再接收上传的文件。请及早清理或扩容。"
    )
