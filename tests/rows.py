"""Rows that were stored once, kept in memory, and stored again by one statement a table.

The rows of 渝中区 and of its plan are the same in thousands of tests. Building and checking their
models each time costs ten times as much as the statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models


@dataclass(frozen=True)
class KeptRows:
    """The rows of one table as the database holds them, with their keys."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def store(self) -> None:
        """Insert the rows with the keys that they had."""
        row = f"({', '.join(['%s'] * len(self.columns))})"
        names = ", ".join(map(connection.ops.quote_name, self.columns))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {connection.ops.quote_name(self.table)} ({names}) VALUES "
                + ", ".join([row] * len(self.rows)),
                [value for values in self.rows for value in values],
            )


def keep(kinds: Iterable[type[models.Model]]) -> list[KeptRows]:
    """Return the rows of these kinds, the ones that others refer to first."""
    return list(_kept(kinds))


def _kept(kinds: Iterable[type[models.Model]]) -> Iterator[KeptRows]:
    for kind in kinds:
        fields = kind._meta.local_concrete_fields
        columns = tuple(field.column for field in fields if field.column)
        names = ", ".join(map(connection.ops.quote_name, columns))
        table = kind._meta.db_table
        with connection.cursor() as cursor:
            # The order of the keys: an area's code begins with the code of the area above it.
            cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)} ORDER BY 1")
            if rows := cursor.fetchall():
                yield KeptRows(table, columns, rows)
