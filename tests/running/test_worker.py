"""Reports are prepared exactly once, whatever happens to messages and workers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from kombu import Connection

from config.celery import app
from indicators.models import Plan, SeriesLayout
from reports.models import Report
from reports.tasks import prepare_due_reports
from tests.children import ChildProcess
from tests.running.conftest import manage, wait_until
from tests.servers import RedisServer

pytestmark = [pytest.mark.production, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Start = Callable[..., ChildProcess]


def _send(environment: dict[str, str], times: int = 1) -> None:
    """Put the message into Redis as beat does."""
    with Connection(environment["REDIS_URL"]) as broker:
        for _ in range(times):
            app.send_task(prepare_due_reports.name, connection=broker)


def _done(workers: list[ChildProcess]) -> int:
    """Return how often reports were prepared; messages sent after that do not count."""
    ended = re.compile(r"prepare_due_reports\[[^]]*\] succeeded in")
    return sum(len(ended.findall(worker.log)) for worker in workers)


def test_five_messages_at_once_to_two_workers_prepare_one_report(
    due_today: Plan, worker_environment: dict[str, str], celery_worker_process: Start
) -> None:
    SeriesLayout.objects.all().delete()  # so that both have to lay out the figures, too
    workers = [celery_worker_process(worker_environment) for _ in range(2)]
    _send(worker_environment, times=5)
    wait_until(lambda: _done(workers) == 5)
    assert SeriesLayout.objects.count() == 1
    report = Report.objects.get()
    assert report.plan == due_today
    assert len(report.draft["indicators"]) == 14
    assert all("raised unexpected" not in worker.log for worker in workers)


def test_after_a_killed_worker_the_next_run_prepares_the_report(
    due_today: Plan, worker_environment: dict[str, str], celery_worker_process: Start
) -> None:
    victim = celery_worker_process(worker_environment)
    with transaction.atomic():
        _hold_reports()  # the worker is paused in the middle of its work
        _send(worker_environment)
        wait_until(lambda: "received" in victim.log)
        victim.kill()
    assert not Report.objects.exists()
    heir = celery_worker_process(worker_environment)
    _send(worker_environment)
    wait_until(lambda: _done([heir]) >= 1)
    assert Report.objects.count() == 1


def _hold_reports() -> None:
    """Lock the reports; on SQLite the transaction itself (IMMEDIATE) keeps other writers out."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE reports_report IN EXCLUSIVE MODE")


_READY = (
    "from django.test import Client; r = Client().get('/readyz'); print(r.status_code, r.json())"
)


def test_the_site_is_ready_while_broker_and_worker_answer(
    worker_environment: dict[str, str], celery_worker_process: Start, redis_server: RedisServer
) -> None:
    celery_worker_process(worker_environment)
    site = {**os.environ, **worker_environment, "ALLOWED_HOSTS": "testserver"}
    command = ("shell", "--no-imports", "-c", _READY)
    good = manage(site, *command).stdout.strip()
    assert good == "200 {'database': True, 'broker': True, 'worker': True}"
    redis_server.stop()
    try:
        bad = manage(site, *command).stdout.strip()
    finally:
        redis_server.start()
    assert bad == "503 {'database': True, 'broker': False, 'worker': False}"
