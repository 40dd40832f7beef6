"""The programs of PostgreSQL: where they are, how they are told of the database, what they answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg2.extensions
from django.conf import settings
from django.db import connection

from backups.faults import BackupFault

_INSTALLED = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_AT_ONCE = 1024 * 1024
_TOLD = 1000


class NoProgram(BackupFault):
    """A program of PostgreSQL is not installed, or is older than the server."""


def program(name: str, least: int) -> Path:
    """Return a program of PostgreSQL of version `least` or later; NoProgram where there is none."""
    found = {path: _version(path) for path in _candidates(name)}
    for path, version in found.items():
        if version >= least:
            return path
    there = f"只有版本{max(found.values())}" if found else "没有安装"
    raise NoProgram(
        f"找不到版本不低于{least}的 {name}（{there}）：请安装 postgresql-client-{least}，"
        "或用环境变量 PG_BIN 指明其所在文件夹"
    )


def _candidates(name: str) -> Iterator[Path]:
    if settings.PG_BIN:
        folders = [Path(settings.PG_BIN)]
    else:
        on_path = shutil.which(name)
        folders = [Path(on_path).parent] if on_path else []
        folders += sorted(_INSTALLED.glob("*/bin"), reverse=True)
    for folder in folders:
        if os.access(folder / name, os.X_OK):
            yield folder / name


def _version(path: Path) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = _VERSION.search(told.stdout)
    return int(found.group(1)) if found else 0


def version_of(name: str, least: int) -> int:
    """Return the version of the program that is used."""
    return _version(program(name, least))


def server_version() -> int:
    """Return the version of the server, such as 15."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def dsn_and_environment() -> tuple[str, dict[str, str]]:
    """Return how a program reaches the database; the password stands in its environment alone."""
    told: dict[str, object] = connection.get_connection_params()
    known = {"dbname", "user", "host", "port", "service", "passfile"}
    kept = {name: value for name, value in told.items() if name in known or name.startswith("ssl")}
    environment = {**os.environ}
    if password := told.get("password"):
        environment["PGPASSWORD"] = str(password)
    return psycopg2.extensions.make_dsn(**kept), environment


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], stdin: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program whose output is read inside; BackupFault with its words where it fails."""
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(  # noqa: S603 - our arguments
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=words, env=environment
        )
        try:
            yield process
            code = process.wait()
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        if code:
            raise BackupFault(f"{Path(command[0]).name} 没有完成：{_told(words)}")


def _told(words: IO[bytes]) -> str:
    words.seek(0)
    return words.read().decode(errors="replace").strip()[-_TOLD:] or "没有说明原因"


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what a program writes."""
    while content := stream.read(_AT_ONCE):
        yield content
