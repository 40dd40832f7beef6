"""Leases: at most one worker works on a job, and others see its progress.

A lease is stored in the cache, which the site and all workers share. It expires when its worker
dies, so that another worker can take the job over.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django.core.cache import cache

#: A lease expires after this many seconds without a report.
LEASE_SECONDS = 60
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

    def acquire(self) -> bool:
        """Try to acquire the lease; return whether this worker holds it now."""
        return bool(cache.add(self._name, (self._token, "开始", 0, 0), LEASE_SECONDS))

    def report(self, step: str, done: int, total: int) -> None:
        """Store the progress and prolong the lease."""
        if done == 0 or time.monotonic() - self._reported_at > _REPORT_EVERY:
            self._reported_at = time.monotonic()
            cache.set(self._name, (self._token, step, done, total), LEASE_SECONDS)

    def release(self) -> None:
        """Give the lease up."""
        cache.delete(self._name)


def progress_under(name: str) -> Progress | None:
    """Return the progress of the worker that holds a lease; None while nobody holds it."""
    kept = cache.get(name)
    return Progress(*kept[1:]) if kept else None
