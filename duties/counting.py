"""Instances counted for the pages, without an object for each: by due day, by area, by debtor."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from areas.models import Area
from dates.anchored import period_text
from dates.months import day_in_month, month_number
from dates.text import month_text
from indicators.columns import Numbers
from indicators.duties.current import debtor_names
from indicators.duties.fulfilment import period_of
from indicators.duties.instances import (
    STATES,
    Asked,
    DutyState,
    Reading,
    counted_states,
    counts_in,
    instance_key,
    states_on,
    tables_of,
)
from indicators.duties.table import Instances
from indicators.models import Duty

Counts = Counter[DutyState]
#: Larger than any day as a number.
_DAYS = 10_000_000


@dataclass(frozen=True)
class DayLine:
    """One duty on one due day: how many of its instances are in each state."""

    duty: Duty
    counts: list[tuple[DutyState, int]]

    @property
    def number(self) -> int:
        """How many instances are due."""
        return sum(number for _, number in self.counts)


def in_order(counts: Counts) -> list[tuple[DutyState, int]]:
    """The states that occur, in their usual order, with their numbers."""
    return [(state, counts[state]) for state in STATES if counts[state]]


def by_due_day(duties: Sequence[Duty], asked: Asked) -> dict[datetime.date, list[DayLine]]:
    """By due day, a line for each duty that is due then."""
    found: dict[datetime.date, list[DayLine]] = defaultdict(list)
    for table in tables_of(duties, asked):
        states = states_on(table, asked.day)
        for due in np.unique(table.due).tolist():
            line = DayLine(table.duty, in_order(counted_states(states[table.due == due])))
            found[datetime.date.fromordinal(due)].append(line)
    return found


@dataclass(frozen=True)
class AreaLine:
    """One area below: how many instances of its debtors are in each state."""

    area: Area
    counts: Counts


def by_area(tables: Sequence[Instances], day: datetime.date, level: int) -> list[AreaLine]:
    """A line for each area of a level that owes anything; debtors above the level stand by themselves."""
    sums: dict[str, Counts] = defaultdict(Counter)
    for (_, code), counts in counts_in(tables, day, level).items():
        sums[code].update(counts)
    areas = Area.objects.in_bulk(list(sums))
    return [AreaLine(areas[code], counts) for code, counts in sorted(sums.items()) if code in areas]


# --- matrix -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One instance in the matrix; `key` names it (`Instance.key`)."""

    key: str
    state: DutyState
    due_on: datetime.date


@dataclass(frozen=True)
class MatrixRow:
    """A debtor, its area, and for each column the instances that are due there."""

    name: str
    area: str
    cells: list[list[Cell]]


@dataclass(frozen=True)
class Matrix:
    """Debtors × periods of one duty: titles of the columns, a slice of rows, and how many rows there are."""

    columns: list[str]
    rows: list[MatrixRow]
    total: int


def matrix(duty: Duty, asked: Asked, offset: int = 0, limit: int | None = None) -> Matrix:
    """The matrix of a duty, its rows in the order of area and debtor.

    Columns are the periods; where each debtor has due days of its own, the months of the due days.
    """
    reading = Reading.of(asked)
    owed = reading.tables([duty], asked)[0] if asked.states else reading.owed(duty, asked)
    debtors = np.unique(owed.debtor)
    chosen = debtors[offset:] if limit is None else debtors[offset : offset + limit]
    columns, places = _columns(owed)
    mask = np.isin(owed.debtor, chosen)
    table = reading.filled(owed.where(mask))
    states = states_on(table, asked.day)
    cells: dict[int, list[list[Cell]]] = {each: [[] for _ in columns] for each in chosen.tolist()}
    for at, place in enumerate(places[mask].tolist()):
        cell = _cell(table, at, STATES[states[at]])
        cells[int(table.debtor[at])][place].append(cell)
    return Matrix(columns, _named(table, cells), len(debtors))


def _columns(table: Instances) -> tuple[list[str], Numbers]:
    """The titles of the columns, and by instance its column."""
    date = datetime.date.fromordinal
    if table.terms.when.is_own:
        months = np.array([month_number(date(due)) for due in table.due.tolist()], dtype=np.int64)
        found, places = np.unique(months, return_inverse=True)
        return [month_text(day_in_month(month, 1)) for month in found.tolist()], places
    spans = table.first * _DAYS + table.last
    found, places = np.unique(spans, return_inverse=True)
    days = (divmod(span, _DAYS) for span in found.tolist())
    return [period_text(date(first), date(last)) for first, last in days], places


def _cell(table: Instances, at: int, state: DutyState) -> Cell:
    debtor = int(table.debtors.keys[table.debtor[at]])
    key = instance_key(table.duty, str(debtor), period_of(table, at))
    return Cell(key, state, datetime.date.fromordinal(int(table.due[at])))


def _named(table: Instances, cells: dict[int, list[list[Cell]]]) -> list[MatrixRow]:
    kind, debtors = table.terms.who.kind, table.debtors
    names = debtor_names(kind, {int(debtors.keys[at]) for at in cells})
    areas = Area.objects.in_bulk([str(debtors.areas[at]) for at in cells])
    return [
        MatrixRow(
            names[int(debtors.keys[at])],
            "" if kind is Area else str(areas.get(str(debtors.areas[at]), "")),
            found,
        )
        for at, found in cells.items()
    ]
