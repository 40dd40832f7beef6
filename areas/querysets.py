"""Range scopes over prefix codes."""

from __future__ import annotations

import datetime
from typing import Any, Protocol, Self

from django.db import models
from django.db.models import Q

from areas.codes import level_of, subtree_end


class Viewer(Protocol):
    """What a scope asks of a user."""

    @property
    def area_id(self) -> str | None:
        """The root of what the user sees."""

    @property
    def is_administrator(self) -> bool:
        """Keeps the whole tree."""

    @property
    def is_auditor(self) -> bool:
        """Reads logs only."""


def within_q(field: str, root: str) -> Q:
    """The condition that `field` (an area code) lies in the subtree of `root`."""
    return Q(**{f"{field}__gte": root, f"{field}__lt": subtree_end(root)})


class AreaQuerySet(models.QuerySet[Any]):
    """Areas by place, day and user."""

    def within(self, root: str) -> Self:
        """The subtree of `root`, itself included."""
        return self.filter(within_q("code", root))

    def existing_on(self, day: datetime.date) -> Self:
        """Areas that exist on `day`; an abolished area is gone from its `valid_to` on."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )

    def children_of(self, code: str, day: datetime.date) -> Self:
        """The areas one level below that exist on `day`."""
        return self.within(code).existing_on(day).filter(level=level_of(code) + 1)

    def visible_to(self, user: Viewer) -> Self:
        """The user's own subtree; an administrator keeps the whole tree."""
        if user.is_administrator:
            return self
        if not user.area_id or user.is_auditor:
            return self.none()
        return self.within(user.area_id)
