"""A throw-away PostgreSQL with the settings of a real one: what it commits is on the disk."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg2

from tests import servers

#: The defaults of a server of this size; fsync and synchronous_commit stay on.
SETTINGS = (
    "listen_addresses=",
    "shared_buffers=2GB",
    "effective_cache_size=6GB",
    "work_mem=128MB",
    "maintenance_work_mem=512MB",
    "max_wal_size=8GB",
)


class Server:
    """One server for the whole run; every scale has a database of its own."""

    def __init__(self) -> None:
        self._folder = servers._fresh_folder()
        self._programs = servers._find_postgres()
        self._options = self._unprivileged()
        self._run(["initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"])
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            "data",
            "-k",
            self._folder,
            "-p",
            "5432",
        ]
        for setting in SETTINGS:
            command += ["-c", setting]
        self._process = servers.ChildProcess(command, **self._options)
        self._process.wait_until(self._answers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._process.stop(signal.SIGINT)

    def create(self, name: str) -> str:
        """An empty database; returns its DATABASE_URL."""
        connection = self._connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        connection.close()
        return f"postgres://postgres@:5432/{quote(str(self._folder))}/{name}"

    def _unprivileged(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root: then it runs as nobody, from a place nobody reads."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        options: dict[str, Any] = {"cwd": self._folder, "env": environment | {"LC_ALL": "C"}}
        if os.geteuid() != 0:
            return options
        if not servers._open_to_all(self._programs):
            copied: Path = shutil.copytree(self._programs.parent, self._folder / "pginstall")
            self._programs = copied / "bin"
        nobody = pwd.getpwnam("nobody")
        os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        return options | {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def _run(self, command: list[str | Path]) -> None:
        program = servers.ChildProcess([self._programs / command[0], *command[1:]], **self._options)
        if program.wait():
            raise RuntimeError(program.log)

    def _connect(self) -> Any:
        return psycopg2.connect(host=str(self._folder), port=5432, user="postgres")

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True
