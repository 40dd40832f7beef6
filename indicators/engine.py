"""The counting engine: numpy only, no Django, integers only (money in fen).

Areas stand in preorder (sorted by code), so a subtree is one interval of rows. A month is
`year * 12 + month - 1`. Matrices are int64 of shape (areas, months).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.int64]

#: `end` of an event that has none.
OPEN = np.int32(2**31 - 1)
#: `start` of an event that has always been there.
ALWAYS = np.int32(0)

#: One row an event: int(area code), first month, month of the end, quantity.
EVENT = np.dtype([("area", "i8"), ("start", "i4"), ("end", "i4"), ("quantity", "i8")])
Events = npt.NDArray[np.void]


def month_of(year: int, month: int) -> int:
    """The running number of a month (month 1-12)."""
    return year * 12 + month - 1


@dataclass(frozen=True)
class Span:
    """Months first … last, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


class Tree:
    """Area codes in preorder with the row interval of every subtree."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = sorted(codes)
        self.row = {code: row for row, code in enumerate(self.codes)}
        padded = np.array([int(code.ljust(12, "0")) for code in self.codes], dtype=np.int64)
        width = np.array([10 ** (12 - len(code)) for code in self.codes], dtype=np.int64)
        self.end = np.searchsorted(padded, padded + width)
        numbers = np.array([int(code) for code in self.codes], dtype=np.int64)
        self._order = np.argsort(numbers, kind="stable")
        self._numbers = numbers[self._order]

    def __len__(self) -> int:
        return len(self.codes)

    def rows_of(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Row of each int(code); -1 for a code that is not in the tree."""
        if not len(self):
            return np.full(len(numbers), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(self._numbers, numbers), len(self) - 1)
        return np.where(self._numbers[at] == numbers, self._order[at], -1)

    def roll_up(self, own: Matrix) -> Matrix:
        """Each row's own value becomes the sum of its subtree, by prefix sums over preorder."""
        sums = np.zeros((len(self) + 1, own.shape[1]), dtype=np.int64)
        np.cumsum(own, axis=0, out=sums[1:])
        return sums[self.end] - sums[:-1]


def _bin(tree: Tree, rows: Matrix, months: Matrix, quantity: Matrix, width: int) -> Matrix:
    """Sum quantities into (area, month). Float sums of integers are exact below 2**53."""
    cells = rows * width + months
    sums = np.bincount(cells, weights=quantity, minlength=len(tree) * width)
    return np.rint(sums).astype(np.int64).reshape(len(tree), width)


def stock(tree: Tree, span: Span, events: Events) -> Matrix:
    """Own stock at each month's end: events begun by then and not yet ended."""
    rows = tree.rows_of(events["area"])
    width = len(span)
    total = np.zeros((len(tree), width), dtype=np.int64)
    for moment, sign in (("start", 1), ("end", -1)):
        months = events[moment].astype(np.int64)
        keep = (rows >= 0) & (months <= span.last)
        clipped = np.maximum(months[keep] - span.first, 0)
        total += sign * _bin(tree, rows[keep], clipped, events["quantity"][keep], width)
    return np.cumsum(total, axis=1)


def flow(tree: Tree, span: Span, events: Events) -> Matrix:
    """Own quantity within each month; what lies outside the span is left out."""
    rows = tree.rows_of(events["area"])
    months = events["start"].astype(np.int64)
    keep = (rows >= 0) & (months >= span.first) & (months <= span.last)
    return _bin(tree, rows[keep], months[keep] - span.first, events["quantity"][keep], len(span))


def year_to_date(span: Span, monthly: Matrix) -> Matrix:
    """Sum since January within each year; a span that opens mid-year starts there."""
    total = monthly.copy()
    for column in range(1, len(span)):
        if (span.first + column) % 12:
            total[:, column] += total[:, column - 1]
    return total


def covered(tree: Tree, eligible: Matrix, counts: Matrix, at_least: int) -> Matrix:
    """Eligible areas below each row whose own subtree counts `at_least`, per month.

    `eligible`: own 0/1 of the areas of one level; `counts`: totals of the measure.
    """
    return tree.roll_up(((eligible > 0) & (counts >= at_least)).astype(np.int64))


@dataclass(frozen=True)
class SeriesKey:
    """What one stored series is.

    kind `measure` and `opening`: the measure's own name. kind `coverage`: how many areas of `areas`
    have at least `at_least` of `measure`, counted as a stock or since January (`within`).
    """

    kind: str
    measure: str
    within: str = ""
    areas: str = ""
    at_least: int = 0

    def __str__(self) -> str:
        if self.kind == "coverage":
            return f"coverage:{self.measure}:{self.within}:{self.areas}:{self.at_least}"
        return f"{self.kind}:{self.measure}"


def compute(
    tree: Tree,
    span: Span,
    keys: Iterable[SeriesKey],
    events: Mapping[tuple[str, str], Events],
    is_stock: Mapping[str, bool],
) -> dict[SeriesKey, Matrix]:
    """Every series for every area and month, from the events of each (kind, measure)."""
    keys = list(keys)
    own: dict[tuple[str, str], Matrix] = {}
    for (kind, measure), rows in events.items():
        count = stock if kind == "opening" or is_stock[measure] else flow
        own[kind, measure] = count(tree, span, rows)
    totals = {name: tree.roll_up(matrix) for name, matrix in own.items()}
    result: dict[SeriesKey, Matrix] = {}
    for key in keys:
        if key.kind == "coverage":
            counts = totals["measure", key.measure]
            if key.within == "year" and not is_stock[key.measure]:
                counts = year_to_date(span, counts)
            result[key] = covered(tree, own["measure", key.areas], counts, key.at_least)
        else:
            result[key] = totals[key.kind, key.measure]
    return result
