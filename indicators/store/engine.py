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

#: `end` of an event without end: the month of the calendar's last day.
OPEN = np.int32(9999 * 12 + 11)
#: `start` of an event without beginning: the month of the calendar's first day.
ALWAYS = np.int32(1 * 12)

#: One row per event: area code as a number, first month, month of the end, quantity.
EVENT = np.dtype([("area", "i8"), ("start", "i4"), ("end", "i4"), ("quantity", "i8")])
Events = npt.NDArray[np.void]


def month_of(year: int, month: int) -> int:
    """Return the running number of a month (month 1–12)."""
    return year * 12 + month - 1


@dataclass(frozen=True)
class Span:
    """The months first … last, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


class Tree:
    """Area codes in preorder, with the interval of rows of every subtree."""

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
        """Return the row of each area number; -1 for an area outside of the tree."""
        if not len(self):
            return np.full(len(numbers), -1, dtype=np.int32)
        at = np.minimum(np.searchsorted(self._numbers, numbers), len(self) - 1)
        return np.where(self._numbers[at] == numbers, self._order[at], np.int32(-1))

    def roll_up(self, own: Matrix) -> Matrix:
        """Replace each row's own value by the sum of its subtree.

        `own` is overwritten and returned.
        """
        sums = [(rows, _interval_sums(own, rows, self.end[rows])) for rows in self._above]
        for rows, total in sums:
            own[rows] = total
        return own


def _interval_sums(
    values: Matrix, first: npt.NDArray[np.intp], end: npt.NDArray[np.intp]
) -> Matrix:
    """Return sums of rows first … end-1, for ascending, disjoint intervals."""
    if not len(first):
        return np.empty((0, values.shape[1]), dtype=np.int64)
    edges = np.stack([first, end], axis=1).ravel()
    if edges[-1] == len(values):
        edges = edges[:-1]
    return np.add.reduceat(values, edges, axis=0)[::2]


# --- events on a tree -----------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """The events of one measure, as rows of a tree and columns of a span.

    `end` is None for a flow; `quantity` is None if every event counts 1.
    """

    rows: Rows
    start: Columns
    end: Columns | None
    quantity: Matrix | None

    def __len__(self) -> int:
        return len(self.rows)

    def pick(self, chosen: slice | npt.NDArray[np.intp]) -> Placed:
        """Return some of the events, in that order."""
        return Placed(
            self.rows[chosen],
            self.start[chosen],
            None if self.end is None else self.end[chosen],
            None if self.quantity is None else self.quantity[chosen],
        )


def place(tree: Tree, span: Span, events: Events, *, is_stock: bool) -> Placed:
    """Return the events that fall into the tree and the span."""
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
    """Return own values of `size` rows: a stock at the end of each month, or a flow within it."""
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
    """Return the own stock at the end of each month: events begun by then and not ended."""
    return count(len(tree), span, place(tree, span, events, is_stock=True))


def flow(tree: Tree, span: Span, events: Events) -> Matrix:
    """Return the own quantity within each month; events outside of the span are left out."""
    return count(len(tree), span, place(tree, span, events, is_stock=False))


def year_to_date(span: Span, monthly: Matrix) -> Matrix:
    """Return the sum since January within each year; a span that opens mid-year starts there."""
    if span.first % 12 == 0 and len(span) % 12 == 0:
        years = monthly.reshape(len(monthly), -1, 12)
        return np.cumsum(years, axis=2).reshape(monthly.shape)
    total = monthly.copy()
    for column in range(1, len(span)):
        if (span.first + column) % 12:
            total[:, column] += total[:, column - 1]
    return total


def covered(tree: Tree, eligible: Matrix, counts: Matrix, at_least: int) -> Matrix:
    """Return for each row and month how many eligible areas below it count `at_least`.

    `eligible`: own 0/1 of the areas of one level; `counts`: totals of the measure.
    """
    return tree.roll_up(((eligible > 0) & (counts >= at_least)).astype(np.int64))


# --- series ---------------------------------------------------------------------------------


class SeriesKey(NamedTuple):
    """The key of a stored series; a tuple, since every table of series uses it as key.

    Kinds `measure` and `opening`: the measure's own name. Kind `coverage`: how many areas of
    `areas` have at least `at_least` of `measure`, counted as a stock or since January (`within`).
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
    """From column `first` to `last`, a row counts the signed sum of the totals of other rows."""

    row: int
    first: int
    last: int
    terms: tuple[tuple[int, int], ...]


def succeed(counts: Matrix, changes: Sequence[Succeeded]) -> Matrix:
    """Return totals as the tree of each month has them (see `areas.successions`)."""
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
    """Return every series of every area and month, from the events of each (kind, measure).

    Additive series stay in the areas where records were registered; readers add them up by
    `Successions.sources`. A coverage cannot be added up later, so it is counted for the tree of
    each month.
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
            result[key] = nothing  # since thresholds are 1 or more
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
    """A partition of a tree's rows: each block has whole subtrees and about as many rows."""

    def __init__(self, tree: Tree, groups: Sequence[Sequence[str]]) -> None:
        """`groups`: the roots of each block; rows outside of all subtrees form the last block."""
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
        """Return the codes of a block in preorder."""
        return [tree.codes[row] for row in self._members[number]]

    def split(self, placed: Placed) -> list[Placed]:
        """Return the events of each block, on the block's own rows."""
        block = self.of[placed.rows]
        order = np.argsort(block.astype(np.uint16), kind="stable")  # a radix sort
        local = placed.pick(order)
        local = Placed(self.local[local.rows], local.start, local.end, local.quantity)
        ends = np.cumsum(np.bincount(block, minlength=self.number))
        return [
            local.pick(slice(end - size, end))
            for end, size in zip(ends, np.diff(ends, prepend=0), strict=True)
        ]
