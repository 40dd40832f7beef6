"""Duties as events of the engine: from which day to which something is owed, and is done.

Two series a duty: `…/owed` counts the debtors that owe an instance which is current on the day,
`…/done` those of them that have done it. An excuse or a referral takes an instance out, until it is
done all the same. A record counts from its own day on.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from areas.successions import Successions
from dates.months import Day
from indicators.columns import Numbers
from indicators.duties.debtors import NEVER
from indicators.duties.fulfilment import fulfilled, read_fulfilments
from indicators.duties.reach import Reach
from indicators.duties.table import Instances, owed_instances
from indicators.models import Duty

OWED, DONE = "owed", "done"


class Spells(NamedTuple):
    """Spells as columns: the area of the debtor, the first day, and the first day after the last."""

    areas: Numbers
    starts: Numbers
    ends: Numbers


def spells_of(
    duty: Duty, reach: Reach, first: Day = Day.min, last: Day = Day.max
) -> dict[str, Spells]:
    """Return the spells of `OWED` and `DONE` of the instances current from `first` to `last`."""
    found = owed_instances(duty, reach, first, last)
    what = read_fulfilments(found, reach)
    parts: dict[str, list[Spells]] = {OWED: [], DONE: []}
    for start, end in _epochs(found, reach.successions):
        state = fulfilled(found, what, start, reach.successions)
        for name, spells in (
            *((OWED, each) for each in _owed(state)),
            (DONE, _spells(state, state.done_on, state.owed_until)),
        ):
            parts[name].append(_clipped(spells, start.toordinal(), end.toordinal()))
    return {name: _joined(spells) for name, spells in parts.items()}


def _epochs(found: Instances, successions: Successions) -> Iterator[tuple[Day, Day]]:
    """Yield the spans of days between which no record moves from one debtor to another."""
    days = successions.days if found.terms.who.is_area else []
    yield from zip([Day.min, *days], [*days, Day.max], strict=True)


def _owed(state: Instances) -> Iterator[Spells]:
    """Yield the spells in which instances are owed: up to the excuse or referral, and from the doing on."""
    released_on = state.released_on
    is_out = released_on < state.done_on
    yield _spells(state, state.owed_from, np.where(is_out, released_on, state.owed_until))
    yield _spells(state, np.where(is_out, state.done_on, NEVER), state.owed_until)


def _spells(state: Instances, starts: Numbers, ends: Numbers) -> Spells:
    return Spells(
        state.areas,
        np.maximum(starts, state.owed_from),
        np.minimum(ends, state.owed_until),
    )


def _clipped(spells: Spells, first: int, end: int) -> Spells:
    starts, ends = np.maximum(spells.starts, first), np.minimum(spells.ends, end)
    chosen = ends > starts
    return Spells(spells.areas[chosen], starts[chosen], ends[chosen])


def _joined(parts: list[Spells]) -> Spells:
    columns = (np.concatenate([part[at] for part in parts]) for at in range(3))
    return Spells(*columns)


def change_between(spells: Spells, after: datetime.date, until: datetime.date) -> dict[str, int]:
    """Return by area code what the days in (after, until] add to the number of spells."""
    first, last = after.toordinal(), until.toordinal()
    found: dict[str, int] = {}
    for days, sign in ((spells.starts, 1), (spells.ends, -1)):
        chosen = (days > first) & (days <= last)
        codes, numbers = np.unique(spells.areas[chosen], return_counts=True)
        for code, number in zip(codes.tolist(), numbers.tolist(), strict=True):
            found[str(code)] = found.get(str(code), 0) + sign * number
    return found
