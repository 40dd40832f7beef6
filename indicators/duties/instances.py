"""The instances of duties with their states on a day, for pages, API and exports.

`instances` lists them, `page_of` lists a slice in a fixed number of statements, `counts_in` counts
them by area and state without an object for each.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

import numpy as np
from django.db.models import TextChoices

from areas.codes import cut_to
from areas.successions import Successions, homes_of
from dates.anchored import period_text
from dates.recurrence import Period
from indicators.columns import Numbers
from indicators.duties.current import debtor_names
from indicators.duties.debtors import NEVER
from indicators.duties.fulfilment import ONCE, fulfilled, period_of, read_fulfilments
from indicators.duties.reach import Subtree
from indicators.duties.table import Instances, owed_instances
from indicators.duties.terms import address_of
from indicators.models import Duty, DutyExcuse


class DutyState(TextChoices):
    """The state of an instance on a day."""

    NOT_DUE = "not_due", "未到期"
    DUE_SOON = "due_soon", "将到期"
    DONE = "done", "已完成"
    LATE = "late", "迟办"
    OVERDUE = "overdue", "逾期"
    EXCUSED = "excused", "免除"
    REFERRED = "referred", "已移交"


#: The states by their numbers in columns.
STATES = tuple(DutyState)
_NUMBER = {state: number for number, state in enumerate(STATES)}
#: The states in which something is still to be done.
OPEN_STATES = (DutyState.OVERDUE, DutyState.DUE_SOON, DutyState.NOT_DUE)


@dataclass(frozen=True)
class Debtor:
    """Who owes an instance. `kind` is `area` or the address of a record kind, `key` its code or key."""

    kind: str
    key: str
    name: str
    area_code: str


@dataclass(frozen=True)
class Instance:
    """One thing that a debtor owes by a day, with its state.

    `record`: the kind's address and the key of the record that completed it. `referral`: likewise of
    the record by which it was referred to somebody else.
    """

    duty: Duty
    debtor: Debtor
    period: Period
    period_code: str
    opens_on: datetime.date
    state: DutyState
    done_on: datetime.date | None
    record: tuple[str, int] | None
    excuse: DutyExcuse | None
    referred_on: datetime.date | None = None
    referral: tuple[str, int] | None = None

    @property
    def key(self) -> str:
        """Plan, duty, debtor and period: which instance it is, whatever its days."""
        return instance_key(self.duty, self.debtor.key, self.period_code)

    @property
    def period_text(self) -> str:
        """The period in Chinese: 2025年第1季度; of something due once the due day alone."""
        if self.period_code == ONCE:
            return f"{self.period.due_on:%Y-%m-%d}"
        return period_text(self.period.first, self.period.last)


def instance_key(duty: Duty, debtor: str, period: str) -> str:
    """The key of an instance by the key of its debtor and the code of its period."""
    return "/".join((duty.full_code, debtor, period))


class InstancePage(NamedTuple):
    """A slice of instances, and how many there are in all."""

    rows: list[Instance]
    total: int


@dataclass(frozen=True)
class Asked:
    """Which instances are asked for: due from `first` to `last`, of debtors below `root`, on `day`.

    `states`: only those in one of them. `debtor`: only those of the debtor with this key.
    """

    root: str
    day: datetime.date
    first: datetime.date
    last: datetime.date
    states: Collection[DutyState] = ()
    debtor: str = ""


class _Row(NamedTuple):
    """Where an instance stands: its table and its position there; and whose it is."""

    table: int
    at: int
    area: str
    key: int


def instances(
    duties: Sequence[Duty],
    root: str,
    day: datetime.date,
    first: datetime.date,
    last: datetime.date,
) -> list[Instance]:
    """Every instance due from first to last of debtors in the subtree of `root`, with its state on `day`.

    Ordered by due day, duty, area. The number of statements depends on the duties alone. What a
    debtor owed by a day on which it no longer was there is left out.
    """
    return page_of(duties, Asked(root, day, first, last)).rows


def page_of(
    duties: Sequence[Duty], asked: Asked, offset: int = 0, limit: int | None = None
) -> InstancePage:
    """A slice of the instances asked for, in the order of `instances`."""
    reading = Reading.of(asked)
    if asked.states:
        return page_in(reading.tables(duties, asked), asked.day, offset, limit)
    # What has been done is read for the slice alone.
    tables = [reading.owed(duty, asked) for duty in duties]
    chosen, total = _slice(tables, offset, limit)
    return InstancePage(_built(*_narrowed(reading, tables, chosen), asked.day), total)


def page_in(
    tables: Sequence[Instances], day: datetime.date, offset: int = 0, limit: int | None = None
) -> InstancePage:
    """A slice of the instances of some tables, in the order of `instances`."""
    chosen, total = _slice(tables, offset, limit)
    return InstancePage(_built(tables, chosen, day), total)


def counts_in(
    tables: Sequence[Instances], day: datetime.date, level: int
) -> dict[tuple[str, str], Counter[DutyState]]:
    """The same of the instances of some tables."""
    found: dict[tuple[str, str], Counter[DutyState]] = defaultdict(Counter)
    for table in tables:
        states = states_on(table, day)
        codes, places = np.unique(table.areas, return_inverse=True)
        for at, code in enumerate(codes.tolist()):
            found[table.duty.code, cut_to(str(code), level)].update(
                counted_states(states[places == at])
            )
    return dict(found)


def counted_states(states: Numbers) -> Counter[DutyState]:
    """How often each state occurs among numbers of states; those that do are in it."""
    numbers = np.bincount(states, minlength=len(STATES)).tolist()
    return Counter({state: n for state, n in zip(STATES, numbers, strict=True) if n})


def tables_of(duties: Sequence[Duty], asked: Asked) -> list[Instances]:
    """The instances asked for as columns, one table a duty."""
    return Reading.of(asked).tables(duties, asked)


@dataclass(frozen=True)
class Reading:
    """Reads instances of a subtree on the tree of a day."""

    reach: Subtree

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """The reading of the subtree that is asked for."""
        return cls(Subtree(asked.root, asked.day, Successions.stored()))

    def owed(self, duty: Duty, asked: Asked) -> Instances:
        """What is owed of a duty, without what has been done for it."""
        first, last = asked.first, asked.last
        table = owed_instances(
            duty, self.reach, first, last, by_due=True, only=[asked.debtor] if asked.debtor else ()
        )
        ends = table.debtors.ends[table.debtor]
        return self._at_home(table.where(ends > np.minimum(table.due, asked.day.toordinal())))

    def _at_home(self, table: Instances) -> Instances:
        """The same instances, each record that owes in the area for which it counts on the day."""
        debtors, successions = table.debtors, self.reach.successions
        if table.terms.who.is_area or not successions:
            return table
        codes = [str(code) for code in debtors.areas.tolist()]
        homes = homes_of(set(codes), self.reach.day, successions)
        areas = np.array([int(homes[code]) for code in codes], dtype=np.int64)
        return replace(table, debtors=replace(debtors, areas=areas))

    def filled(self, table: Instances) -> Instances:
        """The same instances with what has been done for each."""
        done = read_fulfilments(table, self.reach)
        return fulfilled(table, done, self.reach.day, self.reach.successions)

    def tables(self, duties: Sequence[Duty], asked: Asked) -> list[Instances]:
        """The instances asked for, with what has been done for each, one table a duty."""
        found = [self.filled(self.owed(duty, asked)) for duty in duties]
        return in_states(found, asked.day, asked.states) if asked.states else found


def in_states(
    tables: Sequence[Instances], day: datetime.date, states: Collection[DutyState]
) -> list[Instances]:
    """The instances of some tables that are in one of the states on a day."""
    numbers = [_NUMBER[state] for state in states]
    return [table.where(np.isin(states_on(table, day), numbers)) for table in tables]


def states_on(table: Instances, day: datetime.date) -> Numbers:
    """The state of each instance on a day, as its number in `STATES`."""
    today = day.toordinal()
    soon = max(table.duty.reminders, default=0)
    conditions = [
        (table.done_on <= today) & (table.done_on <= table.due),
        table.done_on <= today,
        table.excused_on <= today,
        table.referred_on <= today,
        table.due < today,
        (table.due - today <= soon) & (table.opens <= today),
    ]
    choices = [
        DutyState.DONE,
        DutyState.LATE,
        DutyState.EXCUSED,
        DutyState.REFERRED,
        DutyState.OVERDUE,
        DutyState.DUE_SOON,
    ]
    numbers = [np.full(len(table), _NUMBER[state]) for state in choices]
    found: Numbers = np.select(conditions, numbers, _NUMBER[DutyState.NOT_DUE])
    return found


# --- objects ------------------------------------------------------------------------------------


def _slice(tables: Sequence[Instances], offset: int, limit: int | None) -> tuple[list[_Row], int]:
    """Where the instances of a slice stand, in the order of `instances`, and how many there are."""
    order = _order(tables)
    chosen = order[offset:] if limit is None else order[offset : offset + limit]
    return list(_rows(tables, chosen)), len(order)


def _narrowed(
    reading: Reading, tables: Sequence[Instances], rows: Sequence[_Row]
) -> tuple[list[Instances], list[_Row]]:
    """The tables cut to some rows, with what has been done for them; the rows point into these."""
    found, moved = [], {}
    for number, table in enumerate(tables):
        places = sorted(row.at for row in rows if row.table == number)
        mask = np.zeros(len(table), dtype=np.bool_)
        mask[places] = True
        found.append(reading.filled(table.where(mask)))
        moved.update({(number, old): new for new, old in enumerate(places)})
    return found, [row._replace(at=moved[row.table, row.at]) for row in rows]


def _order(tables: Sequence[Instances]) -> Numbers:
    """The instances of all tables by due day, duty, area and key, as numbers: table, then position."""
    if not tables:
        return np.zeros(0, dtype=np.int64)
    due = np.concatenate([table.due for table in tables])
    duty = np.repeat([table.duty.position for table in tables], [len(table) for table in tables])
    area = np.concatenate([table.areas for table in tables])
    key = np.concatenate([table.debtors.keys[table.debtor] for table in tables])
    place = np.concatenate([_in_preorder(table.debtors.areas)[table.debtor] for table in tables])
    order: Numbers = np.lexsort((key, area, place, duty, due))
    return order


def _in_preorder(areas: Numbers) -> Numbers:
    """Area codes filled up with zeros, so that an area comes with those within it."""
    digits = np.floor(np.log10(areas)).astype(np.int64) + 1
    found: Numbers = areas * 10 ** (12 - digits)
    return found


def _rows(tables: Sequence[Instances], chosen: Numbers) -> Iterable[_Row]:
    ends = np.cumsum([len(table) for table in tables])
    for number in chosen.tolist():
        at = int(np.searchsorted(ends, number, side="right"))
        table = tables[at]
        position = number - (int(ends[at - 1]) if at else 0)
        debtor = int(table.debtor[position])
        area, key = int(table.debtors.areas[debtor]), int(table.debtors.keys[debtor])
        yield _Row(at, position, str(area), key)


def _built(tables: Sequence[Instances], rows: Sequence[_Row], day: datetime.date) -> list[Instance]:
    debtors = _debtors(tables, rows)
    states = {number: states_on(tables[number], day) for number in {row.table for row in rows}}
    wanted = {int(tables[row.table].excuses[row.at]) for row in rows} - {0}
    excuses = DutyExcuse.objects.in_bulk(wanted) if wanted else {}
    return [
        _instance(tables[row.table], row, states[row.table], debtors, excuses, day) for row in rows
    ]


def _instance(
    table: Instances,
    row: _Row,
    states: Numbers,
    debtors: dict[tuple[int, int], Debtor],
    excuses: dict[Any, DutyExcuse],
    day: datetime.date,
) -> Instance:
    at, date = row.at, datetime.date.fromordinal
    state, done_on = STATES[states[at]], int(table.done_on[at])
    is_done = done_on <= day.toordinal() and done_on < NEVER
    return Instance(
        table.duty,
        debtors[row.table, row.key],
        Period(*(date(int(days[at])) for days in (table.first, table.last, table.due))),
        period_of(table, at),
        date(int(table.opens[at])),
        state,
        date(done_on) if is_done else None,
        (address_of(table.terms.done.kind), int(table.records[at])) if is_done else None,
        excuses.get(int(table.excuses[at])) if state == DutyState.EXCUSED else None,
        *(_referral(table, at) if state == DutyState.REFERRED else ()),
    )


def _referral(table: Instances, at: int) -> Iterator[Any]:
    """The day of an instance's referral, and the address and key of that record."""
    if table.terms.referred is not None:
        yield datetime.date.fromordinal(int(table.referred_on[at]))
        yield address_of(table.terms.referred.kind), int(table.referrals[at])


def _debtors(tables: Sequence[Instances], rows: Sequence[_Row]) -> dict[tuple[int, int], Debtor]:
    """By table and key, the debtors of some rows. One statement for each kind of debtors."""
    keys: dict[type[Any], set[int]] = defaultdict(set)
    for row in rows:
        keys[tables[row.table].terms.who.kind].add(row.key)
    names = {kind: debtor_names(kind, found) for kind, found in keys.items()}
    found: dict[tuple[int, int], Debtor] = {}
    for row in rows:
        kind = tables[row.table].terms.who.kind
        name = names[kind][row.key]
        found[row.table, row.key] = Debtor(address_of(kind), str(row.key), name, row.area)
    return found
