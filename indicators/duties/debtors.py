"""Who owes a duty: the debtors of a part of the tree, with the days that decide what they owe."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, Value

from indicators.columns import Numbers, day_number, integers
from indicators.duties.reach import Reach, under_plan
from indicators.duties.terms import Terms
from indicators.models import Duty

#: Days as numbers (`date.toordinal`), and the number that stands for no day at all.
ALWAYS, NEVER = 1, datetime.date.max.toordinal()
_UNKNOWN = 0


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
    life = (_day(who.begins, ALWAYS), _day(who.ends, NEVER), _day(who.last_day, NEVER - 1))
    own = [day_number(name, _UNKNOWN) for name in terms.when.day_fields]
    ordered = rows.order_by(area, "pk")
    found = integers(ordered, F("pk"), F(area), *life, *own)
    keys, areas, begins, ends, last_days, *days = found
    ends = np.minimum(ends, last_days + 1)
    return Debtors(keys, areas, begins, ends, _days_of(days) if terms.when.is_own else [])


def _day(field: str, otherwise: int) -> Any:
    return day_number(field, otherwise) if field else Value(otherwise)


def _days_of(columns: list[Numbers]) -> list[tuple[datetime.date | None, ...]]:
    date = datetime.date.fromordinal
    days = ([date(each) if each else None for each in column.tolist()] for column in columns)
    return list(zip(*days, strict=True))
