"""Dimensions: by what a plan may narrow a measure, such as the nature of organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from areas.codes import COMMUNITY_LEVEL
from reviews.fields import field_of, label_of


@dataclass(frozen=True, eq=False)
class Dimension:
    """One dimension of a measure: its key in plan files, its name, and its values with their labels."""

    key: str
    name: str
    labels: Mapping[str, str]
    conditions: Mapping[str, Q]

    def where(self, values: Sequence[str]) -> Q:
        """Return the condition that a record has any of these values."""
        found = Q()
        for value in values:
            found |= self.conditions[value]
        return found


def by_choice(model: type[models.Model], field: str) -> Dimension:
    """Return the dimension of a field with choices."""
    column = field_of(model, field)
    labels = {str(value): str(label) for value, label in column.flatchoices}
    found = {value: Q(**{field: value}) for value in labels}
    return Dimension(field, str(column.verbose_name), labels, found)


def by_flags(model: type[models.Model], key: str, name: str, flags: Sequence[str]) -> Dimension:
    """Return the dimension of several flags: a record may have more than one of the values."""
    labels = {flag: label_of(model, flag) for flag in flags}
    return Dimension(key, name, labels, {flag: Q(**{flag: True}) for flag in flags})


def by_place() -> Dimension:
    """Return the dimension of urban and rural: that of the community to which a record belongs.

    Records of a street or a county are neither.
    """
    conditions = {
        value: Q(area__level=COMMUNITY_LEVEL, area__is_urban=is_urban)
        for value, is_urban in (("urban", True), ("rural", False))
    }
    return Dimension("place", "城乡", {"urban": "城镇", "rural": "农村"}, conditions)
