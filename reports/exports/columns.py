"""The columns of an exported ledger: no phone numbers, no personal names, donors masked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from operator import attrgetter

from django.db import models

from reports.columns import Column, Value, type_of
from reviews.fields import yes_no
from reviews.models import ExportedColumn, Submission


def columns_of(model: type[Submission]) -> list[Column]:
    """The columns of a kind: area, what the kind declares, state."""
    values = model.export_values()
    return [
        Column("所属地区", "text", lambda record: record.area.short_name),
        Column("地区代码", "text", lambda record: record.area_id),
        *(_column(model, each, values) for each in model.declaration.exported),
        Column("状态", "text", lambda record: record.get_status_display()),
    ]


def related_of(model: type[Submission]) -> list[str]:
    """The relations that the columns read, for `select_related`."""
    relations = {each.name for each in model._meta.fields if each.is_relation}
    return ["area", *(name for name in model.declaration.exported_names if name in relations)]


def _column(
    model: type[Submission], declared: ExportedColumn, values: Mapping[str, Value]
) -> Column:
    name, title = (declared, "") if isinstance(declared, str) else declared
    is_wide = name in model.declaration.wide
    field = next((each for each in model._meta.fields if each.name == name), None)
    if field is None:
        return Column(title, "text", values.get(name) or attrgetter(name), is_wide)
    value = values.get(name) or _value(field)
    return Column(title or str(field.verbose_name), type_of(field), value, is_wide)


def _value(field: models.Field[object, object]) -> Value:
    name = field.name
    if isinstance(field, models.BooleanField):
        return lambda record: yes_no(getattr(record, name))
    display = f"get_{name}_display"
    if hasattr(field.model, display):
        return lambda record: getattr(record, display)()
    return lambda record: _plain(getattr(record, name))


def _plain(value: object) -> object:
    is_plain = value is None or isinstance(value, str | int | Decimal | datetime.date)
    return value if is_plain else str(value)
