"""While Redis does not answer, pages go on without it: what is to be done stands in the database.

A page waits for Redis once, for less than half a second, and then leaves it alone for a while. The
cache is empty meanwhile: nobody gets a lease, no progress is shown, and no request is counted.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from typing_extensions import override

_T = TypeVar("_T")
Key = str | bytes | memoryview
Expiry = int | datetime.timedelta | None
_log = logging.getLogger(__name__)


class Patience:
    """How long this process waits for Redis, and how long it leaves it alone after that."""

    def __init__(self) -> None:
        self.wait_seconds, self.rest_seconds = 0.4, 5.0
        self._rests_until = 0.0

    @property
    def rests(self) -> bool:
        """Whether Redis has just failed and is left alone for now."""
        return time.monotonic() < self._rests_until

    def note_failure(self, error: Exception) -> None:
        """Leave Redis alone for a while."""
        self._rests_until = time.monotonic() + self.rest_seconds
        _log.warning("Redis does not answer: %s", error)

    def grow(self) -> None:
        """Let a worker or the beat, on which nobody waits, be patient."""
        self.wait_seconds, self.rest_seconds = 5.0, 0.0


patience = Patience()


class PromptCacheClient(RedisCacheClient):
    """A client that finds nothing and keeps nothing while Redis does not answer."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        wait = patience.wait_seconds
        super().__init__(
            servers,
            socket_timeout=wait,
            socket_connect_timeout=wait,
            retry=Retry(NoBackoff(), 0),
            **options,
        )

    @override
    def get(self, key: Key, default: object) -> object:
        """Return the value, or the default."""
        return _try(lambda: super(PromptCacheClient, self).get(key, default), default)

    @override
    def add(self, key: Key, value: object, timeout: Expiry) -> bool:
        """Store a new value; False where there is one, or nobody can know."""
        return _try(lambda: super(PromptCacheClient, self).add(key, value, timeout), False)

    @override
    def set(self, key: Key, value: object, timeout: Expiry) -> None:
        """Store a value, if possible."""
        _try(lambda: super(PromptCacheClient, self).set(key, value, timeout), None)

    @override
    def delete(self, key: Key) -> bool:
        """Delete a value; it lapses by itself while Redis does not answer."""
        return _try(lambda: super(PromptCacheClient, self).delete(key), False)


def _try(ask: Callable[[], _T], otherwise: _T) -> _T:
    if patience.rests:
        return otherwise
    try:
        return ask()
    except RedisError as error:
        patience.note_failure(error)
        return otherwise


class PromptCache(RedisCache):
    """Django's cache in Redis, without which pages can do."""

    def __init__(self, server: str | list[str], params: dict[str, object]) -> None:
        super().__init__(server, params)
        self._class = PromptCacheClient
