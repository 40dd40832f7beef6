"""Named constraints that several record kinds share; each has a Chinese message."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


def once(*fields: str, name: str, message: str) -> models.UniqueConstraint:
    """No two records that hold (all but voided ones) share these fields."""
    return models.UniqueConstraint(
        fields=fields, condition=~Q(status="void"), name=name, violation_error_message=message
    )


def at_most_one(*references: str, name: str, message: str) -> models.CheckConstraint:
    """At most one of these references is filled."""
    condition = Q()
    for kept in references:
        condition |= Q(*((f"{other}__isnull", True) for other in references if other != kept))
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def days_in_order(
    first: str, last: str, *, name: str, message: str, is_first_optional: bool = False
) -> models.CheckConstraint:
    """The day `last`, where it is known, is not before the day `first`."""
    unknown = Q((f"{last}__isnull", True))
    if is_first_optional:
        unknown |= Q((f"{first}__isnull", True))
    return models.CheckConstraint(
        condition=unknown | Q((f"{last}__gte", F(first))),
        name=name,
        violation_error_message=message,
    )
