"""Triggers that refuse UPDATE and DELETE (on PostgreSQL TRUNCATE, too) on append-only tables.

Migrations make tables anew on SQLite and lose their triggers, so `install` runs after each `migrate`.
A row of `audit_permit` lifts them for one transaction (`audit.chain.lifting`).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Model

from audit.chain.protected import append_only

_FUNCTION = "audit_refuse"
_REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_permit WHERE number = txid_current()) THEN
        RAISE EXCEPTION '留痕数据只能追加，不能改动：%', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
    RETURN OLD;
END $$
"""
_PERMITTED = "EXISTS (SELECT 1 FROM audit_permit)"
#: PostgreSQL cuts names at 63 bytes.
_MOST = 63


def install() -> None:
    """Create the triggers that are missing."""
    missing = list(_missing())
    with connection.cursor() as cursor:
        if missing and connection.vendor == "postgresql":
            cursor.execute(_REFUSE)
        for table, operation in missing:
            cursor.execute(_command(table, operation))


def missing_guards() -> list[str]:
    """Return the tables that lack a trigger."""
    return sorted({table for table, _ in _missing()})


def _missing() -> Iterator[tuple[str, str]]:
    """Yield the table and the operation of each trigger that is not there."""
    tables, present = set(connection.introspection.table_names()), _present()
    for model in append_only():
        table = model._meta.db_table
        for operation in _operations():
            if table in tables and name_of(table, operation) not in present:
                yield table, operation


def _operations() -> tuple[str, ...]:
    is_postgres = connection.vendor == "postgresql"
    return ("UPDATE", "DELETE", "TRUNCATE") if is_postgres else ("UPDATE", "DELETE")


def name_of(table: str, operation: str) -> str:
    """Return the name of a trigger."""
    return f"audit_{operation[:2].lower()}_{table}"[:_MOST]


def _present() -> set[str]:
    if connection.vendor == "postgresql":
        asked = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE relnamespace = current_schema()::regnamespace "
            "AND NOT tgisinternal AND tgenabled <> 'D'"
        )
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name for (name,) in cursor.fetchall()}


def _command(table: str, operation: str) -> str:
    quote = connection.ops.quote_name
    name, target = quote(name_of(table, operation)), quote(table)
    if connection.vendor != "postgresql":
        return (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {target} WHEN NOT {_PERMITTED} "
            f"BEGIN SELECT RAISE(ABORT, '留痕数据只能追加，不能改动：{table}'); END"
        )
    each = "STATEMENT" if operation == "TRUNCATE" else "ROW"
    return (
        f"CREATE TRIGGER {name} BEFORE {operation} ON {target} "
        f"FOR EACH {each} EXECUTE FUNCTION {_FUNCTION}()"
    )


def drop(model: type[Model]) -> None:
    """Drop the triggers of one table: only the drill does it, as an intruder would."""
    quote = connection.ops.quote_name
    table = model._meta.db_table
    on = f" ON {quote(table)}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for operation in _operations():
            cursor.execute(f"DROP TRIGGER {quote(name_of(table, operation))}{on}")
