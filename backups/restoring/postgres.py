"""An archive becomes tables of PostgreSQL, which replace the live ones in one transaction.

A dump is restored within that transaction: until it is committed everybody else has the old tables. Rows are
loaded into a schema of their own, into tables that the migrations make there, and moved at the end.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence

import psycopg2
import psycopg2.errors
import psycopg2.extensions
from django.db import connection
from psycopg2 import sql

from backups.archive.manifest import ArchiveForm, Manifest
from backups.archive.reading import unpacked
from backups.contents.database import DATABASE, ROWS
from backups.faults import BackupFault
from backups.restoring.places import ScratchPlace, url_of
from backups.restoring.script import Rows
from backups.restoring.sqlite import check_counts
from backups.restoring.unpacking import read_dump
from backups.restoring.values import Value, for_postgres

#: The schema in which rows are loaded.
SCHEMA = "backup_restoring"
_PATIENCE = "30s"
_AT_ONCE, _ROWS_AT_ONCE = 1024 * 1024, 2000
_MARK = "restored "

_DROP = """
DO $$ DECLARE found record; BEGIN
FOR found IN SELECT c.oid::regclass AS name, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN
    'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind
  FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i'))
  ORDER BY c.relkind = 'S'
LOOP EXECUTE format('DROP %s IF EXISTS %s CASCADE', found.kind, found.name); END LOOP;
FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
  WHERE p.pronamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
