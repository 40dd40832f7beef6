"""The one scoping rule, and the readings of a record's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from areas.querysets import within_q

if TYPE_CHECKING:
    from accounts.models import User


def choosable(column: models.ForeignKey[Any, Any], user: User) -> models.QuerySet[Any] | None:
    """What a user may refer to in a field: one scope for forms and API; None where there is none."""
    rows: Any = column.related_model._default_manager  # type: ignore[union-attr]
    if hasattr(rows, "choosable_by"):
        rows = rows.choosable_by(user)
    elif hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    else:
        return None
    limit = column.get_limit_choices_to()
    return rows.filter(limit if isinstance(limit, models.Q) else models.Q(**limit))  # type: ignore[no-any-return]


def scoped_rows(model: type[models.Model]) -> AreaScopedQuerySet:
    """Return all rows of a model that hangs on an area; TypeError for any other model."""
    rows = model._default_manager.all()
    if not isinstance(rows, AreaScopedQuerySet):
        raise TypeError(f"{model._meta.label} hangs on no area")
    return rows


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
