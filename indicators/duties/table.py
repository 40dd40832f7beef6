"""The instances of a duty as columns: debtors × periods, with what has been done for each.

An instance is (duty, debtor, period). It opens on the first day of its period, or after the period
where it is due later, and is current until the debtor's next one opens. Where the due day follows
from a day of the debtor's own record, the instances of a calendar year (by due day) are current in
that year. Days are numbers here (`date.toordinal`).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dates.months import Day, day_in_month, month_number
from dates.recurrence import Period
from indicators.columns import Numbers
from indicators.duties.debtors import NEVER, Debtors, read_debtors
from indicators.duties.reach import Reach
from indicators.duties.terms import Terms, terms_of
from indicators.models import Duty

Mask = npt.NDArray[np.bool_]

_ONE_DAY = datetime.timedelta(days=1)
#: No period begins or is due after it; room for a year before the calendar's end.
_LAST_DAY = Day(9990, 12, 31)
_FIRST_YEAR = 1900
_MARGIN, _FAR_AHEAD = 13, 40 * 12


@dataclass(frozen=True)
class Instances:
    """Instances as columns, in the order of debtor and opening day.

    `owed_from` to `owed_until` (first day on which it no longer is): the days on which it is current
    and its debtor is there. `done_on`, `excused_on`, `referred_on`: `NEVER` where it is not. `records`,
    `excuses`, `referrals`: the keys of the record that completed it, of the excuse, and of the record
    by which it was referred to somebody else; 0 without one. `counts`: how many fulfilling records
    there are.
    """

    duty: Duty
    terms: Terms
    debtors: Debtors
    debtor: Numbers
    first: Numbers
    last: Numbers
    due: Numbers
    opens: Numbers
    closes: Numbers
    owed_from: Numbers
    owed_until: Numbers
    done_on: Numbers
    excused_on: Numbers
    referred_on: Numbers
    counts: Numbers
    records: Numbers
    excuses: Numbers
    referrals: Numbers

    def __len__(self) -> int:
        return len(self.debtor)

    def where(self, chosen: Mask) -> Instances:
        """Return some of the instances, in the same order."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in COLUMNS})

    @property
    def released_on(self) -> Numbers:
        """The day from which it need not be done: it is excused or referred."""
        return np.minimum(self.excused_on, self.referred_on)

    @property
    def areas(self) -> Numbers:
        """The area code of each instance's debtor, as a number."""
        return self.debtors.areas[self.debtor]


#: The columns that have one value for each instance.
COLUMNS = (
    "debtor",
    "first",
    "last",
    "due",
    "opens",
    "closes",
    "owed_from",
    "owed_until",
    "done_on",
    "excused_on",
    "referred_on",
    "counts",
    "records",
    "excuses",
    "referrals",
)


def owed_instances(
    duty: Duty,
    reach: Reach,
    first: Day,
    last: Day,
    *,
    by_due: bool = False,
    only: Collection[str] = (),
) -> Instances:
    """Return what is owed in a part of the tree, without what has been done (`fulfilled`).

    The instances that are current on some day from `first` to `last`, or with `by_due` those due
    then. `only`: the keys of the only debtors; without any, of all.
    """
    terms = terms_of(duty)
    debtors = read_debtors(duty, terms, reach, only)
    columns = (_own if terms.when.is_own else _shared)(duty, terms, debtors)
    nothing = np.zeros(len(columns["debtor"]), dtype=np.int64)
    found = Instances(
        duty,
        terms,
        debtors,
        **columns,
        done_on=nothing + NEVER,
        excused_on=nothing + NEVER,
        referred_on=nothing + NEVER,
        counts=nothing,
        records=nothing,
        excuses=nothing,
        referrals=nothing,
    )
    start, end = first.toordinal(), last.toordinal()
    is_owed = found.owed_until > found.owed_from
    if by_due:
        return found.where(is_owed & (found.due >= start) & (found.due <= end))
    return found.where(is_owed & (found.owed_from <= end) & (found.owed_until > start))


# --- periods that all debtors share -----------------------------------------------------------


