"""Many rows at once: COPY of new ones, INSERT … SELECT of rows made of stored rows."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def store_new(model: type[models.Model], records: Sequence[Any]) -> None:
    """Insert new records as `bulk_create` does; by COPY on PostgreSQL, in a quarter of the time.

    Their primary keys are set. IntegrityError as usual.
    """
    if connection.vendor != "postgresql" or not records:
        model._default_manager.bulk_create(records)
        return
    meta: Any = model._meta
    fields, quote = meta.concrete_fields, connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [quote(meta.db_table), meta.pk.column, len(records)],
        )
        for record, (pk,) in zip(records, cursor.fetchall(), strict=True):
            record.pk = pk
        lines = io.StringIO("".join(_lines(records, fields)))
        with connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN", lines)
    for record in records:
        record._state.adding, record._state.db = False, connection.alias


def _lines(records: Sequence[Any], fields: Sequence[Any]) -> Iterator[str]:
    values_of = attrgetter(*[field.attname for field in fields])
    # Days that set themselves: most fields have nothing to do before a save.
    busy = [field for field in fields if type(field).pre_save is not models.Field.pre_save]
    for record in records:
        for field in busy:
            field.pre_save(record, add=True)
        yield "\t".join([_text(value) for value in values_of(record)]) + "\n"


def _text(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        is_plain = value.isprintable() and "\\" not in value
        return str(value) if is_plain else str(value).translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int | Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"no COPY text for {type(value).__name__}")


def insert_from(model: type[models.Model], rows: QuerySet[Any], values: dict[str, Any]) -> int:
    """One row of `model` for each of `rows`; returns how many.

    `values`: by field of `model`, an expression over `rows` (`F("pk")`) or a plain value.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in values]
    columns = [_column(field, value) for field, value in zip(fields, values.values(), strict=True)]
    names = {f"_{number}": column for number, column in enumerate(columns)}
    select = rows.order_by().annotate(**names).values_list(*names)
    sql, parameters = select.query.sql_with_params()
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(quote(f.column) for f in fields)})"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} {sql}", parameters)
        return int(cursor.rowcount)


def write_history(rows: QuerySet[Any], by: Any, reason: str) -> None:
    """The first version of new records, as django-simple-history would write it."""
    history: Any = rows.model.history.model  # type: ignore[attr-defined]
    versions = {field.name: F(field.attname) for field in history.tracked_fields} | {
        "history_date": timezone.now(),
        "history_change_reason": reason or None,
        "history_type": "+",
        "history_user": by,
    }
    insert_from(history, rows, versions)


def _column(field: Any, value: Any) -> Any:
    """PostgreSQL takes a bare text for text, whatever column it goes into."""
    if hasattr(value, "resolve_expression"):
        return value
    if isinstance(value, models.Model):
        value = value.pk
    target = field.target_field if field.is_relation else field
    output: Any = (
        type(target)() if not isinstance(target, models.AutoField) else models.BigIntegerField()
    )
    if isinstance(target, models.CharField | models.TextField):
        output = models.TextField()
    plain = Value(value, output_field=output)
    is_typed = connection.vendor == "postgresql" and isinstance(value, str | datetime.date | None)
    return Cast(plain, output) if is_typed else plain
