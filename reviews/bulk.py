"""INSERT … SELECT: rows made of stored rows, for which Django has no form of its own."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet, Value
from django.db.models.functions import Cast


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
