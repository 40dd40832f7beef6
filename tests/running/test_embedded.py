"""An installation without a broker: messages are files, and `serve` runs the worker."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import pytest

from tests.children import ChildProcess
from tests.running.conftest import ROOT, manage, wait_until

# Messages are files whatever the database is; with PostgreSQL `test_worker` has the tasks.
pytestmark = [pytest.mark.server, pytest.mark.once]

#: 渝中区 without records; a report is due today.
_DUE = """
import datetime, io
from django.core.management import call_command
from accounts.models import User
from funds.models import Fund
from django.utils import timezone
from indicators.models import Plan
from reports.models import Report
from reports.tasks import prepare_due_reports
call_command("demo", "--no-ledgers", "--no-serve", stdout=io.StringIO())
today = timezone.localdate()
Plan.objects.exclude(code="yuzhong-2026").delete()
Plan.objects.update(report_due=[f"{today:%m-%d}"], report_first_due=today,
                    ends_on=today + datetime.timedelta(days=60))
for _ in range(3):
    prepare_due_reports.delay()
print(User.objects.count(), Fund.objects.count(), Report.objects.count())
"""
#: A message is taken away before the work is done; a report may take a moment longer.
_PREPARED = """
import time
from reports.models import Report
deadline = time.monotonic() + 30
while not Report.objects.exists() and time.monotonic() < deadline:
    time.sleep(0.1)
time.sleep(1)
print(Report.objects.count())
"""


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def get(url: str) -> tuple[int, str]:
    """Return status and body; (0, "") while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except (URLError, OSError):
        return 0, ""


def _shell(environment: dict[str, str], code: str) -> str:
    done = manage(environment, "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def embedded(installation: dict[str, str]) -> dict[str, str]:
    """渝中区 without records, with a report due today and three messages about it."""
    assert _shell(installation, _DUE) == "8 0 0"  # accounts, records, reports
    return installation


def test_serve_answers_does_what_is_sent_and_starts_again_what_dies(
    embedded: dict[str, str],
) -> None:
    port = free_port()
    queue = Path(embedded["DATA_DIR"]) / "queue" / "messages"
    assert len(list(queue.iterdir())) == 3
    command: list[Any] = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with ChildProcess(command, cwd=ROOT, env=embedded) as server:
        address = f"http://127.0.0.1:{port}"
        server.wait_until(lambda: get(f"{address}/healthz") == (200, "ok"))
        answers: list[tuple[int, str]] = []

        def is_ready() -> bool:
            answers.append(get(f"{address}/readyz"))
            return answers[-1][0] == 200

        server.wait_until(is_ready, timeout=40)
        # A busy machine may let the worker miss the next second: the answer is that one.
        assert json.loads(answers[-1][1]) == {
            "database": True,
            "broker": True,
            "worker": True,
        }
        status, page = get(f"{address}/admin/login/")
        assert status == 200
        assert "社区慈善工作平台" in page
        assert get(f"{address}/static/css/platform.css")[0] == 200
        wait_until(lambda: not list(queue.iterdir()))
        assert _shell(embedded, _PREPARED) == "12"  # the district and its streets
        for name, title in (("worker", "后台任务"), ("beat", "定时任务")):
            os.kill(_program(server, name), signal.SIGKILL)
            message = f"{title}意外中止（信号9），1秒后"
            wait_until(partial(_says, server, message))
        server.wait_until(lambda: len(_programs(server)) == 3)
        server.wait_until(is_ready, timeout=40)
        programs = _programs(server)
        os.kill(server.pid, signal.SIGINT)
        assert server.wait() == 0
        assert get(f"{address}/healthz")[0] == 0
        assert [pid for pid in programs if Path(f"/proc/{pid}").exists()] == []


def _says(server: ChildProcess, message: str) -> bool:
    return message in server.log


def _programs(server: ChildProcess) -> dict[int, str]:
    """Return the child processes of `serve` with their command lines."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return {
        int(pid): Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in children
    }


def _program(server: ChildProcess, name: str) -> int:
    (pid,) = (pid for pid, line in _programs(server).items() if f"config {name} " in line)
    return pid
