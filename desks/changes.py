"""What every desk says of changes: those that wait for the user, and those of the own account."""

from __future__ import annotations

from django.conf import settings

from accounts.confirming.pages import may_read, waiting_for
from accounts.confirming.telling import told_to
from accounts.models import User


def changes_on_desk(user: User) -> dict[str, object]:
    """Build the part of a desk's context that `desks/changes.html` shows."""
    decides = may_read(user) and not user.is_auditor
    return {
        "waiting_changes": waiting_for(user).count() if decides else 0,
        "own_changes": list(told_to(user)),
        "second_person": settings.SECOND_PERSON or not (may_read(user) and not user.is_reviewer),
    }
