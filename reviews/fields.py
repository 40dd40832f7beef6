"""Typed look-ups in a model's metadata, where Django's type stubs are less precise."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User

# Django's own classes take type parameters in the stubs only.
if TYPE_CHECKING:
    #: A column of any model; the types of its values are not known.
    AnyField = models.Field[Any, Any]
    AnyForeignKey = models.ForeignKey[Any, Any]
else:
    AnyField, AnyForeignKey = models.Field, models.ForeignKey


class HistoricalRecord(models.Model):
    """A stored version of a record: the fields that django-simple-history adds to those of its kind."""

    #: The columns that are copied from the record.
    tracked_fields: ClassVar[list[AnyField]]
    history_id: int
    history_date: datetime.datetime
    history_type: str
    history_change_reason: str | None
    history_user: User | None
    history_user_id: int | None

    class Meta:
        abstract = True


def field_of(model: models.Model | type[models.Model], name: str) -> AnyField:
    """Return the column `name` of a model; raise FieldDoesNotExist for a name that is no column."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(f"{model._meta.label}.{name} is not a column")
    return field


@cache
def column_name(model: type[models.Model], name: str) -> str:
    """Return the attribute that holds the stored value of a column: `fund` → `fund_id`."""
    return field_of(model, name).attname


def must_be_given(field: AnyField) -> bool:
    """Return whether a record cannot be complete without a value in this column."""
    return not (field.null or field.blank or field.has_default())


def label_of(model: models.Model | type[models.Model], name: str) -> str:
    """Return the Chinese name of a column."""
    return str(field_of(model, name).verbose_name)


def related_model(field: AnyField) -> type[models.Model]:
    """Return the model that a foreign key refers to; raise ValueError for any other column."""
    related = field.related_model
    if not isinstance(related, type):
        raise ValueError(f"{field} refers to no model")
    return related


def choice_labels(field: AnyField) -> dict[object, str]:
    """Return the Chinese labels of a column's choices by value; empty for a column without choices."""
    return {value: str(label) for value, label in field.flatchoices}


def history_of(model: type[models.Model]) -> models.Manager[HistoricalRecord]:
    """Return the stored versions of a model's records, as django-simple-history keeps them."""
    versions: models.Manager[HistoricalRecord] = model.history  # type: ignore[attr-defined]
    return versions


def attribute_history(record: models.Model, user: User | None) -> None:
    """Have simple-history record `user` as the author of the record's next change."""
    record._history_user = user  # type: ignore[attr-defined]


def yes_no(value: bool) -> str:
    """Return a truth value in Chinese: 是 or 否."""
    return "是" if value else "否"


def ticked(record: models.Model, names: Iterable[str]) -> list[str]:
    """Return the labels of those of some flags that a record has."""
    return [label_of(record, name) for name in names if getattr(record, name)]
