"""A test run that is interrupted or killed leaves no server, no other process and no folder.

Each test starts a real run in a process of its own, with PostgreSQL, a Redis for each worker and a
migration that takes longer than the run, and sends it the signal in the middle of a test.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.conftest import ROOT, wait_until

_PROCESSES = Path("/proc")
pytestmark = [
    pytest.mark.once,
    pytest.mark.server,
    pytest.mark.skipif(not _PROCESSES.is_dir(), reason="本系统没有 /proc，无法查看进程"),
]

#: The tests of the interrupted run: each worker reports that it has started, and waits for the end.
_TESTS = """
import os, pathlib, time
import pytest
@pytest.mark.parametrize("number", range(2))
def test_waits(redis_server, number):
    folder = pathlib.Path(os.environ["FOLDER"])
    (folder / f"worker-{os.getpid()}").touch()
    while not (folder / "end").exists():
        time.sleep(0.05)
"""
#: The settings of the run's migration: it does not end by itself, and takes no time of a core.
_SETTINGS = """
import time
time.sleep(600)
"""
_OPTIONS = (
    "--database=postgres",
    "-p",
    "tests.servers",
    "-p",
    "no:django",
    "-p",
    "no:schemathesis",
)


def _hear_ctrl_c() -> None:
    """Undo what a shell does to background jobs: they ignore SIGINT, and so do their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class _Run:
    """A test run with its processes and folders."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder, self._workers = folder, max(workers, 1)
        self.migrations = min(workers, 1)  # while workers collect
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        (folder / "test_waits.py").write_text(_TESTS, encoding="utf-8")
        (folder / "slow_settings.py").write_text(_SETTINGS, encoding="utf-8")
        own = ("PYTEST_", "TEST_", "DATA_DIR", "DATABASE_URL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        kept |= {"DJANGO_SETTINGS_MODULE": "slow_settings", "PYTHONPATH": str(folder)}
        self._output = (folder / "output").open("wb")
        command = [sys.executable, "-m", "pytest", *_OPTIONS, f"--numprocesses={workers}"]
        self.process = subprocess.Popen(
            [*command, str(folder)],
            cwd=ROOT,
            env=kept | {"FOLDER": str(folder), "TMPDIR": str(folder / "tmp")},
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,
        )

    def wait_until_all_wait(self) -> list[int]:
        """Wait until every worker is in a test; return their process ids."""
        wait_until(lambda: len(self._waiting()) == self._workers, 120)
        return self._waiting()

    def _waiting(self) -> list[int]:
        return [int(path.name.split("-")[1]) for path in self.folder.glob("worker-*")]

    def programs(self) -> list[str]:
        """Return the commands of processes with this run's folder in command or environment."""
        found = []
        for process in _PROCESSES.glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
                told = words + (process / "environ").read_bytes()
            except OSError:  # it has just ended, or is somebody else's
                continue
            if os.fsencode(self.folder) in told and words:
                found.append(words.replace(b"\0", b" ").decode(errors="replace"))
        return found

    def how_many(self, name: str) -> int:
        """How many processes of this program are running."""
        return sum(f"{name} " in program for program in self.programs())

    def end(self) -> None:
        """End the run if it still exists, whether the test passed or failed."""
        (self.folder / "end").touch()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._output.close()

    def assert_nothing_is_left(self) -> None:
        """Check that no process and no folder is left, some seconds after the end of the run."""
        self.process.wait(60)
        wait_until(lambda: not self.programs() and not list((self.folder / "tmp").glob("sc-*")))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path that other users may enter, and a folder for temporary files."""
    made = Path(tempfile.mkdtemp(prefix="run-", dir="/tmp"))
    (made / "tmp").mkdir()
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def run(folder: Path, request: pytest.FixtureRequest) -> Iterator[_Run]:
    """A run that has been started."""
    made = _Run(folder, request.param)
    try:
        yield made
    finally:
        made.end()


@pytest.mark.parametrize("run", [0, 2], indirect=True, ids=["alone", "with_workers"])
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_first_process_is_ended(run: _Run, signum: signal.Signals) -> None:
    workers = run.wait_until_all_wait()
    assert run.how_many("postgres") >= 1  # with the processes it has just forked
    assert run.how_many("redis-server") == len(workers)
    assert run.how_many("manage.py migrate") == run.migrations
    run.process.send_signal(signum)
    run.assert_nothing_is_left()
    assert run.process.returncode != 0


@pytest.mark.parametrize("run", [2], indirect=True, ids=["with_workers"])
def test_everybody_hears_ctrl_c(run: _Run) -> None:
    run.wait_until_all_wait()
    os.killpg(run.process.pid, signal.SIGINT)
    run.assert_nothing_is_left()
    assert run.process.returncode == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize("run", [2], indirect=True, ids=["with_workers"])
def test_workers_are_ended(run: _Run) -> None:
    """Their Redis goes with them; the run goes on to its end."""
    workers = run.wait_until_all_wait()
    for worker, signum in zip(workers, (signal.SIGTERM, signal.SIGKILL), strict=True):
        os.kill(worker, signum)
    (run.folder / "end").touch()
    run.assert_nothing_is_left()
    assert run.process.returncode != 0
