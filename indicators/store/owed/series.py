"""Duties as series of the store: `<plan>/<duty>/<digest of the terms>/owed` and `…/done`.

The digest is part of the name, so that series counted under other terms are never taken for these.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from areas.successions import Successions
from indicators.duties.events import DONE, OWED, Spells, change_between, spells_of
from indicators.duties.terms import terms_of
from indicators.models import Duty
from indicators.store.engine import EVENT, OPEN, Events, SeriesKey, Source, month_of
from indicators.store.events import Scope

DUTY = "duty"
#: In `SeriesKey.within`: the debtors are areas, whose numbers belong to their own codes alone.
AREAS = "areas"
_NOTHING: Events = np.empty(0, dtype=EVENT)
#: Days from the calendar's first day to 1970-01-01.
_EPOCH = datetime.date(1970, 1, 1).toordinal()


def duty_keys(duty: Duty) -> list[SeriesKey]:
    """The series of a duty: what is done, and what is owed."""
    within = AREAS if terms_of(duty).who.is_area else ""
    return [SeriesKey(DUTY, f"{duty.series_name}/{part}", within) for part in (DONE, OWED)]


@dataclass(frozen=True)
class _Within:
    """The reach of a scope of the store, where records stay in the areas that registered them."""

    scope: Scope
    successions: Successions

    @property
    def tops(self) -> Sequence[str]:
        return [self.scope.only] if self.scope.only else self.scope.roots

    def areas(self, field: str) -> Q:
        return self.scope.condition(field)

    def records(self, field: str) -> Q:
        return self.scope.condition(field)

    def facts(self, model: type) -> Q:
        return self.scope.approved(model)


def duties_behind(names: Iterable[str]) -> dict[str, Duty]:
    """By plan, duty and digest, the stored duties of some series."""
    wanted = {name.rsplit("/", 1)[0] for name in names}
    if not wanted:
        return {}
    codes = [name.split("/")[:2] for name in wanted]
    rows = Duty.objects.filter(
        plan__code__in={plan for plan, _ in codes}, code__in={code for _, code in codes}
    ).select_related("plan")
    return {duty.series_name: duty for duty in rows if duty.series_name in wanted}


def read_duties(
    sources: Iterable[Source], scope: Scope, until: datetime.date | None = None
) -> dict[Source, Events]:
    """The events of the duties among the sources of some series, none of them after `until`."""
    names = [name for kind, name in sources if kind == DUTY]
    if not names:
        return {}
    found: dict[Source, Events] = {(DUTY, name): _NOTHING for name in names}
    successions = Successions.stored()
    for code, duty in duties_behind(names).items():
        last = datetime.date.max if until is None else until
        spells = spells_of(duty, _Within(scope, successions), last=last)
        for part, rows in spells.items():
            found[DUTY, f"{code}/{part}"] = _as_events(rows, last.toordinal())
    return found


def duty_changes(
    names: Iterable[str], scope: Scope, after: datetime.date, until: datetime.date
) -> dict[str, Counter[str]]:
    """By series and area code what the days in (after, until] add to what is owed or done."""
    names = list(names)
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    duties = duties_behind(names)
    successions = Successions.stored() if duties else Successions([])
    for code, duty in duties.items():
        spells = spells_of(duty, _Within(scope, successions), after, until)
        for part, rows in spells.items():
            found[f"{code}/{part}"] = Counter(change_between(rows, after, until))
    return found


def _as_events(spells: Spells, last: int) -> Events:
    chosen = spells.starts <= last
    events = np.empty(int(chosen.sum()), dtype=EVENT)
    events["area"], events["quantity"] = spells.areas[chosen], 1
    events["start"] = _months(spells.starts[chosen])
    ends = spells.ends[chosen]
    events["end"] = np.where(ends > last, OPEN, _months(ends))
    return events


def _months(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    months = (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    found: npt.NDArray[np.int64] = months + month_of(1970, 1)
    return found
