"""How long a manual figure holds: until the next one of its area, whatever code the area has then.

The figure of an area that was succeeded counts for the successor until the successor reports
itself. A report of a code that has moved away counts elsewhere and replaces no figure here.
"""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence

from areas.successions import Successions


def ends_of(
    reports: Sequence[tuple[str, datetime.date]], successions: Successions
) -> list[datetime.date | None]:
    """Return for each report (area, day) the day from which another replaces it.

    The day is None if no later report replaces it.
    """
    days_of: dict[str, list[datetime.date]] = defaultdict(list)
    for area, day in sorted(reports):
        days_of[area].append(day)
    return [_end(area, day, days_of, successions) for area, day in reports]


def _end(
    area: str,
    day: datetime.date,
    days_of: Mapping[str, Sequence[datetime.date]],
    successions: Successions,
) -> datetime.date | None:
    found = [_next(days_of[area], day, datetime.date.max)]
    if successions.concerns(area):
        for on, until in zip(
            successions.days, [*successions.days[1:], datetime.date.max], strict=True
        ):
            code = successions.destination(area, on)
            if code != area and code in days_of and _meet(successions, area, code, on):
                eve = on - datetime.timedelta(days=1)
                found.append(_next(days_of[code], max(day, eve), until))
    return min((end for end in found if end is not None), default=None)


def _meet(successions: Successions, area: str, code: str, day: datetime.date) -> bool:
    """Whether the reports of `area` and `code` both count for `code` on the day."""
    return successions.counts(area, code, day) and successions.counts(code, code, day)


def _next(
    days: Sequence[datetime.date], after: datetime.date, until: datetime.date
) -> datetime.date | None:
    """Return the first of the days after `after` and before `until`."""
    at = bisect_right(days, after)
    return days[at] if at < len(days) and days[at] < until else None
