"""SQL expressions for made-up records, in a form that SQLite and PostgreSQL both understand."""

from __future__ import annotations

import datetime

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from reviews.models import Status

FIRST, LAST = datetime.date(2021, 1, 1), datetime.date(2026, 11, 20)
_DAYS = (LAST - FIRST).days + 1


def is_postgres() -> bool:
    """Whether the database is PostgreSQL."""
    return connection.vendor == "postgresql"


def draw(salt: int, below: int) -> str:
    """A pseudo-random number from 0 to below-1 that depends on the row `n` and the salt."""
    mixed = f"((n + {salt * 7919}) * 48271 % 2147483647)"
    return f"(({mixed} * ({mixed} / 65536 + 40014)) % 2147483647 % {below})"


def some_day(salt: int, after: str = "") -> str:
    """A day between FIRST and LAST, or up to four years after another day."""
    days, base = draw(salt, 1500 if after else _DAYS), after or f"'{FIRST}'"
    if is_postgres():
        return f"(CAST({base} AS date) + CAST({days} AS integer))"
    return f"date({base}, '+' || {days} || ' days')"


def closing(opened: str) -> str:
    """The closing day of one record in eight; NULL for the others."""
    never = "CAST(NULL AS date)" if is_postgres() else "NULL"
    return f"CASE WHEN {draw(90, 8)} = 0 THEN {some_day(91, opened)} ELSE {never} END"


def one_of(salt: int, values: list[str]) -> str:
    """One of several texts."""
    cases = " ".join(f"WHEN {i} THEN '{value}'" for i, value in enumerate(values))
    return f"CASE {draw(salt, len(values))} {cases} END"


def yuan(salt: int, below: int) -> str:
    """An amount in yuan with fen."""
    return f"({draw(salt, below * 100)} + 1) * 0.01"


def numbers(last: int) -> str:
    """The rows n = 1 … last."""
    if is_postgres():
        return f"(SELECT generate_series(1::bigint, {last}) AS n) AS numbers"
    return (
        f"(WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted "
        f"WHERE n < {last}) SELECT n FROM counted) AS numbers"
    )


def make_places(cursor: CursorWrapper) -> None:
    """Create tables of the areas that may hold records, each area once, so mostly communities."""
    for name, levels in (("place", "3, 4, 5"), ("street", "4, 5"), ("community", "5")):
        cursor.execute(
            f"CREATE TEMPORARY TABLE bench_{name} (position bigint PRIMARY KEY, code varchar(12))"
        )
        cursor.execute(
            f"INSERT INTO bench_{name} SELECT row_number() OVER (ORDER BY code) - 1, code "
            f"FROM areas_area WHERE level IN ({levels})"
        )
        cursor.execute(f"ANALYZE bench_{name}")


def count(cursor: CursorWrapper, table: str) -> int:
    """Return how many rows a table has."""
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).upper()
    return f"'{value}'"


def insert(
    cursor: CursorWrapper, model: type[models.Model], source: str, given: dict[str, str]
) -> None:
    """INSERT … SELECT: given columns by their expressions, all others with the model's defaults."""
    given = {"status": f"'{Status.APPROVED}'", **given}
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        columns.append(f'"{field.column}"')
        if field.column in given:
            values.append(given[field.column])
        elif getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            values.append("CURRENT_TIMESTAMP")
        else:
            values.append(_literal(field.get_default()))
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) '
        f"SELECT {', '.join(values)} FROM {source}"
    )


def fill(
    cursor: CursorWrapper,
    model: type[models.Model],
    wanted: int,
    given: dict[str, str],
    places: str = "place",
) -> None:
    """Insert `wanted` records in random areas; `n` is the number of the row."""
    at = draw(0, count(cursor, f"bench_{places}"))
    source = f"{numbers(wanted)} JOIN bench_{places} AS place ON place.position = {at}"
    insert(cursor, model, source, {"area_id": "place.code", **given})
