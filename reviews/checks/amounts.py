"""Checks that every database can store an amount exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models

from reviews.checks.problems import CheckedRecord, Problem

#: SQLite stores decimals with 15 digits; a longer one would be read back as another number or fail.
MOST_DIGITS = 15


@cache
def _amounts_of(model: type[models.Model]) -> list[models.DecimalField[Any, Any]]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.DecimalField)]


def amount_faults(record: models.Model) -> Iterator[Problem]:
    """Yield a problem for every amount with more digits than SQLite stores exactly."""
    for field in _amounts_of(type(record)):
        value = getattr(record, field.attname)
        if isinstance(value, Decimal) and abs(value) >= 10 ** (MOST_DIGITS - field.decimal_places):
            most = MOST_DIGITS - field.decimal_places
            message = f"“{field.verbose_name}”过大（{value:,f}），整数部分不应超过{most}位"
            yield Problem("too_large", field.name, message)


def exact_amounts(
    model: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> Iterator[tuple[int, Problem]]:
    """Run `amount_faults` on a batch; every kind has this check."""
    for position, record in enumerate(records if _amounts_of(model) else ()):
        for problem in amount_faults(record):
            yield position, problem


def yuan_text(value: Decimal) -> str:
    """Return an amount in yuan as text for a message: `12,345.60元`."""
    return f"{value:,.2f}元"
