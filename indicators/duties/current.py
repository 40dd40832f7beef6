"""The instances that are current on one day: their state, who owes them, and what fulfils them."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from areas.models import Area
from indicators.duties.fulfilment import belongs, fulfilled, read_fulfilments
from indicators.duties.reach import Subtree
from indicators.duties.table import Instances, owed_instances
from indicators.models import Duty


class Fulfilling(NamedTuple):
    """One record that fulfils a current instance.

    `area`: that of the debtor. `completes`: whether it is the last of the records asked for.
    """

    pk: int
    area: str
    day: datetime.date
    completes: bool


def current_on(duty: Duty, reach: Subtree, day: datetime.date) -> Instances:
    """Return the instances of a subtree that are current on a day, on the tree of that day."""
    found = owed_instances(duty, reach, day, day)
    return fulfilled(found, read_fulfilments(found, reach), day, reach.successions)


def fulfilling(duty: Duty, reach: Subtree, day: datetime.date) -> list[Fulfilling]:
    """Return the records that make current instances done on a day: as many as each asks for."""
    found = owed_instances(duty, reach, day, day)
    what = read_fulfilments(found, reach)
    state = fulfilled(found, what, day, reach.successions)
    at, days, records = belongs(found, what, day, reach.successions)
    rank = np.arange(len(at)) - np.searchsorted(at, at)
    counts = (state.done_on[at] <= day.toordinal()) & (rank < duty.number)
    areas = found.areas
    return [
        Fulfilling(
            int(records[row]),
            str(areas[at[row]]),
            datetime.date.fromordinal(int(days[row])),
            int(rank[row]) == duty.number - 1,
        )
        for row in np.flatnonzero(counts).tolist()
    ]


def names_of(found: Instances) -> dict[int, str]:
    """By key, the names of the debtors of some instances. One statement."""
    keys = set(found.debtors.keys[found.debtor].tolist())
    return debtor_names(found.terms.who.kind, keys)


def debtor_names(kind: type[Any], keys: Collection[int]) -> dict[int, str]:
    """By key, the names of debtors of a kind. One statement."""
    if not keys:
        return {}
    if kind is Area:
        codes = [str(key) for key in keys]
        return {int(each.code): str(each) for each in Area.objects.filter(code__in=codes)}
    return {each.pk: str(each) for each in kind._default_manager.filter(pk__in=keys)}
