"""Who owes a duty: the debtors of a part of the tree, with the days that decide what they owe."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indicators.duties.reach import Reach, under_plan
from indicators.duties.terms import Terms
from indicators.models import Duty

Numbers = npt.NDArray[np.int64]

#: Days as numbers (`date.toordinal`), and the number that stands for no day at all.
ALWAYS, NEVER = 1, datetime.date.max.toordinal()


@dataclass(frozen=True)
class Debtors:
    """The debtors of one duty in the order of area and key, as columns.

    `keys`: area codes or primary keys as numbers. `begins` and `ends`: the first day on which a
    debtor is there, and the first one on which it no longer is. `days`: by debtor the days of its
    record on which the due days depend.
    """

    keys: Numbers
    areas: Numbers
    begins: Numbers
    ends: Numbers
    days: list[tuple[datetime.date | None, ...]]

    def __len__(self) -> int:
        return len(self.keys)


def read_debtors(duty: Duty, terms: Terms, reach: Reach, only: Collection[str] = ()) -> Debtors:
    """Return who owes the duty in a part of the tree, at any time. One statement.

    `only`: the keys of the only debtors to read; without any, all are read.
    """
    who = terms.who
    area = "code" if who.is_area else "area_id"
    held = under_plan(duty.plan, reach.successions, area)
    rows: Any = who.kind._default_manager.filter(who.where, held)
    if who.is_area:
        rows = rows.filter(reach.areas("code"))
    else:
        rows = rows.filter(reach.facts(who.kind), reach.records("area_id"))
    if only:
        known = [key for key in only if who.is_area or key.isdigit()]
        rows = rows.filter(pk__in=known)
    life = [name for name in (who.begins, who.ends, who.last_day) if name]
    fields = ("pk", area, *life, *terms.when.day_fields)
    return _as_columns(terms, list(rows.order_by(area, "pk").values_list(*fields)))


def _as_columns(terms: Terms, rows: list[tuple[Any, ...]]) -> Debtors:
    who = terms.who
    first = 2 + bool(who.begins)
    own = first + bool(who.ends) + bool(who.last_day)
    ends = _numbers(rows, first if who.ends else None, NEVER)
    last_days = _numbers(rows, own - 1 if who.last_day else None, NEVER - 1)
    return Debtors(
        np.array([int(row[0]) for row in rows], dtype=np.int64),
        np.array([int(row[1]) for row in rows], dtype=np.int64),
        _numbers(rows, 2 if who.begins else None, ALWAYS),
        np.minimum(ends, last_days + 1),
        [row[own:] for row in rows] if terms.when.is_own else [],
    )


def _numbers(rows: list[tuple[Any, ...]], at: int | None, otherwise: int) -> Numbers:
    if at is None:
        return np.full(len(rows), otherwise, dtype=np.int64)
    days = (row[at] for row in rows)
    found = [otherwise if day is None else day.toordinal() for day in days]
    return np.array(found, dtype=np.int64)
