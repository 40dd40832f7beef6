"""Amounts that every database keeps to the last digit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models

from reviews.checks.problems import CheckedRecord, Problem

#: SQLite keeps decimals with 15 digits: what is larger would come back as another number, or not at all.
MOST_DIGITS = 15


@cache
def _amounts_of(model: type[models.Model]) -> list[models.DecimalField[Any, Any]]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.DecimalField)]


def amount_faults(record: models.Model) -> Iterator[Problem]:
    """Amounts that not every database keeps to the last digit."""
    for field in _amounts_of(type(record)):
        value = getattr(record, field.attname)
        if isinstance(value, Decimal) and abs(value) >= 10 ** (MOST_DIGITS - field.decimal_places):
            most = MOST_DIGITS - field.decimal_places
            message = f"“{field.verbose_name}”过大（{value:,f}），整数部分不应超过{most}位"
            yield Problem("too_large", field.name, message)


def exact_amounts(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """The same of a whole batch; for every kind."""
    for position, record in enumerate(records):
        for problem in amount_faults(record):
            yield position, problem


def money(value: Decimal) -> str:
    """`12,345.60元` for a message."""
    return f"{value:,.2f}元"
