"""The columns of a ledger as a sheet: title, kind and value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from reviews.models import Submission

Value = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column of a file: its title, its kind (see `type_of`) and how a row gives its value."""

    title: str
    kind: str
    value: Value
    is_wide: bool = False


def type_of(field: models.Field[Any, Any]) -> str:
    """Return a field's kind of column (as in `reports.paper.stream`): money, count, day or text."""
    for kind, name in (
        (models.DecimalField, "money"),
        (models.IntegerField, "count"),
        (models.DateField, "day"),
    ):
        if isinstance(field, kind):
            return name
    return "text"


def is_summed(model: type[Submission]) -> bool:
    """Whether money and counts may be added up over the rows.

    Not for a column that mixes different figures.
    """
    return not model.declaration.is_figure