LOOP EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', found.name); END LOOP;
END $$
"""
_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
"""
_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
"""
#: Keys of other tables and indexes: they are made after the rows, all at once.
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conindid = i.indexrelid)
"""
_COLUMNS_WITH_NUMBERS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND (is_identity = 'YES' OR column_default LIKE 'nextval(%')
"""


def connect(name: str = "") -> psycopg2.extensions.connection:
    """Return a connection of its own to the database of this installation, or to another one."""
    told = dict(connection.get_connection_params())
    told.pop("cursor_factory", None)
    if name:
        told["dbname"] = name
    return psycopg2.connect(**told)


class PostgresTarget:
    """The tables of a PostgreSQL database while they are restored."""

    def __init__(self, place: ScratchPlace, manifest: Manifest, name: str = "") -> None:
        self.place, self._manifest, self._name = place, manifest, name
        self._open = connect(name)
        self._cursor = self._open.cursor()
        self._cursor.execute("SELECT current_schema()")
        self._schema: str = self._cursor.fetchone()[0]
        self._cursor.execute("SET lock_timeout = %s", [_PATIENCE])
        self._cursor.execute("SET maintenance_work_mem = '256MB'")
        self._cursor.execute("SET timezone = 'UTC'")
        self._open.commit()

    def abandon(self) -> None:
        """Leave the live tables as they are."""
        self._open.close()

    def _check_counts(self) -> None:
        counts = {}
        for table in self._manifest.tables:
            self._cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counts[table] = self._cursor.fetchone()[0]
        check_counts(self._manifest, counts)

    def _replace(self) -> None:
        with told_of_database():
            self._cursor.execute(_DROP)

    def _end(self, number: int) -> None:
        mark = f"{_MARK}{number}"
        self._cursor.execute("COMMENT ON TABLE django_migrations IS %s", [mark])
        self._open.commit()
        self._open.close()


class DumpTarget(PostgresTarget):
    """A dump that replaces the live tables within the transaction that drops them."""

    def take(self, name: str, blocks: Iterator[bytes]) -> None:
        """Take one stream of the archive."""
        if name != DATABASE:
            return
        connection.close()
        self._replace()
        read_dump(blocks, self._copy, self._cursor.execute, version=self._manifest.postgres)
        self._cursor.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self._schema)))

    def _copy(self, statement: str, table: str, columns: list[str], rows: Iterator[bytes]) -> None:
        self._cursor.copy_expert(statement, Rows(rows), _AT_ONCE)

    def finish(self) -> None:
        """Check the rows before anything is committed."""
        self._check_counts()

    def migrate(self) -> None:
        """Nothing: the live tables are migrated when they are there."""

    def commit(self, number: int) -> None:
        """Let everybody see the restored tables."""
        self._end(number)


class RowsTarget(PostgresTarget):
    """Rows that are loaded beside the live tables, and then moved into their place."""

    def __init__(self, place: ScratchPlace, manifest: Manifest, name: str = "") -> None:
        super().__init__(ScratchPlace(place.folder, url_of(name, SCHEMA)), manifest, name)
        with told_of_database():
            self._cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            self._cursor.execute(f"CREATE SCHEMA {SCHEMA}")
            self._open.commit()
        self.place.run("build", names=manifest.migrations)
        self._cursor.execute(f"SET search_path = {SCHEMA}")
        self._later = list(self._put_off())
        self._cursor.execute(_TABLES)
        self._tables: list[str] = [table for (table,) in self._cursor.fetchall()]
        names = sql.SQL(", ").join(map(sql.Identifier, self._tables))
        self._cursor.execute(sql.SQL("TRUNCATE {}").format(names))

    def _put_off(self) -> Iterator[str]:
        """Drop keys and indexes; yield the statements that make them again."""
        self._cursor.execute(_FOREIGN_KEYS)
        keys = self._cursor.fetchall()
        for table, name, _ in keys:
            self._cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        self._cursor.execute(_INDEXES)
        for name, made in self._cursor.fetchall():
            self._cursor.execute(f"DROP INDEX {name}")
            yield made
        for table, name, made in keys:
            yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {made}"

    def take(self, name: str, blocks: Iterator[bytes]) -> None:
        """Take one stream of the archive."""
        if self._manifest.form is ArchiveForm.SQLITE:
            self.place.write(unpacked(blocks))
            with contextlib.closing(sqlite3.connect(self.place.file)) as source:
                self._take_sqlite(source)
            self.place.file.unlink()
        else:
            table = name.removeprefix(ROWS)
            columns = [column for column, _ in self._manifest.columns[table]]
            self._copy(table, columns, unpacked(blocks))

    def _take_sqlite(self, source: sqlite3.Connection) -> None:
        self._numbers = dict(source.execute("SELECT name, seq FROM sqlite_sequence"))
        for table in self._manifest.tables:
            found = source.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of the schema
            columns = [each[0] for each in found.description]
            self._copy(table, columns, _blocks(found))

    def _copy(self, table: str, columns: Sequence[str], rows: Iterator[bytes]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        try:
            self._cursor.copy_expert(command, Rows(rows), _AT_ONCE)
        except psycopg2.DataError as error:
            raise BackupFault(
                f"数据表 {table} 的数据不能写入 PostgreSQL：{_first_line(error)}"
            ) from error

    def finish(self) -> None:
        """Make keys and indexes, set the sequences, and check the rows."""
        for statement in self._later:
            self._cursor.execute(statement)
        self._set_sequences(self._manifest.sequences or self._numbers)
        self._check_counts()
        self._open.commit()
        self._cursor.execute("ANALYZE")
        self._open.commit()

    def _set_sequences(self, last: Mapping[str, int]) -> None:
        self._cursor.execute(_COLUMNS_WITH_NUMBERS)
        for table, column in self._cursor.fetchall():
            if number := last.get(table, 0):
                self._cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                    [f'"{table}"', column, number],
                )

    def migrate(self) -> None:
        """Bring the tables up to this release; the triggers are made, too."""
        self.place.run("migrate")

    def commit(self, number: int) -> None:
        """Put the tables in the place of the live ones."""
        connection.close()
        self._cursor.execute(_TABLES)
        tables = [table for (table,) in self._cursor.fetchall()]
        self._cursor.execute(_FUNCTIONS)
        functions = [name for (name,) in self._cursor.fetchall()]
        target = sql.Identifier(self._schema)
        self._cursor.execute(sql.SQL("SET search_path = {}").format(target))
        self._replace()
        for table in tables:
            name = sql.Identifier(SCHEMA, table)
            self._cursor.execute(sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(name, target))
        for function in functions:
            name = sql.SQL(f"{SCHEMA}.{function}")
            self._cursor.execute(sql.SQL("ALTER FUNCTION {} SET SCHEMA {}").format(name, target))
        self._cursor.execute(f"DROP SCHEMA {SCHEMA}")
        self._end(number)

    def abandon(self) -> None:
        """Leave the live tables as they are, and nothing beside them."""
        with contextlib.suppress(psycopg2.Error):
            self._open.rollback()
            self._cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            self._open.commit()
        super().abandon()


def number_in_postgres() -> int:
    """Return the number of the restore that the live tables come from; 0: of none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('django_migrations'), 'pg_class')")
        mark = str(cursor.fetchone()[0] or "")
    return int(mark.removeprefix(_MARK)) if mark.startswith(_MARK) else 0


@contextlib.contextmanager
def told_of_database() -> Iterator[None]:
    """Turn an error of PostgreSQL into a BackupFault that says what to do."""
    try:
        yield
    except psycopg2.errors.LockNotAvailable as error:
        raise BackupFault(
            "仍有程序在使用数据库，没有恢复：请先停止网站和后台任务，再重试"
        ) from error
    except psycopg2.errors.InsufficientPrivilege as error:
        raise BackupFault(
            f"数据库账号的权限不够，没有恢复：{_first_line(error)}。请以数据库的属主执行"
        ) from error
    except psycopg2.Error as error:
        raise BackupFault(f"写入数据库时出错，没有恢复：{_first_line(error)}") from error


def _first_line(error: psycopg2.Error) -> str:
    return str(error).strip().splitlines()[0]


def _blocks(found: sqlite3.Cursor) -> Iterator[bytes]:
    rows: list[tuple[Value, ...]]
    while rows := found.fetchmany(_ROWS_AT_ONCE):
        yield for_postgres(rows)
