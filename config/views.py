"""The front door and the two health addresses."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from config.celery import app
from indicators.services import plans_of_area


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Each role to its own place: figures, accounts, or logs."""
    user = request.user
    if user.is_administrator:  # type: ignore[union-attr]
        return redirect("admin:accounts_user_changelist")
    if user.is_auditor:  # type: ignore[union-attr]
        return redirect("admin:reviews_reviewevent_changelist")
    own = user.area_id or ""  # type: ignore[union-attr]
    plans = plans_of_area(own)
    if not plans:
        return redirect("admin:index")
    # Who stands above the plan's area begins where its targets are.
    return redirect("dashboard", plan=plans[0].code, area=max(own, plans[0].area_code, key=len))


def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Database and broker answer, and a worker was seen; 503 where one of them does not."""
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
        return bool(app.control.ping(timeout=1.0))
    except Exception:
        return False


def _broker() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception:
        return False
    return True
