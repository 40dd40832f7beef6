"""Rows derived from stored ones, written by INSERT … SELECT."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import connection, models
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from reviews.fields import AnyField, field_of, history_of

if TYPE_CHECKING:
    from accounts.models import User


def insert_from(
    model: type[models.Model], rows: QuerySet[models.Model], values: Mapping[str, object]
) -> int:
    """Insert one row of `model` for each of `rows`; return their number.

    `values` maps field names of `model` to expressions over `rows` (`F("pk")`) or plain values.
    """
    fields = [field_of(model, name) for name in values]
    columns = [_column(field, value) for field, value in zip(fields, values.values(), strict=True)]
    names = {f"_{number}": column for number, column in enumerate(columns)}
    select = rows.order_by().annotate(**names).values_list(*names)
    sql, parameters = select.query.sql_with_params()
    quote = connection.ops.quote_name
    into = f"{quote(model._meta.db_table)} ({', '.join(quote(str(f.column)) for f in fields)})"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} {sql}", parameters)
        return int(cursor.rowcount)


def write_history(rows: QuerySet[models.Model], by: User, reason: str, **before: object) -> None:
    """Write the first version of new records, as django-simple-history would.

    `before` holds the fields in which that version differs from what is stored.
    """
    history = history_of(rows.model).model
    tracked = {field.name: F(field.attname) for field in history.tracked_fields}
    versions: dict[str, object] = tracked | before
    versions |= {
        "history_date": timezone.now(),
        "history_change_reason": reason or None,
        "history_type": "+",
        "history_user": by,
    }
    insert_from(history, rows, versions)


def _column(field: AnyField, value: object) -> object:
    """Return the expression of a value; PostgreSQL needs a cast, or it takes a bare value for text."""
    if hasattr(value, "resolve_expression"):
        return value
    if isinstance(value, models.Model):
        value = value.pk
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    output: AnyField = (
        type(target)() if not isinstance(target, models.AutoField) else models.BigIntegerField()
    )
    if isinstance(target, models.CharField | models.TextField):
        output = models.TextField()
    plain = Value(value, output_field=output)
    is_typed = connection.vendor == "postgresql" and isinstance(value, str | datetime.date | None)
    return Cast(plain, output) if is_typed else plain
