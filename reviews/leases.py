"""Leases: at most one worker works on a job, and others see its progress.

A lease is stored in the cache, which the site and all workers share. It expires when its worker
dies, so that another worker can take the job over.

A job that brings its worker down is not tried for ever: its row counts the attempts that nobody
ended. An attempt is excused whose worker had been told to stop: it ended with the service.
"""

from __future__ import annotations

import datetime
import time
import uuid
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone

#: A lease expires after this many seconds without a report.
LEASE_SECONDS = 60
#: A job whose attempts broke off so often, with the death of their workers, is given up.
MOST_BREAKS = 2
#: How long a worker's last job and its stop are remembered.
_REMEMBERED_SECONDS = 7 * 24 * 3600
#: Names this worker; the processes that it forks for its tasks share the name.
_WORKER = uuid.uuid4().hex
#: A job usually has a worker after half a minute.
_USUAL_MINUTES = 3
#: Seconds between two writes of the progress.
_REPORT_EVERY = 0.5


@dataclass(frozen=True)
class Progress:
    """The progress of a job: a step in Chinese, rows done, and rows in total (0: unknown)."""

    step: str
    done: int
    total: int


class Lease:
    """One worker's exclusive right to a named job; it expires when the worker stops reporting."""

    def __init__(self, name: str) -> None:
        self._name, self._token = name, uuid.uuid4().hex
        self._reported_at = 0.0
        #: Whether the attempt before this one ended because its worker was told to stop.
        self.is_excused = False

    def acquire(self) -> bool:
        """Try to acquire the lease; return whether this worker holds it now."""
        if not cache.add(self._name, (self._token, "开始", 0, 0), LEASE_SECONDS):
            return False
        before = cache.get(self._worker_entry)
        self.is_excused = bool(before and cache.get(_stop_entry(before)))
        cache.set(self._worker_entry, _WORKER, _REMEMBERED_SECONDS)
        return True

    def report(self, step: str, done: int, total: int) -> None:
        """Store the progress and prolong the lease."""
        if done == 0 or time.monotonic() - self._reported_at > _REPORT_EVERY:
            self._reported_at = time.monotonic()
            cache.set(self._name, (self._token, step, done, total), LEASE_SECONDS)

    def release(self) -> None:
        """Give the lease up."""
        cache.delete(self._worker_entry)
        cache.delete(self._name)

    @property
    def _worker_entry(self) -> str:
        return f"{self._name}-worker"


def excuse_this_worker() -> None:
    """Note that this worker is told to stop, so that no job is blamed if it is killed after that."""
    cache.set(_stop_entry(_WORKER), True, _REMEMBERED_SECONDS)


def _stop_entry(worker: str) -> str:
    return f"stopped-worker-{worker}"


def progress_under(name: str) -> Progress | None:
    """Return the progress of the worker that holds a lease; None while nobody holds it."""
    kept = cache.get(name)
    return Progress(*kept[1:]) if kept else None


def queued(since: datetime.datetime) -> Progress:
    """Return the progress of a job without a worker; it says so when that lasts longer than usual."""
    minutes = int((timezone.now() - since).total_seconds() // 60)
    if minutes < _USUAL_MINUTES:
        return Progress("排队中", 0, 0)
    step = f"已等候{minutes}分钟，比平常久：申请已保存，后台任务恢复后自动处理；请告诉系统管理员"
    return Progress(step, 0, 0)
