"""The one scoping rule, and the readings of a record's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from areas.querysets import within_q

if TYPE_CHECKING:
    from accounts.models import User


class AreaScopedQuerySet(models.QuerySet[Any]):
    """Rows that hang on an area through `area`."""

    def within(self, root: str) -> Self:
        """Rows of the subtree of `root`."""
        return self.filter(within_q("area_id", root))

    def visible_to(self, user: User) -> Self:
        """Rows of the user's own subtree, for roles that see business records."""
        if not user.sees_records:
            return self.none()
        return self.within(user.area_id or "")


class SubmissionQuerySet(AreaScopedQuerySet):
    """Records by state."""

    def approved(self) -> Self:
        """Facts."""
        return self.filter(status="approved")

    def pending(self) -> Self:
        """Waiting for a reviewer."""
        return self.filter(status="pending")

    def editable(self) -> Self:
        """Drafts and returned records."""
        return self.filter(status__in=("draft", "returned"))

    def living(self) -> Self:
        """All but voided ones."""
        return self.exclude(status="void")

    def choosable_by(self, user: User) -> Self:
        """What a user may refer to from another record."""
        return self.visible_to(user).living()
