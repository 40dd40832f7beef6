"""Tables of the database with their rows, columns and last numbers, and the migrations that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

Columns = Mapping[str, Sequence[tuple[str, str]]]

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
_SEQUENCES = """
SELECT t.relname, s.relname
FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
JOIN pg_class t ON t.oid = d.refobjid
WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace
"""

_LAST = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM "


def table_names() -> list[str]:
    """Return the tables of the database in order."""
    return sorted(
        info.name
        for info in connection.introspection.get_table_list(connection.cursor())
        if info.type in ("t", "p")
    )


def row_counts() -> dict[str, int]:
    """Return table → number of rows."""
    quote, counts = connection.ops.quote_name, dict[str, int]()
    with connection.cursor() as cursor:
        for name in table_names():
            cursor.execute(f"SELECT count(*) FROM {quote(name)}")  # noqa: S608 - a table
            counts[name] = cursor.fetchone()[0]
    return counts


def postgres_columns() -> dict[str, list[tuple[str, str]]]:
    """Return table → columns with their types in PostgreSQL; empty on SQLite."""
    found: dict[str, list[tuple[str, str]]] = {}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS)
            for table, column, kind in cursor.fetchall():
                found.setdefault(table, []).append((column, kind))
    return found


def postgres_sequences() -> dict[str, int]:
    """Return table → the last number that its sequence gave (0: none yet); empty on SQLite."""
    found: dict[str, int] = {}
    if connection.vendor == "postgresql":
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(_SEQUENCES)
            for table, sequence in cursor.fetchall():
                cursor.execute(_LAST + quote(sequence))
                found[table] = cursor.fetchone()[0]
    return found


def applied_migrations() -> list[str]:
    """Return the applied migrations in order, each `app.name`; none in an empty database."""
    recorder = MigrationRecorder(connection)
    return sorted(f"{app}.{name}" for app, name in recorder.applied_migrations())
