"""The part of a desk about duties: what the user's areas still owe, the longest overdue first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from accounts.models import User
from duties.query import duties_of_area
from indicators.duties.instances import Asked, DutyState, Instance, page_of

_LISTED = 10
_BACK, _AHEAD = datetime.timedelta(days=3 * 366), datetime.timedelta(days=31)


@dataclass(frozen=True)
class OwedLine:
    """One instance that is still owed, with the days since its due day; negative: days to it."""

    instance: Instance
    days_late: int

    @property
    def is_late(self) -> bool:
        """Whether its due day is past."""
        return self.days_late > 0

    @property
    def days_left(self) -> int:
        """Days to the due day."""
        return -self.days_late


@dataclass(frozen=True)
class OwedDuties:
    """What a user's areas owe: the first lines, and how many there are."""

    lines: list[OwedLine]
    total: int


def owed_duties(user: User, today: datetime.date) -> OwedDuties:
    """What the user's area and those below still owe: overdue, or due soon, within a month."""
    duties = duties_of_area(user.area_id or "")
    if not duties:
        return OwedDuties([], 0)
    states = (DutyState.OVERDUE, DutyState.DUE_SOON)
    asked = Asked(user.area_id or "", today, today - _BACK, today + _AHEAD, states)
    found = page_of(duties, asked, limit=_LISTED)
    lines = [OwedLine(each, (today - each.period.due_on).days) for each in found.rows]
    return OwedDuties(lines, found.total)
