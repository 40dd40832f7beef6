"""An import whose worker is killed leaves nothing half written, and the next worker does it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection as Line
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.db import connection, transaction
from kombu import Connection

from accounts.models import User
from areas.models import Area
from config.celery import app
from ledgers import jobs
from ledgers.registry import KINDS
from ledgers.tasks import take_up_imports, work_on_import
from orgs.models import CommunityOrg
from reviews.leases import excuse_this_worker
from reviews.models import ImportBatch, ImportJob, JobState, ReviewEvent, Status
from tests.children import ChildProcess
from tests.conftest import DISTRICT
from tests.ledger.workbooks import one_sheet, org
from tests.running.conftest import wait_until
from tests.running.processes import Colleague, die, each_step, wait_until_alone
from tests.servers import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., ChildProcess]
_ROWS, _STRIDE = 7, 4


@pytest.fixture
def job(jiedao: User) -> Iterator[ImportJob]:
    """A checked upload that its clerk wants to store and submit."""
    cache.clear()
    assert jiedao.area
    rows = (org(number) for number in range(1, _ROWS + 1))
    made = jobs.create_job("orgs", one_sheet(*rows), "台账.xlsx", by=jiedao, root=jiedao.area)
    jobs.work_on(made.pk, KINDS)
    made.refresh_from_db()
    assert jobs.ask_to_import(made, is_submitted=True)
    made.refresh_from_db()
    yield made
    cache.clear()


def _is_untouched(job: ImportJob) -> bool:
    job.refresh_from_db()
    models = (CommunityOrg, CommunityOrg.history.model, ImportBatch, ReviewEvent)
    is_there = [model._default_manager.exists() for model in models]
    assert job.state == (JobState.IMPORTED if is_there[0] else JobState.IMPORTING)
    assert len(set(is_there)) == 1, is_there
    return not is_there[0]


def _assert_written_once(job: ImportJob) -> None:
    job.refresh_from_db()
    assert (job.state, job.batch) == (JobState.IMPORTED, ImportBatch.objects.get())
    assert set(CommunityOrg.objects.values_list("status", flat=True)) == {Status.PENDING}
    assert CommunityOrg.objects.count() == ReviewEvent.objects.count() == _ROWS
    assert CommunityOrg.history.count() == _ROWS


def _until(job: ImportJob, last: int) -> Callable[[Line], int]:
    """Return work on the job that dies instead of its step number `last`."""

    def work(line: Line) -> int:
        steps = 0

        def around(sql: str, step: Callable[[], object]) -> object:
            nonlocal steps
            steps += 1
            if steps == last:
                die()
            return step()

        with each_step(around):
            jobs.work_on(job.pk, KINDS)
        return steps

    return work


def test_killed_at_any_step_it_is_whole_or_not_there_and_the_next_worker_does_it(
    job: ImportJob,
) -> None:
    deaths, last = 0, 1
    while Colleague(_until(job, last)).end():
        wait_until_alone()
        if not _is_untouched(job):  # it died after the commit, when it tied its events to the chain
            break
        assert jobs.unattended_jobs() == []  # the dead worker's hold lasts a while yet
        cache.clear()
        assert jobs.unattended_jobs() == [job.pk]
        ImportJob.objects.update(attempts=0)
        deaths, last = deaths + 1, last + _STRIDE
    assert deaths > 5
    _assert_written_once(job)
    jobs.work_on(job.pk, KINDS)
    _assert_written_once(job)


def test_a_file_that_kills_every_worker_is_given_up_with_nothing_written(job: ImportJob) -> None:
    deaths = 0
    while job.state == JobState.IMPORTING:
        deaths += bool(Colleague(_until(job, 12)).end())
        wait_until_alone()
        cache.clear()
        job.refresh_from_db()
    assert (job.state, deaths) == (JobState.REFUSED, 2)
    assert "2次意外中止" in job.message
    assert f"上传编号{job.pk}" in job.message
    assert job.content  # kept for whoever looks into it
    assert not CommunityOrg.objects.exists()


def test_a_worker_told_to_stop_before_it_was_killed_counts_against_no_file(job: ImportJob) -> None:
    def work(line: Line) -> int:
        excuse_this_worker()
        return _until(job, 12)(line)

    for _ in range(3):
        assert Colleague(work).end()
        wait_until_alone()
        # The lease alone lapses after a minute; who held it is remembered for longer.
        cache.delete(f"import-job-{job.pk}")
    jobs.work_on(job.pk, KINDS)
    _assert_written_once(job)


@pytest.mark.server
def test_what_a_killed_worker_left_is_taken_up_by_the_next(
    job: ImportJob,
    worker_environment: dict[str, str],
    celery_worker_process: Start,
    redis_server: RedisServer,
) -> None:
    def send(task: Any, *arguments: int) -> None:
        with Connection(worker_environment["REDIS_URL"]) as broker:
            app.send_task(task.name, arguments, connection=broker)

    victim = celery_worker_process(worker_environment)
    with transaction.atomic():
        _hold_the_county()
        send(work_on_import, job.pk)
        wait_until(lambda: "received" in victim.log)
        victim.kill()
    assert _is_untouched(job)
    heir = celery_worker_process(worker_environment)
    send(take_up_imports)
    wait_until(lambda: heir.log.count("succeeded in") >= 1)
    assert _is_untouched(job) or ImportBatch.objects.count() == 1
    _end_holds(redis_server)
    send(take_up_imports)
    wait_until(lambda: ImportJob.objects.get().state == JobState.IMPORTED)
    _assert_written_once(job)


@pytest.mark.production
@pytest.mark.server
def test_a_worker_outlives_the_task_it_loses_and_gives_its_file_up(
    job: ImportJob,
    worker_environment: dict[str, str],
    celery_worker_process: Start,
    redis_server: RedisServer,
) -> None:
    def send() -> None:
        with Connection(worker_environment["REDIS_URL"]) as broker:
            app.send_task(take_up_imports.name, connection=broker)

    worker = celery_worker_process(worker_environment, pool="prefork")
    for deaths in (1, 2):
        with transaction.atomic():
            _hold_the_county()  # the import is paused in the middle
            send()
            wait_until(lambda: ImportJob.objects.get().attempts == deaths)  # noqa: B023
            (child,) = _children(worker)
            os.kill(child, signal.SIGKILL)
            wait_until(lambda: worker.log.count("WorkerLostError") >= deaths)  # noqa: B023
        _end_holds(redis_server)
    send()
    wait_until(lambda: ImportJob.objects.get().state == JobState.REFUSED)
    assert not CommunityOrg.objects.exists()
    worker.stop()
    with redis.Redis.from_url(redis_server.client_url) as client:
        assert list(client.scan_iter("*stopped-worker-*"))


def _children(worker: ChildProcess) -> list[int]:
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def _hold_the_county() -> None:
    """Lock the county; on SQLite the transaction itself (IMMEDIATE) keeps other writers out."""
    if connection.vendor == "postgresql":
        list(Area.objects.select_for_update().filter(code=DISTRICT))


def _end_holds(server: RedisServer) -> None:
    """Let the leases lapse, as after a minute."""
    with redis.Redis.from_url(server.client_url) as client:
        for name in client.scan_iter("*import-job*"):
            client.delete(name)
