"""Addresses for programs: the two health addresses for process monitors, and one for search engines."""

from __future__ import annotations

import time

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.celery import app
from running.heartbeat import has_worker

#: Seconds between two questions to the broker.
_ASKED_EVERY = 3.0


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process is alive."""
    return HttpResponse("ok", content_type="text/plain")


def robots(request: HttpRequest) -> HttpResponse:
    """Tell search engines that nothing here is theirs."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if database and broker respond and a worker has lately said that it lives, else 503.

    No worker is asked, and the broker once in some seconds: anybody may call this address.
    """
    checks = {"database": _database(), "broker": _broker.answer(), "worker": has_worker()}
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


class _Broker:
    """Asks the broker at most once in `_ASKED_EVERY` seconds, whoever wants to know."""

    def __init__(self) -> None:
        self._answer, self._asked_at = False, -_ASKED_EVERY

    def answer(self) -> bool:
        """Return whether the broker answered when it was last asked."""
        if time.monotonic() >= self._asked_at + _ASKED_EVERY:
            self._asked_at = time.monotonic()
            self._answer = _asked()
        return self._answer


def _asked() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0)
    except Exception:
        return False
    return True


_broker = _Broker()
