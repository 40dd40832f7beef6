"""Random draws of demonstration records on real areas; the same seed gives the same ledger.

Records are drawn with clean values; only `demo.ledgers.spelling` writes them as bureaus do, so every
total is right."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from areas.codes import TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from reviews.checks import credit_code_fault, organisation_code_holds

DEMO_DAY = datetime.date(2026, 11, 20)

Day = datetime.date
#: A clean value of a cell; None leaves the cell empty.
Cell = str | int | float | Day | Area | None
#: The clean values of one row; each ledger has its own columns.
Values = Sequence[Any]
#: The counted communities of each street.
Tree = Mapping[Area, Sequence[Area]]
#: (street, community); without a community it is the street itself.
Place = tuple[Area, Area | None]


def words(text: str) -> tuple[str, ...]:
    """Split a text at spaces: `a b` → (a, b)."""
    return tuple(text.split())


def tuples(text: str) -> tuple[tuple[str, ...], ...]:
    """Split a text at spaces and colons: `a:b c:d` → (a, b), (c, d)."""
    return tuple(tuple(word.split(":")) for word in text.split())


#: Relative number of events per month; 中华慈善日 is on 5 September.
_SEASON = (8, 5, 7, 7, 8, 8, 7, 8, 18, 10, 6, 4)
_PEOPLE = words("张某 王某 李某 陈某 刘某 赵某")


class Draw(Random):
    """The random generator of one ledger; it also numbers telephone numbers that nobody has."""

    def __init__(
        self, ledger: str, first_phone: int = 1, *, place: str = "渝中", until: Day = DEMO_DAY
    ) -> None:
        super().__init__(f"{place}演示 {ledger}")
        self._phones, self._until = count(first_phone), until

    def leader(self) -> tuple[str, str]:
        """Return (name, telephone) of a person in charge."""
        return self.choice(_PEOPLE), f"138{next(self._phones):08d}"

    def day(self, first: Day, last: Day | None = None) -> Day:
        """Return a random day from `first` to `last`, by default the day of the demonstration."""
        last = last or self._until
        return first + datetime.timedelta(self.randint(0, (last - first).days))

    def season(self, year: int, number: int) -> list[Day]:
        """Return `number` sorted days of a year up to the demonstration's, spread like `_SEASON`."""
        until = self._until
        months = range(1, 13 if year < until.year else until.month + 1)
        chosen = self.choices(months, _SEASON[: len(months)], k=number)
        return sorted(min(Day(year, month, self.randint(1, 28)), until) for month in chosen)

    def parts(self, total: int, number: int, step: int, spread: float) -> list[int]:
        """Return `number` uneven multiples of `step` whose sum is `total`."""
        weights = [self.lognormvariate(0, spread) for _ in range(number)]
        scale = total / sum(weights) / step
        parts = [max(1, round(weight * scale)) * step for weight in weights]
        parts[parts.index(max(parts))] += total - sum(parts)
        return parts


def read_tree(root: str, day: Day) -> dict[Area, list[Area]]:
    """Return the counted communities that exist on a day, by their counted street."""
    areas = list(Area.objects.within(root).filter(is_counted=True).existing_on(day))
    streets = {area.code: area for area in areas if area.is_township}
    tree: dict[Area, list[Area]] = {street: [] for street in streets.values()}
    for area in areas:
        if area.is_community and (street := streets.get(cut_to(area.code, TOWNSHIP_LEVEL))):
            tree[street].append(area)
    return tree


def communities(tree: Tree) -> list[tuple[Area, Area]]:
    """Return (street, community) for every community."""
    return [(street, community) for street, below in tree.items() for community in below]


def by_place(rows: Iterable[Values]) -> list[Values]:
    """Sort rows that begin with (street, community) by area code; the street's own come first."""
    return sorted(rows, key=lambda row: (row[0].code, row[1].code if row[1] else ""))


def credit_code(kind: str, number: int, county: str) -> str:
    """Return a made-up 统一社会信用代码 with correct check characters."""
    body = f"{kind}{county}MJ{number:06d}"
    body += next(sign for sign in "0123456789X" if organisation_code_holds(body + sign))
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return next(body + sign for sign in signs if credit_code_fault(body + sign) is None)
