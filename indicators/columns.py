"""Rows of many records as columns of integers, without an object for each value.

PostgreSQL streams `COPY … TO STDOUT BINARY` into numpy; SQLite fetches rows in blocks.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, F, Func, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.sql.compiler import SQLCompiler

Column = npt.NDArray[Any]
Numbers = npt.NDArray[np.int64]

_BLOCK = 20_000
_COPY_HEADER, _COPY_TRAILER = 19, 2
_WIDE = ">i8"


def read_columns(
    select: str, parameters: tuple[Any, ...], widths: Mapping[str, str]
) -> dict[str, Column]:
    """Return the columns of a SELECT whose values are never null and all integers (PostgreSQL: or days).

    `widths`: the columns in order, each with its numpy type in a binary copy. Days are returned as days
    since 2000-01-01.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            stream = io.BytesIO()
            copied = mogrified(cursor, select, parameters)
            cursor.copy_expert(f"COPY ({copied}) TO STDOUT (FORMAT binary)", stream)
            return _from_copy(stream, widths)
        cursor.execute(select, parameters)
        blocks = [np.empty((0, len(widths)), dtype=np.int64)]
        while block := cursor.fetchmany(_BLOCK):
            flat = np.fromiter(chain.from_iterable(block), np.int64, len(block) * len(widths))
            blocks.append(flat.reshape(-1, len(widths)))
    table = np.concatenate(blocks)
    return {name: table[:, at] for at, name in enumerate(widths)}


def mogrified(cursor: Any, select: str, parameters: tuple[Any, ...]) -> str:
    """Return the text of a statement with its parameters put in."""
    sql = cursor.mogrify(select, parameters)
    return sql.decode() if isinstance(sql, bytes) else str(sql)


def _from_copy(stream: io.BytesIO, widths: Mapping[str, str]) -> dict[str, Column]:
    """Return the columns of a binary copy. All fields have a fixed width, so it is an array of rows."""
    fields = [("fields", ">i2")]
    for name, width in widths.items():
        fields += [(f"{name}_length", ">i4"), (name, width)]
    rows = np.frombuffer(stream.getbuffer()[_COPY_HEADER:-_COPY_TRAILER], dtype=np.dtype(fields))
    return {name: rows[name] for name in widths}


def integers(rows: QuerySet[Any], *columns: Any) -> list[Numbers]:
    """Return columns of some rows: expressions whose values are never null and integers. One statement."""
    wide = [Cast(each, BigIntegerField()) for each in columns]
    names = [f"column{at}" for at in range(len(columns))]
    chosen = rows.annotate(**dict(zip(names, wide, strict=True))).values_list(*names)
    try:
        select, parameters = chosen.query.sql_with_params()
    except EmptyResultSet:
        return [np.zeros(0, dtype=np.int64) for _ in columns]
    read = read_columns(select, parameters, dict.fromkeys(names, _WIDE))
    return [read[name].astype(np.int64) for name in names]


class DayNumber(Func):
    """A day as a number (`date.toordinal`)."""

    output_field = BigIntegerField()
    template = "(%(expressions)s - DATE '0001-01-01' + 1)"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the same for SQLite, which stores days as text."""
        template = "CAST(julianday(%(expressions)s) - 1721424.5 AS INTEGER)"
        sql, parameters = self.as_sql(compiler, connection, template=template, **context)
        return sql, tuple(parameters)


def day_number(field: str, otherwise: int | None = None) -> Any:
    """Return the day of a field as a number; of an empty one `otherwise`."""
    number = DayNumber(F(field))
    return number if otherwise is None else Coalesce(number, Value(otherwise))
