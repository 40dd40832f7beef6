"""Headers: the rows of a sheet that say which column holds which field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ledgers.cells import as_text
from ledgers.declaration import Column, Ledger, normalise_title
from ledgers.reading.layout.titles import (
    Claim,
    Titles,
    are_hints,
    are_numbers,
    is_hint,
    is_numbering,
    variants,
)
from ledgers.units.stated import Stated, plain_title, stated_in_cell, stated_in_title
from ledgers.units.words import YUAN
from ledgers.workbooks.grids import Grid

_Spread = dict[tuple[int, int], object]
#: A header has at most this many rows.
_TALLEST = 3
_LONGEST_GROUP = 20
#: What stands above a table and is no title: facts, units, days, numbers of annexes.
_FACT = re.compile(r"[::]|\d{4}|附[件表]|^[(]?(人民币)?[亿万千百]?元[)]?$|单位|盖章|页")


@dataclass
class Header:
    """Which column holds which field, and which rows belong to the table below it."""

    row: int
    first_data_row: int
    columns: dict[str, tuple[int, Column]]
    #: What the titles of each amount and count, and the row of units below them, say of its unit.
    stated: dict[str, tuple[Stated, ...]]
    unknown: list[tuple[int, str]]
    numbering: int | None
    missing: list[Column] = field(default_factory=list)
    #: Columns that would fill a field which another column fills: (column, title, field).
    rivals: list[tuple[int, str, str]] = field(default_factory=list)
    #: Columns read under a group that says something else: (column, group, title, field).
    doubtful: list[tuple[int, str, str, str]] = field(default_factory=list)
    #: Columns without any title.
    untitled: list[int] = field(default_factory=list)
    #: The number of rows with titles.
    height: int = 1
    #: The first column of the table, and the one after its last.
    left: int = 0
    right: int = 0
    #: The first row that says something about the table, and the row after its last.
    first_fact_row: int = 0
    end: int = 0
    #: Rows of the table's area that repeat its header or what stands above it.
    repeated: set[int] = field(default_factory=set)

    def is_like(self, other: Header) -> bool:
        """Return whether another header puts the same fields into the same columns."""
        mine = {name: at for name, (at, _) in self.columns.items()}
        return mine == {name: at for name, (at, _) in other.columns.items()}


@dataclass(frozen=True)
class Found:
    """A header and the ledger that it fits."""

    header: Header
    ledger: Ledger


class HeaderFinder:
    """Finds the headers of a sheet that fit one of some ledgers."""

    def __init__(self, grid: Grid, ledgers: Sequence[Ledger]) -> None:
        self.grid = grid
        self._titles = [Titles.of(ledger) for ledger in ledgers]
        self._known = {title for titles in self._titles for title in titles.known}
        self._spread = _spread_above(grid)

    def first(self, start: int, stop: int) -> list[Found]:
        """Return the first header from a row on, a pair for each table side by side; [] for none."""
        for row in range(start, min(stop, len(self.grid.rows))):
            if self.mentions(row) and (found := self.at(row, start)):
                return found
        return []

    def mentions(self, row: int) -> int:
        """Return how many cells of a row are titles that a ledger knows."""
        values = [value for value in self.grid.rows[row] if isinstance(value, str)]
        return sum(
            any(title in self._known for title in variants(normalise_title(value)))
            for value in values
        )

    def at(self, row: int, start: int = 0) -> list[Found]:
        """Return the header to which a row belongs; [] when nothing fits.

        A header of fewer rows wins over a higher one that matches no more columns.
        """
        best: Found | None = None
        for height in range(1, _TALLEST + 1):
            for top in range(max(start, row - _TALLEST + 1), row + 2):
                if top <= row + 1 and top + height <= len(self.grid.rows) and top + height > row:
                    best = self._better(best, top, height, self._all_columns())
        if best is None:
            return []
        best = self._with_groups(best, start)
        return self._side_by_side(best) or [best]

    def _with_groups(self, best: Found, start: int) -> Found:
        """Return the header with the rows of group titles above it."""
        header = best.header
        while header.row > start and header.height < _TALLEST and self._has_groups(header):
            bounds = (header.left, header.right)
            wider = self._better(None, header.row - 1, header.height + 1, bounds)
            if wider is None:
                return best
            best, header = wider, wider.header
        return best

    def _has_groups(self, header: Header) -> bool:
        """Return whether the row above a header is part of it: a cell reaches down from there, or its
        texts stand above some of the titles only."""
        above = header.row - 1
        if any(top <= above < header.row <= bottom for (top, _), (bottom, _) in self.grid.merges):
            return True
        row = self.grid.rows[above]
        texts = {at: text for at, value in enumerate(row) if (text := as_text(value))}
        titled = [at for at, _ in header.columns.values()]
        return bool(texts) and all(
            at > min(titled) and len(text) <= _LONGEST_GROUP and not _FACT.search(text)
            for at, text in texts.items()
        )

    # --- one header -------------------------------------------------------------------------

    def _all_columns(self) -> tuple[int, int]:
        return 0, max((len(row) for row in self.grid.rows[:1]), default=0)

    def _better(
        self, best: Found | None, top: int, height: int, bounds: tuple[int, int]
    ) -> Found | None:
        for titles in self._titles:
            header = self._build(titles, top, height, bounds)
            is_more = best is None or len(header.columns) > len(best.header.columns)
            if is_more and _fits(header, titles.ledger):
                best = Found(header, titles.ledger)
        return best

    def _build(self, titles: Titles, top: int, height: int, bounds: tuple[int, int]) -> Header:
        stacks = self._stacks(top, height, bounds)
        claims = [claim for at, parts in stacks.items() for claim in titles.claims(at, parts)]
        taken = _assigned(claims)
        header = Header(top, top + height, {}, {}, [], None)
        header.left, header.right = bounds
        header.height, header.end = height, len(self.grid.rows)
        for at, parts in stacks.items():
            claim = next((each for each in taken.values() if each.at == at), None)
            if claim is not None:
                self._take(header, claim, top, height)
            elif not parts:
                header.untitled.append(at)
            elif is_numbering(parts):
                header.numbering = at if header.numbering is None else header.numbering
            elif not titles.is_ignored(parts):
                header.unknown.append((at, "".join(parts)))
                header.rivals += _rivals(at, parts, claims)
        header.missing = [
            column for column in titles.ledger.needed if column.field not in header.columns
        ]
        self._skip_hints(header)
        return header

    def _take(self, header: Header, claim: Claim, top: int, height: int) -> None:
        name, at = claim.column.field, claim.at
        header.columns[name] = (at, claim.column)
        rows = range(top + height - 1, top - 1, -1)
        if claim.column.is_quantity:
            groups = [self._title_over(row, at, rows[0]) for row in rows]
            own = next((title for title in groups if as_text(title)), None)
            stated = (_stated_by_group(title, claim.column) for title in groups if title != own)
            above = self._stated_above(top - 1, at, claim.column)
            header.stated[name] = (stated_in_title(own), *stated, above)
        if claim.is_doubtful:
            header.doubtful.append((at, claim.group, claim.title, name))

    def _skip_hints(self, header: Header) -> None:
        """Pass over rows of units, of 必填 and of column numbers below the titles."""
        while header.first_data_row < len(self.grid.rows):
            row = self.grid.rows[header.first_data_row][header.left : header.right]
            texts = [text for text in map(plain_title, map(as_text, row)) if text]
            if are_hints(texts):
                self._take_units(header, header.first_data_row)
            elif not are_numbers(texts):
                return
            header.first_data_row += 1

    def _take_units(self, header: Header, row: int) -> None:
        for name, stated in header.stated.items():
            at, _ = header.columns[name]
            header.stated[name] = (*stated, stated_in_cell(self.grid.at(row, at)))

    # --- titles -----------------------------------------------------------------------------

    def _stated_above(self, row: int, at: int, column: Column) -> Stated:
        """Return what the title of a group above the header says of the unit, if it may mean the column.

        A line of facts, or the title of the whole sheet, stands above every column.
        """
        text = as_text(self._raw(row, at)) if row >= 0 else ""
        return Stated() if _FACT.search(text) else _stated_by_group(text, column)

    def _title_over(self, row: int, at: int, bottom: int) -> object:
        """Return the title of a column in a row; a group title that is not merged holds for the
        titled columns to its right."""
        while row != bottom and not self._raw(row, at) and self._raw(bottom, at) and at > 0:
            at -= 1
        return self._raw(row, at)

    def _raw(self, row: int, at: int) -> object:
        return self._spread.get((row, at), self.grid.at(row, at))

    def _stacks(self, top: int, height: int, bounds: tuple[int, int]) -> dict[int, list[str]]:
        """Return the different texts of each column from the top down, without hints."""
        columns = range(*bounds)
        rows = [
            [normalise_title(self._raw(row, at)) for at in columns]
            for row in range(top, top + height)
        ]
        for depth in range(height - 1):
            self._extend_groups(rows, depth, top + depth, bounds[0])
        stacks = {}
        for at, texts in zip(columns, zip(*rows, strict=True), strict=True):
            parts = list(dict.fromkeys(text for text in texts if text))
            words = [text for text in parts if not is_hint(text)]
            stacks[at] = words or parts
        return stacks

    def _extend_groups(self, rows: list[list[str]], depth: int, row: int, left: int) -> None:
        """Let a group title that is not merged hold for the titled columns to its right."""
        upper, lower = rows[depth], rows[depth + 1]
        for at in range(1, len(upper)):
            is_group = bool(upper[at - 1] and lower[at - 1]) and upper[at - 1] != lower[at - 1]
            is_merged = (row, left + at - 1) in self._spread or (row, left + at) in self._spread
            if is_group and not is_merged and not upper[at] and lower[at]:
                upper[at] = upper[at - 1]

    # --- tables side by side ----------------------------------------------------------------

    def _side_by_side(self, whole: Found) -> list[Found]:
        """Return the headers of tables that stand side by side; [] when it is one table."""
        header = whole.header
        stacks = self._stacks(header.row, header.height, (0, header.right))
        for blocks in (_repeated_blocks(stacks), _separate_blocks(stacks)):
            found = [
                best
                for bounds in blocks
                if (best := self._better(None, header.row, header.height, bounds))
            ]
            if len(found) > 1:
                return found
        return []


def _spread_above(grid: Grid) -> _Spread:
    """Return the value of the range for each cell of the merged ranges that are wide or low: those
    of headers, not the high ones of data."""
    filled: _Spread = {}
    for (top, left), (bottom, right) in grid.merges:
        value = grid.at(top, left)
        for row in range(top, min(bottom, top + _TALLEST) + 1):
            for column in range(left, right + 1):
                filled[row, column] = value
    return filled


def _stated_by_group(title: object, column: Column) -> Stated:
    """Return what a group's title says of the unit of one of its columns.

    资金（万元） says nothing of the people in a column below it.
    """
    is_money = column.unit == YUAN
    return Stated(
        tuple(
            unit
            for unit in stated_in_title(title).units
            if unit.fits(column.unit) or (is_money and unit.is_money)
        )
    )


def _fits(header: Header, ledger: Ledger) -> bool:
    return len(header.columns) > 1 and len(header.missing) <= len(list(ledger.needed)) // 2


def _assigned(claims: Sequence[Claim]) -> dict[str, Claim]:
    """Return the claim that wins each field: the surest first, one field a column.

    A doubtful claim holds for required fields only: another group's 姓名 is no 负责人.
    """
    taken: dict[str, Claim] = {}
    used: set[int] = set()
    for claim in sorted(claims, key=lambda each: (each.rank, each.at)):
        is_free = claim.column.field not in taken and claim.at not in used
        if is_free and (claim.column.required or not claim.is_doubtful):
            taken[claim.column.field] = claim
            used.add(claim.at)
    return taken


def _rivals(
    at: int, parts: Sequence[str], claims: Sequence[Claim]
) -> Iterator[tuple[int, str, str]]:
    mine = [claim for claim in claims if claim.at == at and not claim.is_doubtful]
    for claim in sorted(mine, key=lambda each: each.rank)[:1]:
        yield at, "".join(parts), claim.column.field


def _repeated_blocks(stacks: dict[int, list[str]]) -> list[tuple[int, int]]:
    """Return the bounds of blocks that begin with the same title: 序号 … 序号 …"""
    titled = [at for at, parts in stacks.items() if parts]
    if not titled:
        return []
    starts = [at for at in titled if stacks[at] == stacks[titled[0]]]
    return list(zip(starts, [*starts[1:], max(stacks) + 1], strict=True))


def _separate_blocks(stacks: dict[int, list[str]]) -> list[tuple[int, int]]:
    """Return the bounds of the blocks of titled columns between columns without a title."""
    blocks: list[tuple[int, int]] = []
    for at, parts in stacks.items():
        if not parts:
            continue
        if blocks and blocks[-1][1] == at:
            blocks[-1] = (blocks[-1][0], at + 1)
        else:
            blocks.append((at, at + 1))
    return [block for block in blocks if block[1] - block[0] > 1]
