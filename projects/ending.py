"""Service contracts that end soon, or have ended without being accepted."""

from __future__ import annotations

import datetime

from accounts.models import User
from projects.models import ServiceContract

#: Contracts are listed so many days before they end; the platform's default.
DAYS_AHEAD = 60
#: At most so many are listed.
_LISTED = 20


def ending_contracts(user: User, day: datetime.date) -> list[ServiceContract]:
    """Return the contracts in a user's area that are neither accepted nor ended early, and that end
    within `DAYS_AHEAD` days or have ended; the first to end first, at most 20."""
    rows = ServiceContract.objects.visible_to(user).approved()
    rows = rows.filter(accepted_on=None, closed_on=None)
    last = day + datetime.timedelta(days=DAYS_AHEAD)
    return list(
        rows.filter(ends_on__lte=last).select_related("area").order_by("ends_on", "pk")[:_LISTED]
    )
