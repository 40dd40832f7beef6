"""Databases of a test run: migrated once into a template, and copied for each user of one.

The first process of the run that needs it makes the template; the others wait and copy it: an
SQLite file is copied, PostgreSQL does it itself (`CREATE DATABASE … TEMPLATE`).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from psycopg2 import sql

from tests.children import ChildProcess
from tests.postgres import administer, url_of

#: The environment variable that names the run's own folder, the same for all of its processes.
RUN_FOLDER = "TEST_RUN_FOLDER"
#: The environment variable that names a migrated SQLite file from which the migrations go on.
MIGRATED_FROM = "TEST_MIGRATED_FROM"
_TEMPLATE, _ROOT = "template", Path(__file__).resolve().parent.parent
#: The copy of an SQLite template in an installation's own DATA_DIR.
SQLITE_FILE = "platform.sqlite3"


def is_postgres() -> bool:
    """Whether the run is on PostgreSQL."""
    return bool(os.environ.get("DATABASE_URL"))


def _template_folder() -> Path:
    return Path(os.environ[RUN_FOLDER]) / _TEMPLATE


def ensure_template() -> None:
    """Make the migrated, otherwise empty database, unless the run has it already."""
    folder = _template_folder()
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "is_ready").exists():
            _make(folder)
            (folder / "is_ready").touch()


def _make(folder: Path) -> None:
    """Migrate the template; with SQLite, reuse an earlier run's of the same tables."""
    if is_postgres():
        _migrate(folder)
        return
    kept = _ROOT / ".pytest_cache" / f"migrated-{_digest_of_tables()}.sqlite3"
    if kept.exists():
        shutil.copyfile(kept, folder / SQLITE_FILE)
        return
    if before := os.environ.get(MIGRATED_FROM):
        shutil.copyfile(before, folder / SQLITE_FILE)
    _migrate(folder)
    with contextlib.suppress(OSError):  # a read-only checkout keeps nothing
        kept.parent.mkdir(exist_ok=True)
        for old in kept.parent.glob("migrated-*"):
            old.unlink()
        shutil.copyfile(folder / SQLITE_FILE, kept.with_suffix(".part"))
        kept.with_suffix(".part").replace(kept)


def _digest_of_tables() -> str:
    """A digest of what tables, content types and permissions are made of: migrations and models."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_ROOT.glob("[a-z]*/**/*.py")):
        if path.parent.name in ("migrations", "models") or path.name in ("models.py", "apps.py"):
            digest.update(path.read_bytes())
    digest.update((_ROOT / "uv.lock").read_bytes())
    return digest.hexdigest()[:16]


def _migrate(folder: Path) -> None:
    own = {"DATA_DIR": str(folder)}
    if is_postgres():
        create_database(_TEMPLATE, "template1")
        own["DATABASE_URL"] = url_of(_TEMPLATE)
    command: list[str | Path] = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    with ChildProcess(command, cwd=_ROOT, env=os.environ | own) as migrate:
        if migrate.wait():
            raise RuntimeError(f"migrate failed:\n{migrate.log}")


def begin_template() -> None:
    """Make the template while this process does something else."""

    def make() -> None:
        # The process that needs the template tries again and reports the error.
        with contextlib.suppress(RuntimeError, OSError, psycopg2.Error):
            ensure_template()

    threading.Thread(target=make, daemon=True).start()


def create_database(name: str, template: str = _TEMPLATE) -> None:
    """Copy the template on the run's PostgreSQL server; a database of that name is replaced."""
    drop_database(name)
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    deadline = time.monotonic() + 20
    with (
        contextlib.closing(administer(os.environ["DATABASE_URL"])) as admin,
        admin.cursor() as cursor,
    ):
        while True:
            try:
                cursor.execute(command.format(sql.Identifier(name), sql.Identifier(template)))
                return
            except psycopg2.errors.ObjectInUse:  # a connection is just being closed
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


def drop_database(name: str) -> None:
    """Drop a database, even while clients are connected to it."""
    command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with (
        contextlib.closing(administer(os.environ["DATABASE_URL"])) as admin,
        admin.cursor() as cursor,
    ):
        cursor.execute(command)


def copy_template(path: Path) -> None:
    """Copy the SQLite template to `path`."""
    ensure_template()
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_template_folder() / SQLITE_FILE, path)


@contextlib.contextmanager
def migrated_installation(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Settings of an installation of its own that is migrated already: DATA_DIR, database, secret.

    `folder` becomes its DATA_DIR, and `name` its database on PostgreSQL.
    """
    if not is_postgres():
        copy_template(folder / SQLITE_FILE)
        yield {"DATA_DIR": str(folder)}
        return
    ensure_template()
    create_database(name)
    secret = os.environ["SECRET_KEY"]
    try:
        yield {"DATA_DIR": str(folder), "DATABASE_URL": url_of(name), "SECRET_KEY": secret}
    finally:
        drop_database(name)
