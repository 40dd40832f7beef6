"""Fast writing of many rows: COPY for new rows, INSERT … SELECT for rows derived from stored ones."""

from __future__ import annotations

import datetime
import io
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, models
from django.db.models import F, QuerySet, Value
from django.db.models.base import ModelState
from django.db.models.functions import Cast
from django.utils import timezone

from reviews.fields import AnyField, field_of, history_of

if TYPE_CHECKING:
    from accounts.models import User

R = TypeVar("R", bound=models.Model)

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def new_record(model: type[R], values: Mapping[str, object], state: ModelState) -> R:
    """Return the unsaved record `model(**values)`, which takes a sixth of the time.

    `state` is what Django keeps beside the columns: the objects of references whose keys stand in
    `values`. Records that refer to the same objects share it, because it takes as much memory as they.
    """
    blank = _blank(model)
    if not values.keys() <= blank.keys():
        raise TypeError(f"{model.__name__} has not all columns of {', '.join(values)}")
    record = model.__new__(model)
    attributes = vars(record)
    attributes["_state"] = state
    for name, value in blank.items():  # one by one: Python then stores records of a kind compactly
        attributes[name] = value
    attributes.update(values)
    return record


@cache
def _blank(model: type[models.Model]) -> dict[str, object]:
    """Return the attributes of a record without values; TypeError where each record needs its own."""
    fields = model._meta.concrete_fields
    if own := [each.name for each in fields if each.has_default() and callable(each.default)]:
        raise TypeError(f"each {model.__name__} has its own {', '.join(own)}")
    return {name: value for name, value in vars(model()).items() if name != "_state"}


def store_new(model: type[models.Model], records: Sequence[models.Model]) -> None:
    """Insert new records like `bulk_create`; by COPY on PostgreSQL, which takes a quarter of the
    time.

    Sets their primary keys. IntegrityError as usual.
    """
    if connection.vendor != "postgresql" or not records:
        model._default_manager.bulk_create(records)
        return
    meta = model._meta
    fields, quote = meta.concrete_fields, connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
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


def _lines(records: Sequence[models.Model], fields: Sequence[AnyField]) -> Iterator[str]:
    for field in fields:
        _prepare(records, field)
    columns = [_texts(map(attrgetter(field.attname), records)) for field in fields]
    for row in zip(*columns, strict=True):
        yield "\t".join(row) + "\n"


def _prepare(records: Sequence[models.Model], field: AnyField) -> None:
    """Let a field act before a save; records that are stored together have one time."""
    if isinstance(field, models.DateField):
        if field.auto_now or field.auto_now_add:
            now = field.pre_save(records[0], add=True)
            for record in records:
                setattr(record, field.attname, now)
    elif type(field).pre_save is not models.Field.pre_save:
        for record in records:
            field.pre_save(record, add=True)


def _texts(values: Iterable[object]) -> Iterator[str]:
    """Return the values of a column in the text format of COPY; most values of a column recur."""
    listed = list(values)
    known = {value: _text(value) for value in set(listed)}
    return map(known.__getitem__, listed)


def _text(value: object) -> str:
    """Return a value in the text format of COPY."""
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
