"""The two health addresses for process monitors."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.celery import app


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process is alive."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if database, broker and a worker respond, otherwise 503."""
    checks = {"database": _database(), "broker": _broker(), "worker": False}
    if checks["broker"]:
        checks["worker"] = _worker()
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def _worker() -> bool:
    try:
        return bool(app.control.ping(timeout=0.8, limit=1))
    except Exception:
        return False


def _broker() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=0)
    except Exception:
        return False
    return True
