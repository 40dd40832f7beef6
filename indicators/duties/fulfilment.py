"""What has been done for each instance of a duty: the fulfilling records and the excuses.

A record that names the period it is for belongs to the instance of that period. Any other one
belongs to the instance of its debtor that is open on the record's day; so does one that names a
longer or shorter period, where something is to be done within each period: an annual report that is
published in a half-year. As many records as the duty
asks for (`number`) complete an instance, on the day of the last of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Q

from areas.codes import cut_to, level_of
from areas.successions import Successions, homes_of
from dates.anchored import months_named, period_code
from dates.recurrence import CalendarPeriods, Once
from indicators.duties.debtors import NEVER, Numbers
from indicators.duties.reach import Reach, anywhere_in
from indicators.duties.table import Instances
from indicators.models import DutyExcuse

#: Larger than any day, so that (debtor, day) is one number.
_DAYS = 10_000_000
#: As many debtors are named in a statement; more are told apart after reading.
_FEW = 500
#: The code of the period of something that is done once.
ONCE = "一次"


class Proofs(NamedTuple):
    """Fulfilling records as columns: debtor's key, day, and the first day of a named period or 0."""

    debtors: Numbers
    days: Numbers
    periods: Numbers
    records: Numbers


class Fulfilments(NamedTuple):
    """All approved records that may fulfil instances, and the excuses, read once.

    `areas`: by record the area in which it is registered; it decides whose duty it fulfils where
    the debtors are areas, on the tree of a day.
    """

    proofs: Proofs
    areas: list[str]
    excuses: dict[tuple[str, str], tuple[int, int]]


def read_fulfilments(found: Instances, reach: Reach) -> Fulfilments:
    """Return what may fulfil these instances. Two statements."""
    return Fulfilments(*_read_proofs(found, reach), _read_excuses(found, reach))


