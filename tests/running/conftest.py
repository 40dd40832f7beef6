"""Installations in folders of their own, and the environment of workers on the test database."""

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
#: Variables of an installation, each of which a test sets or leaves out.
_OWN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "DEBUG", "ALLOWED_HOSTS", "HTTPS")


def bare_environment(**values: str) -> dict[str, str]:
    """Return the environment of the test run without settings of the platform."""
    kept = {name: value for name, value in os.environ.items() if name not in _OWN}
    return kept | {"PYTHONIOENCODING": "utf-8"} | values


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh installation: own folder and own, migrated database."""
    name = f"own_{tmp_path.name.replace('-', '_')[:40].lower()}"
    with migrated_installation(tmp_path / "var", name) as values:
        yield bare_environment(**values)


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py …` in an installation."""
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
    """Wait until a condition holds; fail if it does not."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "等待超时"
        time.sleep(0.05)


@pytest.fixture
def due_today(yuzhong: Plan) -> Plan:
    """渝中区's plan with a single report that is due today, whatever the date."""
    today = timezone.localdate()
    yuzhong.report_due, yuzhong.report_first_due = [f"{today:%m-%d}"], today
    yuzhong.ends_on = today + datetime.timedelta(days=60)
    yuzhong.save()
    return yuzhong


@pytest.fixture
def worker_environment(
    transactional_db: None, redis_server: RedisServer, tmp_path: Path
) -> dict[str, str]:
    """The environment for a worker on the test database, with an empty queue."""
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
