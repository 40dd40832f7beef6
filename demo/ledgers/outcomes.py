"""The last columns of a project: its stage and what those who were served said of it."""

from __future__ import annotations

import datetime

from demo.ledgers.draw import Day, Draw, Values

_LATER = datetime.timedelta(days=7)


def outcome(draw: Draw, people: int, ended: Day | None, until: Day) -> Values:
    """Return stage, day of the survey, people asked, and by dimension those who were content.

    A project that has ended a week before `until` was surveyed; one that runs was not.
    """
    if ended is None:
        return ("实施", *(None,) * 5)
    if ended + _LATER > until:
        return ("结项", *(None,) * 5)
    asked = max(people // 2, 5)
    content = (asked - draw.randint(0, asked // 5) for _ in range(3))
    return ("结项", ended + _LATER, asked, *content)