def _shared(duty: Duty, terms: Terms, debtors: Debtors) -> dict[str, Numbers]:
    periods = list(periods_of(duty, terms))
    size, number = len(debtors), len(periods)
    debtor = np.repeat(np.arange(size, dtype=np.int64), number)
    rows = np.array([[day.toordinal() for day in period] for period in periods], dtype=np.int64)
    table = np.tile(rows.reshape(number, 5), (size, 1))
    first, last, due, opens, closes = table.T
    begins, ends = debtors.begins[debtor], debtors.ends[debtor]
    # Whoever is not there yet on the period's last day owes nothing for it.
    owed_until = np.where(begins <= last, np.minimum(closes, ends), 0)
    return {
        "debtor": debtor,
        "first": first,
        "last": last,
        "due": due,
        "opens": opens,
        "closes": closes,
        "owed_from": np.maximum(opens, begins),
        "owed_until": owed_until,
    }


def periods_of(duty: Duty, terms: Terms) -> Iterator[tuple[Day, Day, Day, Day, Day]]:
    """Yield first and last day, due day, opening and closing day of the periods all debtors share."""
    if (recurrence := terms.when.shared) is None:
        return
    end = day_in_month(month_number(duty.last_begin) + 3 * _MARGIN, 31)
    for period, opens, closes in _opened(recurrence.periods(duty.first_due, min(end, _LAST_DAY))):
        if period.first <= duty.last_begin:
            yield *period, opens, closes


def _opened(periods: Iterable[Period]) -> Iterator[tuple[Period, Day, Day]]:
    """Yield each period with its opening day and that of the next one; the last one stays open."""
    found = list(periods)
    openings = [opening_day(period) for period in found]
    yield from zip(found, openings, [*openings, Day.max][1:], strict=True)


def opening_day(period: Period) -> Day:
    """The day on which a period's duty can be done: its first, or the day after it if due later."""
    return period.first if period.due_on <= period.last else period.last + _ONE_DAY


# --- periods by days of the debtor's own record -----------------------------------------------


def _own(duty: Duty, terms: Terms, debtors: Debtors) -> dict[str, Numbers]:
    rows = [
        (at, *(day.toordinal() for day in period))
        for at, days in enumerate(debtors.days)
        for period in _own_periods(duty, terms, days, _since(debtors, at))
    ]
    debtor, first, last, due, opens, closes, new_year, next_year = (
        np.array(rows, dtype=np.int64).reshape(len(rows), 8).T
    )
    return {
        "debtor": debtor,
        "first": first,
        "last": last,
        "due": due,
        "opens": opens,
        "closes": closes,
        "owed_from": np.maximum(opens, new_year),
        "owed_until": np.minimum(next_year, debtors.ends[debtor]),
    }


def _since(debtors: Debtors, at: int) -> Day | None:
    """The day on which a debtor's record begins; None where it names none, or a mistyped one."""
    day = Day.fromordinal(int(debtors.begins[at]))
    return day if day.year >= _FIRST_YEAR else None


def _own_periods(
    duty: Duty, terms: Terms, days: tuple[Day | None, ...], since: Day | None
) -> Iterator[tuple[Day, Day, Day, Day, Day, Day, Day]]:
    if any(day is not None and not _FIRST_YEAR <= day.year < _LAST_DAY.year for day in days):
        return  # a mistyped day, from which no due day can be counted
    if (recurrence := terms.when.recurrence_of(days, since)) is None or days[0] is None:
        return
    ahead = terms.when.months + _MARGIN if terms.when.runs else _FAR_AHEAD
    end = day_in_month(month_number(max(duty.last_begin, days[0])) + ahead, 31)
    found = [
        period
        for period in recurrence.periods(duty.first_due, min(end, _LAST_DAY))
        if _anchor(terms, period, days[0]) <= duty.last_begin
    ]
    for period, opens, closes in _opened(found):
        year = period.due_on.year
        yield *period, opens, closes, Day(year, 1, 1), Day(year + 1, 1, 1)


def _anchor(terms: Terms, period: Period, day: Day) -> Day:
    """The day that must not be after the duty's last beginning: the record's own, or the period's."""
    return day if terms.when.begins_on_anchor else period.first
