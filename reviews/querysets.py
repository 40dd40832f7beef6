"""Querysets of records: by the user's scope and by status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from typing_extensions import override

from areas.codes import ancestors_of
from areas.querysets import within_q
from areas.successions import Successions
from reviews.fields import AnyForeignKey, related_model

if TYPE_CHECKING:
    from accounts.models import User


def choosable(column: AnyForeignKey, user: User) -> models.QuerySet[models.Model] | None:
    """Return what a user may choose in a reference field, for forms and API; None without a scope."""
    rows: Any = related_model(column)._default_manager
    if hasattr(rows, "choosable_by"):
        rows = rows.choosable_by(user)
    elif hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    else:
        return None
    limit = column.get_limit_choices_to()
    found: models.QuerySet[models.Model] = rows.filter(
        limit if isinstance(limit, models.Q) else models.Q(**limit)
    )
    return found


def scoped_rows(model: type[models.Model]) -> AreaScopedQuerySet:
    """Return all rows of a model that belongs to an area; TypeError for any other model."""
    rows = model._default_manager.all()
    if not isinstance(rows, AreaScopedQuerySet):
        raise TypeError(f"{model._meta.label} hangs on no area")
    return rows


class AreaScopedQuerySet(models.QuerySet[Any]):
    """Rows that belong to an area through their field `area`."""

    def within(self, root: str) -> Self:
        """Keep the rows in the subtree of `root`."""
        return self.filter(within_q("area_id", root))

    def visible_to(self, user: User) -> Self:
        """Keep the rows of the user's own subtree; none for roles that see no business records."""
        if not user.sees_records:
            return self.none()
        return self.within(user.area_id or "")


class SubmissionQuerySet(AreaScopedQuerySet):
    """Records selected by status."""

    @override
    def visible_to(self, user: User) -> Self:
        """Keep the records of the user's own subtree; observers do not see drafts."""
        rows = super().visible_to(user)
        return rows if user.sees_drafts else rows.exclude(status="draft")

    def readable_by(self, user: User) -> Self:
        """Keep the records whose content and files the user may read: those in scope.

        Of a kind that is read below (`is_read_below`), the approved ones of the areas above, and of
        the areas these followed, are read, too; nobody changes them from below.
        """
        own = user.area_id if user.sees_records else None
        if not own or not self.model.is_read_below:
            return self.visible_to(user)
        above = {
            each
            for code in {own, *Successions.stored().everywhere(own)}
            for each in (*ancestors_of(code), code)
        }
        issued = Q(area_id__in=above, status="approved")
        inside = within_q("area_id", own) & (Q() if user.sees_drafts else ~Q(status="draft"))
        return self.filter(inside | issued)

    def approved(self) -> Self:
        """Keep approved records, which are facts."""
        return self.filter(status="approved")

    def pending(self) -> Self:
        """Keep records that wait for a reviewer."""
        return self.filter(status="pending")

    def editable(self) -> Self:
        """Keep drafts and returned records, which a clerk may change."""
        return self.filter(status__in=("draft", "returned"))

    def living(self) -> Self:
        """Leave out void records."""
        return self.exclude(status="void")

    def choosable_by(self, user: User) -> Self:
        """Keep the records that a user may choose in a reference field.

        Of a kind that areas below name (`is_offered_below`) also approved ones of the areas above; the
        drafts of another level stay hidden.
        """
        own = self.visible_to(user).living()
        if not (self.model.is_offered_below and user.sees_records and user.area_id):
            return own
        return own | self.approved().filter(area_id__in=ancestors_of(user.area_id))
