"""The counting engine: numpy only, no Django, integers only (money in fen).

Areas stand in preorder (sorted by code), so a subtree is one interval of rows. A month is
`year * 12 + month - 1`. Matrices are int64 of shape (areas, months). A big tree is counted block by
block (`Blocks`), so that memory stays flat whatever its size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Columns = npt.NDArray[np.int16]

#: `end` of an event that has none: the month of the calendar's last day.
OPEN = np.int32(9999 * 12 + 11)
#: `start` of an event that has always been there: the month of its first day.
ALWAYS = np.int32(1 * 12)

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
        length = np.array([len(code) for code in self.codes], dtype=np.int64)
        self._numbers_in_order = np.array([int(code) for code in self.codes], dtype=np.int64)
        width = 10 ** (12 - length)
        padded = self._numbers_in_order * width
        self.end = np.searchsorted(padded, padded + width)
        self._order = np.argsort(self._numbers_in_order, kind="stable").astype(np.int32)
        self._numbers = self._numbers_in_order[self._order]
        rows = np.arange(len(self.codes))
        #: Per code length, the rows with something below them.
        self._above = [
            rows[(length == size) & (self.end > rows + 1)] for size in np.unique(length)[::-1]
        ]

    def __len__(self) -> int:
        return len(self.codes)

    def rows_of(self, numbers: npt.NDArray[np.int64]) -> Rows:
        """Row of each int(code); -1 for a code that is not in the tree."""
        if not len(self):
            return np.full(len(numbers), -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self._numbers, numbers), len(self) - 1)
        return np.where(self._numbers[at] == numbers, self._order[at], np.int32(-1))

    def roll_up(self, own: Matrix) -> Matrix:
        """Each row's own value becomes the sum of its subtree. `own` is overwritten and returned."""
        sums = [(rows, _interval_sums(own, rows, self.end[rows])) for rows in self._above]
        for rows, total in sums:
            own[rows] = total
        return own


def _interval_sums(
    values: Matrix, first: npt.NDArray[np.intp], end: npt.NDArray[np.intp]
) -> Matrix:
    """Sums of rows first … end-1 of ascending, disjoint intervals."""
    if not len(first):
        return np.empty((0, values.shape[1]), dtype=np.int64)
    edges = np.stack([first, end], axis=1).ravel()
    if edges[-1] == len(values):
        edges = edges[:-1]
    return np.add.reduceat(values, edges, axis=0)[::2]


# --- events on a tree -----------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """Events of one measure on the rows of a tree and the columns of a span.

    `end` is None for a flow, `quantity` where every event counts 1.
    """

    rows: Rows
    start: Columns
    end: Columns | None
    quantity: Matrix | None

    def __len__(self) -> int:
        return len(self.rows)

    def pick(self, chosen: slice | npt.NDArray[np.intp]) -> Placed:
        """Some of the events, in that order."""
        return Placed(
            self.rows[chosen],
            self.start[chosen],
            None if self.end is None else self.end[chosen],
            None if self.quantity is None else self.quantity[chosen],
        )


def place(tree: Tree, span: Span, events: Events, *, is_stock: bool) -> Placed:
    """What of the events falls on the tree and into the span."""
    rows = tree.rows_of(events["area"])
    start = events["start"]
    keep = (rows >= 0) & (start <= span.last)
    if not is_stock:
        keep &= start >= span.first
    columns = np.maximum(start[keep] - span.first, 0).astype(np.int16)
    end = None
    if is_stock:
        end = np.clip(events["end"][keep], span.first, span.last + 1)
        end = (end - span.first).astype(np.int16)
    quantity = events["quantity"][keep]
    is_plain = bool((quantity == 1).all())
    return Placed(rows[keep], columns, end, None if is_plain else quantity)


def count(size: int, span: Span, placed: Placed) -> Matrix:
    """Own values of `size` rows: a stock at each month's end, or a flow within each month."""
    width = len(span)
    total = np.zeros((size, width), dtype=np.int64)
    if not len(placed):
        return total
    flat, rows = total.reshape(-1), placed.rows.astype(np.intp) * width
    quantity = np.int64(1) if placed.quantity is None else placed.quantity
    np.add.at(flat, rows + placed.start, quantity)
    if placed.end is not None:
        ends = placed.end < width
        less = quantity if placed.quantity is None else placed.quantity[ends]
        np.subtract.at(flat, rows[ends] + placed.end[ends], less)
        np.cumsum(total, axis=1, out=total)
    return total


def stock(tree: Tree, span: Span, events: Events) -> Matrix:
    """Own stock at each month's end: events begun by then and not yet ended."""
    return count(len(tree), span, place(tree, span, events, is_stock=True))


