"""Service contracts that end soon, or have ended without being accepted."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from accounts.models import User
from projects.models import ServiceContract

#: Contracts are listed so many days before they end; the platform's default.
DAYS_AHEAD = 60
#: At most so many are listed.
LISTED = 20


@dataclass(frozen=True)
class EndingContracts:
    """The first of the contracts that end soon or have ended, and how many there are in all."""

    listed: list[ServiceContract]
    number: int

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.number - len(self.listed)


def ending_contracts(user: User, day: datetime.date) -> EndingContracts:
    """Return the contracts in a user's area that are neither accepted nor ended early, and that end
    within `DAYS_AHEAD` days or have ended.

    At most `LISTED`: those that have not ended come before those that have, the next end first. So
    contracts that nobody accepted for years hide none that ends soon.
    """
    rows = ServiceContract.objects.visible_to(user).approved()
    last = day + datetime.timedelta(days=DAYS_AHEAD)
    rows = rows.filter(accepted_on=None, closed_on=None, ends_on__lte=last)
    has_ended = Case(
        When(ends_on__lt=day, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    listed = list(rows.select_related("area").order_by(has_ended, "ends_on", "pk")[:LISTED])
    number = len(listed) if len(listed) < LISTED else rows.count()
    return EndingContracts(listed, number)
