"""Leases: at most one worker works on a job, and others see how far it is.

A lease lives in the cache, which the site and all workers share. It lapses by itself when its worker
dies, so that another worker can take the job over.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django.core.cache import cache

#: A lease that was not reported on for so long has lapsed.
LEASE_SECONDS = 60
#: Seconds between two writes of the progress.
_REPORT_EVERY = 0.5


@dataclass(frozen=True)
class Progress:
    """How far the work on a job is: a step in Chinese, rows done, rows in all (0: not known)."""

    step: str
    done: int
    total: int


class Lease:
    """One worker's hold on what goes by a name; it lapses when the worker says nothing for a while."""

    def __init__(self, name: str) -> None:
        self._name, self._token = name, uuid.uuid4().hex
        self._reported_at = 0.0

    def acquire(self) -> bool:
        """Whether it is ours now."""
        return bool(cache.add(self._name, (self._token, "开始", 0, 0), LEASE_SECONDS))

    def report(self, step: str, done: int, total: int) -> None:
        """Say how far it is, and that we are alive."""
        if done == 0 or time.monotonic() - self._reported_at > _REPORT_EVERY:
            self._reported_at = time.monotonic()
            cache.set(self._name, (self._token, step, done, total), LEASE_SECONDS)

    def release(self) -> None:
        """Done, or given up."""
        cache.delete(self._name)


def progress_under(name: str) -> Progress | None:
    """How far the worker is who holds it; None while nobody does."""
    kept = cache.get(name)
    return Progress(*kept[1:]) if kept else None
