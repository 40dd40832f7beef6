"""Querysets of charities: which ones a user may choose as a host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q
from typing_extensions import override

from areas.codes import ancestors_of
from areas.querysets import within_q
from reviews.querysets import SubmissionQuerySet

if TYPE_CHECKING:
    from accounts.models import User


class CharityQuerySet(SubmissionQuerySet):
    """Charities selected by who may name them as a host."""

    @override
    def choosable_by(self, user: User) -> Self:
        """Keep charities of the user's own area, and approved ones of the areas above.

        A street's fund may be hosted by a charity above it, but drafts of another level stay
        hidden.
        """
        if not user.sees_records or not user.area_id:
            return self.none()
        above = Q(area_id__in=ancestors_of(user.area_id))
        own = within_q("area_id", user.area_id)
        return self.living().filter(own | above & Q(status="approved"))