def flow(tree: Tree, span: Span, events: Events) -> Matrix:
    """Own quantity within each month; what lies outside the span is left out."""
    return count(len(tree), span, place(tree, span, events, is_stock=False))


def year_to_date(span: Span, monthly: Matrix) -> Matrix:
    """Sum since January within each year; a span that opens mid-year starts there."""
    if span.first % 12 == 0 and len(span) % 12 == 0:
        years = monthly.reshape(len(monthly), -1, 12)
        return np.cumsum(years, axis=2).reshape(monthly.shape)
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


# --- series ---------------------------------------------------------------------------------


class SeriesKey(NamedTuple):
    """What one stored series is; a tuple, for it is the key of every table of series.

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


#: (kind, measure): where a series' events come from.
Source = tuple[str, str]


@dataclass(frozen=True)
class Succeeded:
    """From column `first` to `last` a row counts the signed sum of other rows' totals."""

    row: int
    first: int
    last: int
    terms: tuple[tuple[int, int], ...]


def succeed(counts: Matrix, changes: Sequence[Succeeded]) -> Matrix:
    """Totals as the tree of each month sees them (see `areas.successions`)."""
    if not changes:
        return counts
    result = counts.copy()
    for change in changes:
        columns = slice(change.first, change.last + 1)
        result[change.row, columns] = sum(sign * counts[row, columns] for row, sign in change.terms)
    return result


def compute(
    tree: Tree,
    span: Span,
    keys: Iterable[SeriesKey],
    placed: Mapping[Source, Placed],
    changes: Sequence[Succeeded] = (),
) -> dict[SeriesKey, Matrix]:
    """Every series for every area and month, from the placed events of each (kind, measure).

    Additive series stay where they were registered; whoever reads them adds up by
    `Successions.sources`. A coverage cannot be added up later, so it is counted as of each month.
    """
    keys = list(keys)
    areas = {key.areas for key in keys if key.kind == "coverage"}
    totals, eligible = {}, {}
    nothing = np.zeros((len(tree), len(span)), dtype=np.int64)
    for source, events in placed.items():
        if not len(events):
            totals[source] = eligible[source[1]] = nothing
            continue
        own = count(len(tree), span, events)
        if source[0] == "measure" and source[1] in areas:
            eligible[source[1]] = own.copy()
        totals[source] = tree.roll_up(own)
    counts: dict[tuple[str, str], Matrix] = {}
    result: dict[SeriesKey, Matrix] = {}
    for key in keys:
        if key.kind != "coverage":
            result[key] = totals[key.kind, key.measure]
            continue
        source = ("measure", key.measure)
        if not (len(placed[source]) and len(placed["measure", key.areas])):
            result[key] = nothing  # thresholds are 1 or more
            continue
        if (key.measure, key.within) not in counts:
            is_flow = key.within == "year" and placed[source].end is None
            monthly = year_to_date(span, totals[source]) if is_flow else totals[source]
            counts[key.measure, key.within] = succeed(monthly, changes)
        reached = counts[key.measure, key.within]
        result[key] = covered(tree, eligible[key.areas], reached, key.at_least)
    return result


# --- blocks ---------------------------------------------------------------------------------


class Blocks:
    """A partition of a tree's rows: whole subtrees together, about as many rows in each."""

    def __init__(self, tree: Tree, groups: Sequence[Sequence[str]]) -> None:
        """`groups`: the roots of each block; what lies in no root's subtree is the last block."""
        self.of = np.full(len(tree), len(groups), dtype=np.int32)
        for number, roots in enumerate(groups):
            for root in roots:
                row = tree.row[root]
                self.of[row : tree.end[row]] = number
        self.number = len(groups) + 1
        order = np.argsort(self.of, kind="stable")
        sizes = np.bincount(self.of, minlength=self.number)
        starts = np.cumsum(sizes) - sizes
        self.local = np.empty(len(tree), dtype=np.int32)
        self.local[order] = np.arange(len(tree)) - np.repeat(starts, sizes)
        self._members = np.split(order, np.cumsum(sizes)[:-1])

    def codes(self, tree: Tree, number: int) -> list[str]:
        """The codes of a block, in preorder."""
        return [tree.codes[row] for row in self._members[number]]

    def split(self, placed: Placed) -> list[Placed]:
        """The events of each block, on its own rows."""
        block = self.of[placed.rows]
        order = np.argsort(block.astype(np.uint16), kind="stable")  # a radix sort
        local = placed.pick(order)
        local = Placed(self.local[local.rows], local.start, local.end, local.quantity)
        ends = np.cumsum(np.bincount(block, minlength=self.number))
        return [
            local.pick(slice(end - size, end))
            for end, size in zip(ends, np.diff(ends, prepend=0), strict=True)
        ]