def _read_proofs(found: Instances, reach: Reach) -> tuple[Proofs, list[str]]:
    done = found.terms.done
    nobody = Proofs(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    if not len(found):
        return nobody, []
    rows: Any = done.kind._default_manager.filter(
        reach.facts(done.kind),
        done.where,
        _in_time(found),
        _still_stands(found),
        **{f"{done.day}__isnull": False},
    )
    link = done.link if done.link in ("", "pk") else f"{done.link}_id"
    if not link:
        rows = rows.filter(anywhere_in(reach, "area_id"))
    else:
        place = "area_id" if link == "pk" else f"{done.link}__area_id"
        rows = rows.filter(reach.records(place))
        keys = np.unique(found.debtors.keys[found.debtor])
        if len(keys) <= _FEW:
            rows = rows.filter(**{f"{link}__in": keys.tolist()})
        rows = rows.filter(**{f"{link}__isnull": False})
    fields = (link or "area_id", done.day, "pk", *([done.period] if done.period else []))
    read = list(rows.order_by().values_list(*fields))
    owners, days, records, *periods = zip(*read, strict=True) if read else ((), (), ())
    proofs = Proofs(
        np.array([int(owner) for owner in owners], dtype=np.int64),
        np.array([day.toordinal() for day in days], dtype=np.int64),
        np.array(_periods_named(found, periods[0]), dtype=np.int64)
        if periods
        else np.zeros(len(read), dtype=np.int64),
        np.array(records, dtype=np.int64),
    )
    return proofs, [] if link else [str(owner) for owner in owners]


def _still_stands(found: Instances) -> Q:
    """The condition that a record stands on the day on which something is due once for all.

    A hotline that was stopped before that day is not published then.
    """
    ends = found.terms.done.ends
    if not ends or not isinstance(found.terms.when.shared, Once):
        return Q()
    due = datetime.date.fromordinal(int(found.due.max()))
    return Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gt": due})


def _in_time(found: Instances) -> Q:
    """The condition that a record may belong to one of the instances, by its day or its period."""
    first, last = int(found.opens.min()), int(found.closes.max())
    day = found.terms.done.day
    by_day = Q(**{f"{day}__gte": datetime.date.fromordinal(first)})
    if last < NEVER:
        by_day &= Q(**{f"{day}__lt": datetime.date.fromordinal(last)})
    if not (period := found.terms.done.period):
        return by_day
    own = by_day if _is_done_within(found) else Q(**{period: ""}) & by_day
    return Q(**{f"{period}__in": list(_starts_of_periods(found))}) | own


def _periods_named(found: Instances, codes: Sequence[str]) -> list[int]:
    """By the period that each record names: its first day, 0 where the record's day decides, -1 where
    nothing is owed for it."""
    starts, shared = _starts_of_periods(found), found.terms.when.shared
    months = shared.length if isinstance(shared, CalendarPeriods) else 0
    others = 0 if _is_done_within(found) else -1
    return [
        0 if not code else others if months_named(code) != months else starts.get(code, -1)
        for code in codes
    ]


def _is_done_within(found: Instances) -> bool:
    """Whether the instances are due within their periods, and not afterwards about them."""
    return bool((found.opens == found.first).all())


def _starts_of_periods(found: Instances) -> dict[str, int]:
    """By the code of each calendar period of the instances, its first day as a number."""
    pairs = {*zip(found.first.tolist(), found.last.tolist(), strict=True)}
    day = datetime.date.fromordinal
    return {period_code(day(first), day(last)): first for first, last in pairs}


def _read_excuses(found: Instances, reach: Reach) -> dict[tuple[str, str], tuple[int, int]]:
    duty = found.duty
    rows = DutyExcuse.objects.filter(
        reach.facts(DutyExcuse), plan_code=duty.plan.code, duty_code=duty.code
    ).values_list("debtor", "period", "excused_on", "pk")
    return {(debtor, period): (day.toordinal(), pk) for debtor, period, day, pk in rows}


# --- matching -----------------------------------------------------------------------------------


def fulfilled(
    found: Instances, what: Fulfilments, day: datetime.date, successions: Successions
) -> Instances:
    """Return the instances with what has been done for them, on the tree of `day`."""
    at, days, records = belongs(found, what, day, successions)
    counts = np.bincount(at, minlength=len(found)).astype(np.int64)
    # The record that completes an instance is the last of the number asked for.
    starts = np.cumsum(counts) - counts
    needed = found.duty.number
    is_done = counts >= needed
    last = (starts + needed - 1)[is_done]
    done_on, keys = found.done_on.copy(), found.records.copy()
    done_on[is_done], keys[is_done] = days[last], records[last]
    return _excused(replace(found, counts=counts, done_on=done_on, records=keys), what.excuses)


def belongs(
    found: Instances, what: Fulfilments, day: datetime.date, successions: Successions
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the position of the instance, the day and the key of each record that belongs to one.

    In the order of instance, day, key; on the tree of `day`. What an area owed that is no longer there
    is judged on the tree of its last day: its records count for its successor since, who never owed it.
    """
    parts = [
        _belong(found, chosen, _placed(found, what, tree, successions))
        for tree, chosen in _trees(found, day, successions)
    ]
    at, days, records = (np.concatenate([part[column] for part in parts]) for column in range(3))
    order = np.lexsort((records, days, at))
    return at[order], days[order], records[order]


def _trees(
    found: Instances, day: datetime.date, successions: Successions
) -> Iterator[tuple[datetime.date, Numbers]]:
    """Yield days of the tree, each with the positions of the instances that are judged on it."""
    ends = found.debtors.ends[found.debtor]
    gone = ends <= day.toordinal()
    if not (found.terms.who.is_area and successions and gone.any()):
        yield day, np.arange(len(found))
        return
    yield day, np.flatnonzero(~gone)
    for end in np.unique(ends[gone]).tolist():
        yield datetime.date.fromordinal(max(end - 1, 1)), np.flatnonzero(ends == end)


def _belong(found: Instances, chosen: Numbers, proofs: Proofs) -> tuple[Numbers, Numbers, Numbers]:
    """The same for the instances at some positions, in no order."""
    mask = np.zeros(len(found), dtype=np.bool_)
    mask[chosen] = True
    at = belonging(found.where(mask), proofs)
    known = at >= 0
    return chosen[at[known]], proofs.days[known], proofs.records[known]


def _placed(
    found: Instances, what: Fulfilments, day: datetime.date, successions: Successions
) -> Proofs:
    """The proofs with the debtor area for which each counts on the tree of `day`; -1 for none."""
    if not found.terms.who.is_area:
        return what.proofs
    homes = homes_of(set(what.areas), day, successions)
    level = found.terms.who.level
    own = {
        area: int(cut_to(home, level)) if level_of(home) >= level else -1
        for area, home in homes.items()
    }
    debtors = np.array([own[area] for area in what.areas], dtype=np.int64)
    return what.proofs._replace(debtors=debtors)


def belonging(found: Instances, proofs: Proofs) -> Numbers:
    """For each proof the position of the instance that it belongs to; -1 for none."""
    if not len(found) or not len(proofs.debtors):
        return np.full(len(proofs.debtors), -1, dtype=np.int64)
    debtor = _positions(found.debtors.keys, proofs.debtors)
    by_day = _last_before(found.debtor * _DAYS + found.opens, debtor * _DAYS + proofs.days)
    fits = (found.debtor[by_day] == debtor) & (found.opens[by_day] <= proofs.days)
    fits &= proofs.days < found.closes[by_day]
    by_day = np.where(fits & (debtor >= 0), by_day, -1)
    if not found.terms.done.period:
        return by_day
    wanted = debtor * _DAYS + proofs.periods
    named = _last_before(found.debtor * _DAYS + found.first, wanted)
    is_same = (found.debtor * _DAYS + found.first)[named] == wanted
    named = np.where(is_same & (debtor >= 0), named, -1)
    return np.where(proofs.periods != 0, named, by_day)


def _positions(keys: Numbers, wanted: Numbers) -> Numbers:
    """The position of each wanted key among `keys`, which are unique; -1 where it is missing."""
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    return np.where(keys[order][at] == wanted, order[at], -1)


def _last_before(numbers: Numbers, wanted: Numbers) -> Numbers:
    """The position of the last of the ascending numbers that is not above each wanted one."""
    return np.maximum(np.searchsorted(numbers, wanted, side="right") - 1, 0)


# --- excuses ------------------------------------------------------------------------------------


def _excused(found: Instances, excuses: dict[tuple[str, str], tuple[int, int]]) -> Instances:
    if not excuses:
        return found
    excused_on, keys = found.excused_on.copy(), found.excuses.copy()
    owners = found.debtors.keys[found.debtor]
    excused = [int(debtor) for debtor, _ in excuses if debtor.isdigit()]
    for at in np.flatnonzero(np.isin(owners, excused)).tolist():
        code = (str(owners[at]), period_of(found, at))
        if code in excuses:
            excused_on[at], keys[at] = excuses[code]
    return replace(found, excused_on=excused_on, excuses=keys)


def period_of(found: Instances, at: int) -> str:
    """The code of an instance's period, as an excuse names it: `2025-Q1`, `2025-03`, `一次`."""
    if found.terms.when.is_once:
        return ONCE
    first, last = int(found.first[at]), int(found.last[at])
    return period_code(datetime.date.fromordinal(first), datetime.date.fromordinal(last))
