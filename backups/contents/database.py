"""Copies the database of one moment into an archive, while people go on working.

PostgreSQL: one transaction exports its snapshot to `pg_dump`, and the rows are counted and the files listed
within it. SQLite: its own backup copies the file within a transaction that only reads; a writer does not
wait for it (WAL).
"""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

from django.db import connection

from backups.archive.manifest import ArchiveForm
from backups.archive.writing import ArchiveOut
from backups.contents.programs import (
    NoProgram,
    blocks_of,
    dsn_and_environment,
    program,
    running,
    server_version,
)
from backups.faults import BackupFault

DATABASE, ROWS = "database", "rows/"
_AT_ONCE = 1024 * 1024
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


def form_of(is_portable: bool) -> tuple[ArchiveForm, str]:
    """Return the form in which this database is written, and a notice in Chinese ("": none)."""
    if connection.vendor != "postgresql":
        return ArchiveForm.SQLITE, ""
    if is_portable:
        return ArchiveForm.ROWS, ""
    try:
        program("pg_dump", server_version())
    except NoProgram as fault:
        return ArchiveForm.ROWS, f"{fault}。本次已改用通用格式备份，可以照常恢复，只是慢一些"
    return ArchiveForm.DUMP, ""


def write_database(
    archive: ArchiveOut, form: ArchiveForm, tables: Sequence[str], part_file: Path
) -> None:
    """Write the database of the snapshot that is open; `part_file` names a copy that is only for now."""
    if form is ArchiveForm.SQLITE:
        _write_file(archive, part_file)
    elif form is ArchiveForm.DUMP:
        _write_dump(archive)
    else:
        _write_rows(archive, tables)


def _write_file(archive: ArchiveOut, part_file: Path) -> None:
    _remove(part_file)
    try:
        copy = sqlite3.connect(part_file)
        try:
            copy.execute("PRAGMA synchronous = OFF")
            copy.execute("PRAGMA journal_mode = OFF")
            connection.connection.backup(copy)
        finally:
            copy.close()
        with part_file.open("rb") as file, archive.part(DATABASE, is_packed=True) as part:
            while content := file.read(_AT_ONCE):
                part.write(content)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in _NO_ROOM:  # without what extends the code
            raise BackupFault(
                f"磁盘空间不足或文件夹 {part_file.parent} 不能写入，没有生成备份"
            ) from error
        raise
    finally:
        _remove(part_file)


def _remove(file: Path) -> None:
    """Delete a file of SQLite with those beside it."""
    for ending in ("", "-journal", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _write_dump(archive: ArchiveOut) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot(), current_schema()")
        snapshot, schema = cursor.fetchone()
    dsn, environment = dsn_and_environment()
    command = [str(program("pg_dump", server_version())), "-Fc", f"--dbname={dsn}", "--no-password"]
    command += [f"--snapshot={snapshot}", f"--schema={schema}", "--no-owner", "--no-privileges"]
    with (
        running(command, environment, stdin=subprocess.DEVNULL) as process,
        archive.part(DATABASE) as part,
    ):
        for content in blocks_of(cast(IO[bytes], process.stdout)):
            part.write(content)


def _write_rows(archive: ArchiveOut, tables: Sequence[str]) -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        cursor.execute("SET LOCAL datestyle = 'ISO'")
        for table in tables:
            with archive.part(f"{ROWS}{table}", is_packed=True) as part:
                cursor.copy_expert(f"COPY {quote(table)} TO STDOUT", part, _AT_ONCE)
