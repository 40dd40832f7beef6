"""Preparing and sealing reports in one build of the platform; run as a file, see `bench.reports`.

`python -P probe.py prepare DAY` or `seal PLAN AREA DUE_ON DAY`, with the build's folder as
PYTHONPATH. It uses only what every build since release 0.6.0 offers. Prints JSON.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import django

django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402

from accounts.models import Role, User  # noqa: E402
from audit.chain.lifting import lifted  # noqa: E402
from reports.models import Report, ReportEvent  # noqa: E402

Day = datetime.date


def _function(name: str, *modules: str) -> Callable[..., Any]:
    """The function under the first of the module names that this build has."""
    for module in modules:
        try:
            found: Callable[..., Any] = getattr(import_module(module), name)
        except ModuleNotFoundError:
            continue
        return found
    raise ModuleNotFoundError(modules)


class _Statements:
    """Counts the statements that are sent to the database, COPY included."""

    def __init__(self) -> None:
        self.number = 0

    def execute(self, execute: Callable[..., Any], *what: Any) -> Any:
        self.number += 1
        return execute(*what)

    def copy(self, cursor: CursorWrapper, sql: str, file: object) -> None:
        self.number += 1
        cursor.cursor.copy_expert(sql, file)


def _measured(work: Callable[[], object]) -> dict[str, float]:
    statements = _Statements()
    CursorWrapper.copy_expert = lambda *what: statements.copy(*what)  # type: ignore[attr-defined]
    ContentType.objects.clear_cache()
    clock, processor = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(statements.execute):
        work()
    return {
        "seconds": time.perf_counter() - clock,
        "processor": time.process_time() - processor,
        "statements": statements.number,
    }


def prepare(day: str) -> dict[str, Any]:
    """Prepare every report due on a day; `digest` covers figures and texts of all drafts."""
    with lifted():
        ReportEvent.objects.all().delete()
    Report.objects.all().delete()
    prepare_reports = _function("prepare_reports", "reports.filing.preparing", "reports.preparing")
    found = _measured(lambda: prepare_reports(Day.fromisoformat(day)))
    reports = Report.objects.order_by("plan__code", "due_on", "area")
    said = [[str(one.due_on), one.area_id, _said(one.draft)] for one in reports]
    return found | {"reports": len(said), "digest": _digest(said)}


def _said(draft: dict[str, Any]) -> list[Any]:
    keys = (
        "code",
        "numerator",
        "denominator",
        "value",
        "target",
        "expected",
        "projection",
        "status",
    )
    figures = [[item[key] for key in keys] for item in draft["indicators"]]
    earlier = [[each["key"], each["values"]] for each in draft["comparison"]]
    return [draft["as_of"], figures, earlier, draft["narrative"]]


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def seal(plan: str, area: str, due_on: str, day: str) -> dict[str, Any]:
    """Seal one report as its area's reviewer, and roll it back."""
    sealed = _function("seal", "reports.editions.sealing", "reports.sealing")
    report = Report.objects.get(plan__code=plan, area=area, due_on=due_on)
    user, _ = User.objects.get_or_create(
        username=f"bench-{area}", defaults={"role": Role.REVIEWER, "area_id": area}
    )
    reason = {"missing_reason": "未报地区不等待"}
    with transaction.atomic():
        found = _measured(lambda: sealed(report, by=user, on=Day.fromisoformat(day), **reason))
        transaction.set_rollback(True)
    return found


if __name__ == "__main__":
    tasks: dict[str, Callable[..., dict[str, Any]]] = {"prepare": prepare, "seal": seal}
    json.dump(tasks[sys.argv[1]](*sys.argv[2:]), sys.stdout)
