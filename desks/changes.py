"""What every desk says of changes: those that wait for the user, and those of the own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages

from accounts.confirming.pages import has_to_confirm, waiting_for
from accounts.confirming.telling import told_to
from accounts.models import User
from reviews.trail.keeping import keeps_by_years, open_notices

if TYPE_CHECKING:
    from django.http import HttpRequest

#: The key of the session under which the changes stand that an observer has been told of.
_TOLD = "told_changes"


def changes_on_desk(user: User) -> dict[str, object]:
    """Build the part of a desk's context that `desks/changes.html` shows."""
    decides = has_to_confirm(user) and not user.is_auditor
    return {
        "ending_persons": open_notices(user).count() if keeps_by_years() else 0,
        "waiting_changes": waiting_for(user).count() if decides else 0,
        "own_changes": list(told_to(user)),
        "second_person": settings.SECOND_PERSON
        or not (has_to_confirm(user) and not user.is_reviewer),
    }


def tell_on_pages(request: HttpRequest, user: User) -> None:
    """Tell an observer, who has no desk, once a session what was changed about the own account."""
    if _TOLD in request.session:
        return
    for change in told_to(user):
        messages.warning(request, f"您的账号有变更：{change.title}（{change.proposed_by}提出）")
    request.session[_TOLD] = True
