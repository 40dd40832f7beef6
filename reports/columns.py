"""What every ledger sheet knows of its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from reviews.models import Submission

Value = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column of a file: its kind as in `reports.paper.stream`, and how a row says it."""

    title: str
    kind: str
    value: Value
    is_wide: bool = False


def type_of(field: models.Field[Any, Any]) -> str:
    """A column's kind as in `reports.paper.stream`: money, count, day or text."""
    for kind, name in (
        (models.DecimalField, "money"),
        (models.IntegerField, "count"),
        (models.DateField, "day"),
    ):
        if isinstance(field, kind):
            return name
    return "text"


def is_summed(model: type[Submission]) -> bool:
    """Whether money and counts of the rows may be added up; those of different figures never are."""
    return not model.declaration.is_figure
