"""An export whose worker is killed leaves no partial file, and the next worker makes it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection as Line
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from kombu import Connection

from accounts.models import User
from config.celery import app
from orgs.models import CommunityOrg
from reports.exports import jobs
from reports.exports.tasks import make_file, take_up_files
from reports.models.exports import OPEN, Export, FileState
from reviews.models import Status
from tests.children import ChildProcess
from tests.conftest import DAY, HUAYIPO
from tests.running.conftest import wait_until
from tests.running.processes import Colleague, die, each_step, wait_until_alone
from tests.servers import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., ChildProcess]
_ROWS = 900


@pytest.fixture
def export(jiedao: User) -> Iterator[Export]:
    """An export of a ledger with several blocks."""
    cache.clear()
    CommunityOrg.objects.bulk_create(
        CommunityOrg(
            area_id=HUAYIPO,
            name=f"互助会{number}",
            category="charity",
            tier="street",
            registered_on=DAY,
            status=Status.APPROVED,
        )
        for number in range(_ROWS)
    )
    made = Export(
        kind="orgs.communityorg", area=jiedao.area, status="approved", requested_by=jiedao
    )
    yield jobs.request_export(made)
    cache.clear()


def _files(folder: Path | None = None) -> list[Path]:
    """Return files with the name of a finished file."""
    found = (folder or Path(settings.EXPORT_DIR)).glob("*")
    return [path for path in found if path.suffix == ".xlsx"]


def _assert_whole(export: Export, folder: Path | None = None) -> None:
    export.refresh_from_db()
    assert (export.state, export.row_count) == (FileState.DONE, _ROWS)
    path = (folder or Path(settings.EXPORT_DIR)) / export.file_name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == export.sha256
    rows = list(openpyxl.load_workbook(path).worksheets[0].values)
    assert [row[0] for row in rows[3:-1]] == list(range(1, _ROWS + 1))


def _until(export: Export, last: int) -> Callable[[Line], int]:
    """Return work that makes the export and dies instead of its step number `last`."""

    def work(line: Line) -> int:
        steps = 0

        def around(name: str, step: Callable[[], object]) -> object:
            nonlocal steps
            steps += 1
            if steps == last:
                die()
            return step()

        with each_step(around), _on_disk(around):
            jobs.work_on("export", export.pk)
        return steps

    return work


@contextlib.contextmanager
def _on_disk(around: Callable[[str, Callable[[], object]], Any]) -> Iterator[None]:
    """Call `around` for steps outside of the database: progress, digest and the file's name."""
    tick, digest, replace = jobs.FileLease.report, jobs._sha256, Path.replace
    with (
        mock.patch.object(
            jobs.FileLease, "report", lambda *told: around("tick", lambda: tick(*told))
        ),
        mock.patch.object(jobs, "_sha256", lambda path: around("digest", lambda: digest(path))),
        mock.patch.object(Path, "replace", lambda *paths: around("name", lambda: replace(*paths))),
    ):
        yield


def test_killed_at_any_step_no_row_names_a_file_and_the_next_worker_makes_it(
    export: Export,
) -> None:
    deaths, last = 0, 1
    while Colleague(_until(export, last)).end():
        wait_until_alone()
        export.refresh_from_db()
        if export.state == FileState.DONE:  # died at the very last step, when all was done
            break
        assert (export.state in OPEN, export.file_name) == (True, "")
        assert len(_files()) <= deaths + 1
        assert jobs.waiting() == [] or last == 1  # the dead worker's hold lasts a while yet
        cache.clear()
        assert jobs.waiting() == [("export", export.pk)]
        Export.objects.update(breaks=0)
        deaths, last = deaths + 1, last + 1
    assert deaths > 8
    _assert_whole(export)
    jobs.work_on("export", export.pk)
    _assert_whole(export)


def test_what_kills_every_worker_is_given_up(export: Export) -> None:
    deaths = 0
    while export.state in OPEN:
        deaths += bool(Colleague(_until(export, 8)).end())
        wait_until_alone()
        cache.clear()
        export.refresh_from_db()
    assert (export.state, deaths) == (FileState.FAILED, 2)
    assert "2次意外中止，没有生成文件；请缩小" in export.message
    assert (export.file_name, _files()) == ("", [])


@pytest.mark.server
def test_what_a_killed_worker_left_is_taken_up_by_the_next(
    export: Export,
    worker_environment: dict[str, str],
    celery_worker_process: Start,
    redis_server: RedisServer,
) -> None:
    def send(task: Any, *arguments: object) -> None:
        with Connection(worker_environment["REDIS_URL"]) as broker:
            app.send_task(task.name, arguments, connection=broker)

    victim = celery_worker_process(worker_environment)
    with transaction.atomic():  # the worker is paused in the middle of its work
        list(Export.objects.select_for_update())
        send(make_file, "export", export.pk)
        wait_until(lambda: "received" in victim.log)
        victim.kill()
    folder = Path(worker_environment["DATA_DIR"]) / "exports"
    assert _files(folder) == []
    heir = celery_worker_process(worker_environment)
    wait_until(lambda: "ready" in heir.log)
    with redis.Redis.from_url(redis_server.client_url) as client:  # as if a minute had passed
        for name in client.scan_iter("*made-file*"):
            client.delete(name)
    send(take_up_files)
    wait_until(lambda: Export.objects.get().state == FileState.DONE)
    _assert_whole(export, folder)
