"""The workers' heartbeat: each writes now and then that it lives, so that nobody has to ask it."""

from __future__ import annotations

import time

from django.core.cache import cache

_KEY = "worker-heartbeat"
#: Seconds between two beats of a process, and until one is forgotten.
EVERY, LASTS = 5.0, 20


class Heartbeat:
    """The beats of one worker."""

    def __init__(self) -> None:
        self._next = 0.0

    def beat(self) -> None:
        """Write that the worker lives, unless it has just done so."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            cache.set(_KEY, True, LASTS)


heartbeat = Heartbeat()


def has_worker() -> bool:
    """Return whether any worker has lately written that it lives."""
    return bool(cache.get(_KEY))
