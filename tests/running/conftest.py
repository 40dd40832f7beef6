"""Installations of their own, and what a worker of the test run's database needs to know."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from indicators.models import Plan
from tests.postgres import url_of
from tests.servers import RedisServer
from tests.template import is_postgres, migrated_installation

ROOT = Path(settings.BASE_DIR)
#: The installation's own variables; a test decides about each of them.
_OWN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "DEBUG", "ALLOWED_HOSTS", "HTTPS")


def bare_environment(**values: str) -> dict[str, str]:
    """The environment of the test run without any setting of the platform."""
    kept = {name: value for name, value in os.environ.items() if name not in _OWN}
    return kept | {"PYTHONIOENCODING": "utf-8"} | values


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh installation: own folder and own, migrated database."""
    name = f"own_{tmp_path.name.replace('-', '_')[:40].lower()}"
    with migrated_installation(tmp_path / "var", name) as values:
        yield bare_environment(**values)


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """`manage.py …` in an installation of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    """Poll; fail when it does not come true."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "等待超时"
        time.sleep(0.05)


@pytest.fixture
def due_today(yuzhong: Plan) -> Plan:
    """渝中区's plan with a single report, due today whatever the calendar says."""
    today = timezone.localdate()
    yuzhong.report_due, yuzhong.report_first_due = [f"{today:%m-%d}"], today
    yuzhong.ends_on = today + datetime.timedelta(days=60)
    yuzhong.save()
    return yuzhong


@pytest.fixture
def worker_environment(
    transactional_db: None, redis_server: RedisServer, tmp_path: Path
) -> dict[str, str]:
    """What makes a worker work on the database of the test run, with an empty queue."""
    with redis.Redis.from_url(redis_server.client_url) as client:
        client.flushall()
    folder = tmp_path / "worker"
    folder.mkdir()
    values = {"REDIS_URL": redis_server.celery_url, "DATA_DIR": str(folder)}
    name = str(connection.settings_dict["NAME"])
    if is_postgres():
        values["DATABASE_URL"] = url_of(name)
    else:
        # SQLite follows a symbolic link to the real file, and so finds its -wal beside it.
        (folder / "platform.sqlite3").symlink_to(name)
    return values
