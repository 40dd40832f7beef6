"""An archive becomes a file of SQLite, which then replaces the content of the live one in one transaction."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from django.db import connection

from backups.archive.bytes_in import Damaged
from backups.archive.manifest import ArchiveForm, Manifest
from backups.archive.reading import unpacked
from backups.contents.database import DATABASE, ROWS
from backups.faults import BackupFault
from backups.restoring.places import ScratchPlace
from backups.restoring.script import rows_of
from backups.restoring.unpacking import read_dump
from backups.restoring.values import check_types, for_sqlite

#: How many seconds the live database may stay busy.
_PATIENCE = 30
_EACH = 0.25


class SqliteTarget:
    """The database of a place as an SQLite file."""

    def __init__(self, place: ScratchPlace, manifest: Manifest) -> None:
        self.place, self._manifest = place, manifest
        self._types = {table: dict(columns) for table, columns in manifest.columns.items()}
        if manifest.form is not ArchiveForm.SQLITE:
            for table, columns in manifest.columns.items():
                check_types(table, columns)
            place.run("build", names=manifest.migrations)
            self._open = sqlite3.connect(place.file, isolation_level=None)
            self._open.execute("PRAGMA foreign_keys = OFF")
            self._open.execute("PRAGMA synchronous = OFF")
            self._open.execute("BEGIN")
            for (table,) in self._open.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).fetchall():
                if not table.startswith("sqlite_"):
                    self._open.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608 - a table

    def take(self, name: str, blocks: Iterator[bytes]) -> None:
        """Take one stream of the archive."""
        if self._manifest.form is ArchiveForm.SQLITE:
            self.place.write(unpacked(blocks))
        elif name == DATABASE:
            read_dump(blocks, self._copied, version=self._manifest.postgres)
        else:
            table = name.removeprefix(ROWS)
            self._insert(table, list(self._types[table]), unpacked(blocks))

    def _copied(
        self, statement: str, table: str, columns: list[str], rows: Iterator[bytes]
    ) -> None:
        self._insert(table, columns, rows)

    def _insert(self, table: str, columns: Sequence[str], rows: Iterator[bytes]) -> None:
        types = [self._types[table][name] for name in columns]
        names = ", ".join(map(_quoted, columns))
        command = f"INSERT INTO {_quoted(table)} ({names}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        try:
            for lines in rows_of(rows):
                self._open.executemany(command, for_sqlite(lines, types))
        except (sqlite3.DatabaseError, ValueError) as error:
            raise BackupFault(f"数据表 {table} 的数据不能写入 SQLite：{error}") from error

    def finish(self) -> None:
        """End the loading; Damaged where a table has another number of rows than the manifest says."""
        if self._manifest.form is not ArchiveForm.SQLITE:
            self._set_sequences(self._manifest.sequences)
            self._open.execute("COMMIT")
            wrong = self._open.execute("PRAGMA foreign_key_check").fetchone()
            self._open.close()
            if wrong:
                raise Damaged(f"数据表 {wrong[0]} 中有记录指向不存在的 {wrong[2]}，没有恢复")
        with contextlib.closing(sqlite3.connect(self.place.file)) as opened:
            check_counts(self._manifest, dict(_counts(opened)))

    def _set_sequences(self, sequences: Mapping[str, int]) -> None:
        for table, last in sequences.items():
            self._open.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
            if last:
                self._open.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [table, last]
                )

    def migrate(self) -> None:
        """Bring the tables up to this release."""
        self.place.run("migrate")

    def commit(self, number: int) -> None:
        """Replace the content of the live database by this one, in one transaction of SQLite."""
        connection.close()
        live = Path(str(connection.settings_dict["NAME"]))
        with contextlib.closing(sqlite3.connect(self.place.file)) as source:
            source.execute(f"PRAGMA user_version = {number}")
            source.commit()
            with contextlib.closing(sqlite3.connect(live, timeout=_PATIENCE)) as target:
                _copy(source, target)

    def abandon(self) -> None:
        """Leave the live database as it is."""


def number_in_sqlite() -> int:
    """Return the number of the restore that the live database comes from."""
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA user_version").fetchone()[0])


def check_counts(manifest: Manifest, counts: Mapping[str, int]) -> None:
    """Raise Damaged where a table has another number of rows than the manifest says."""
    for table, wanted in manifest.tables.items():
        if counts.get(table) != wanted:
            raise Damaged(
                f"数据表 {table} 应有{wanted:,}行，从备份中只读到{counts.get(table, 0):,}行，没有恢复"
            )


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    until = time.monotonic() + _PATIENCE

    def wait(status: int, remaining: int, total: int) -> None:
        if status not in (sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE) and time.monotonic() > until:
            raise BackupFault("仍有程序在使用数据库，没有恢复：请先停止网站和后台任务，再重试")

    target.execute("PRAGMA journal_mode = WAL")
    source.backup(target, pages=-1, progress=wait, sleep=_EACH)


def _counts(opened: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    tables = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if not table.startswith("sqlite_"):
            yield table, opened.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0]  # noqa: S608


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
