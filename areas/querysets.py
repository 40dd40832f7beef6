"""Querysets of areas: by subtree, by day and by user."""

from __future__ import annotations

import datetime
from typing import Any, Protocol, Self

from django.db import models
from django.db.models import Q

from areas.codes import level_of, subtree_end


class Viewer(Protocol):
    """The attributes of a user that decide which areas they see."""

    @property
    def area_id(self) -> str | None:
        """Code of the area whose subtree the user sees."""

    @property
    def is_administrator(self) -> bool:
        """Whether the user is the system administrator, who sees the whole tree."""

    @property
    def manages_accounts(self) -> bool:
        """Whether the user gives accounts their areas, and therefore sees the whole tree."""

    @property
    def is_auditor(self) -> bool:
        """Whether the user is an auditor, who sees logs and no areas."""


def within_q(field: str, root: str) -> Q:
    """Return the condition that `field`, which holds an area code, lies in the subtree of `root`."""
    return Q(**{f"{field}__gte": root, f"{field}__lt": subtree_end(root)})


class AreaQuerySet(models.QuerySet[Any]):
    """Areas selected by subtree, day and user."""

    def within(self, root: str) -> Self:
        """Keep the areas of the subtree of `root`, including `root` itself."""
        return self.filter(within_q("code", root))

    def existing_on(self, day: datetime.date) -> Self:
        """Keep the areas that exist on `day`; an area no longer exists from its `valid_to` on."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )

    def children_of(self, code: str, day: datetime.date) -> Self:
        """Keep the areas one level below `code` that exist on `day`."""
        return self.within(code).existing_on(day).filter(level=level_of(code) + 1)

    def visible_to(self, user: Viewer) -> Self:
        """Keep the user's own subtree; 系统管理员 and 安全管理员 see the whole tree, an auditor nothing."""
        if user.is_administrator or user.manages_accounts:
            return self
        if not user.area_id or user.is_auditor:
            return self.none()
        return self.within(user.area_id)
