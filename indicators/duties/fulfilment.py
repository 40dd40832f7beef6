"""What has been done for each instance of a duty: the fulfilling records, excuses and referrals.

A record that names the period it is for belongs to the instance of that period. Any other one
belongs to the instance of its debtor that is open on the record's day; so does one that names a
longer or shorter period, where something is to be done within each period: an annual report that is
published in a half-year. As many records as the duty
asks for (`number`) complete an instance, on the day of the last of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, StrIndex

from areas.codes import cut_to, level_of
from areas.successions import Successions, homes_of
from dates.anchored import period_code
from dates.recurrence import CalendarPeriods, Once
from indicators.columns import Numbers, day_number, integers
from indicators.duties.debtors import NEVER
from indicators.duties.reach import Reach, anywhere_in
from indicators.duties.table import Instances
from indicators.duties.terms import Done
from indicators.models import DutyExcuse

#: Larger than any day, so that (debtor, day) is one number.
_DAYS = 10_000_000
#: As many debtors are named in a statement; more are told apart after reading.
_FEW = 500
#: The code of the period of something that is done once.
ONCE = "一次"
#: Around the codes of periods in one text.
_BAR = "|"


class Proofs(NamedTuple):
    """Fulfilling records as columns: debtor's key, day, and the first day of a named period or 0."""

    debtors: Numbers
    days: Numbers
    periods: Numbers
    records: Numbers


class Fulfilments(NamedTuple):
    """All approved records that may fulfil or end instances, and the excuses, read once.

    `areas`: by record the area in which it is registered; it decides whose duty it fulfils where
    the debtors are areas, on the tree of a day.
    """

    proofs: Proofs
    areas: Numbers
    excuses: dict[tuple[str, str], tuple[int, int]]
    referrals: Proofs | None = None


def read_fulfilments(found: Instances, reach: Reach) -> Fulfilments:
    """Return what may fulfil or end these instances. Two statements; three where a referral ends one."""
    terms = found.terms
    proofs, areas = _read_proofs(found, reach, terms.done)
    referrals = _read_proofs(found, reach, terms.referred)[0] if terms.referred else None
    return Fulfilments(proofs, areas, _read_excuses(found, reach), referrals)


def _read_proofs(found: Instances, reach: Reach, done: Done) -> tuple[Proofs, Numbers]:
    nobody = Proofs(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    if not len(found):
        return nobody, nobody.debtors
    rows: Any = done.kind._default_manager.filter(
        reach.facts(done.kind),
        done.where,
        _in_time(found, done),
        _still_stands(found, done),
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
    starts = _starts_of_periods(found) if done.period else {}
    columns = (F(link or "area_id"), day_number(done.day), _place(done.period, starts), F("pk"))
    owners, days, places, records = integers(rows.order_by(), *columns)
    proofs = Proofs(owners, days, _starts_at(starts)[places], records)
    return proofs, nobody.debtors if link else owners


def _still_stands(found: Instances, done: Done) -> Q:
    """The condition that a record stands on the day on which something is due once for all.

    A hotline that was stopped before that day is not published then.
    """
    ends = done.ends
    if not ends or not isinstance(found.terms.when.shared, Once):
        return Q()
    due = datetime.date.fromordinal(int(found.due.max()))
    return Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gt": due})


def _place(period: str, codes: Iterable[str]) -> Any:
    """Where the code that a record names stands in `_listed(codes)`, from 1; 0 where it names none."""
    if not period:
        return Value(0)
    code: Any = Concat(Value(_BAR), F(period), Value(_BAR))
    return StrIndex(Value(_listed(codes)), code)


def _listed(codes: Iterable[str]) -> str:
    return "".join(f"{_BAR}{code}{_BAR}" for code in codes)


def _starts_at(starts: Mapping[str, int]) -> Numbers:
    """By the place of a code in `_listed` the first day of its period as a number; at 0 none."""
    found = np.zeros(len(_listed(starts)) + 1, dtype=np.int64)
    at = 1
    for code, first in starts.items():
        found[at] = first
        at += len(_listed([code]))
    return found


def _in_time(found: Instances, done: Done) -> Q:
    """The condition that a record may belong to one of the instances, by its day or its period.

    One that names a period as long as theirs, for which nothing is owed, belongs to none.
    """
    first, last = int(found.opens.min()), int(found.closes.max())
    by_day = Q(**{f"{done.day}__gte": datetime.date.fromordinal(first)})
    if last < NEVER:
        by_day &= Q(**{f"{done.day}__lt": datetime.date.fromordinal(last)})
    if not (period := done.period):
        return by_day
    is_other = ~_is_as_long(found, period) if _is_done_within(found) else Q(**{period: ""})
    return Q(**{f"{period}__in": list(_starts_of_periods(found))}) | (is_other & by_day)


def _is_as_long(found: Instances, period: str) -> Q:
    """The condition that a record names a calendar period as long as those of the instances."""
    shared = found.terms.when.shared
    months = shared.length if isinstance(shared, CalendarPeriods) else 0
    half, quarter, part = (Q(**{f"{period}__contains": sign}) for sign in ("-H", "-Q", "-"))
    lengths = {6: half, 3: quarter, 1: part & ~half & ~quarter}
    return lengths.get(months, ~part & ~Q(**{period: ""}))


def _is_done_within(found: Instances) -> bool:
    """Whether the instances are due within their periods, and not afterwards about them."""
    return bool((found.opens == found.first).all())


def _starts_of_periods(found: Instances) -> dict[str, int]:
    """By the code of each calendar period of the instances, its first day as a number."""
    day = datetime.date.fromordinal
    spans = np.unique(found.first * _DAYS + found.last).tolist()
    pairs = (divmod(span, _DAYS) for span in spans)
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
    done = replace(found, counts=counts, done_on=done_on, records=keys)
    return _referred(_excused(done, what.excuses), what.referrals)


def _referred(found: Instances, referrals: Proofs | None) -> Instances:
    """The instances with the first referral of each."""
    if referrals is None:
        return found
    everything = np.arange(len(found))
    at, days, records = _in_order([_belong(found, everything, referrals)])
    places, first = np.unique(at, return_index=True)
    referred_on, keys = found.referred_on.copy(), found.referrals.copy()
    referred_on[places], keys[places] = days[first], records[first]
    return replace(found, referred_on=referred_on, referrals=keys)


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
    return _in_order(parts)


def _in_order(
    parts: Sequence[tuple[Numbers, Numbers, Numbers]],
) -> tuple[Numbers, Numbers, Numbers]:
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
    areas, places = np.unique(what.areas, return_inverse=True)
    codes = [str(area) for area in areas.tolist()]
    homes, level = homes_of(set(codes), day, successions), found.terms.who.level
    own = [
        int(cut_to(homes[code], level)) if level_of(homes[code]) >= level else -1 for code in codes
    ]
    return what.proofs._replace(debtors=np.array(own, dtype=np.int64)[places])


def belonging(found: Instances, proofs: Proofs) -> Numbers:
    """For each proof the position of the instance that it belongs to; -1 for none."""
    if not len(found) or not len(proofs.debtors):
        return np.full(len(proofs.debtors), -1, dtype=np.int64)
    debtor = _positions(found.debtors.keys, proofs.debtors)
    by_day = _last_before(found.debtor * _DAYS + found.opens, debtor * _DAYS + proofs.days)
    fits = (found.debtor[by_day] == debtor) & (found.opens[by_day] <= proofs.days)
    fits &= proofs.days < found.closes[by_day]
    by_day = np.where(fits & (debtor >= 0), by_day, -1)
    if not proofs.periods.any():
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
