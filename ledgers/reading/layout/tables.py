"""The tables of a sheet: one below the other, side by side, or on many printed pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ledgers.cells import as_text
from ledgers.declaration import Ledger, normalise_title
from ledgers.reading.layout.headers import Found, HeaderFinder
from ledgers.reading.layout.titles import NUMBERING
from ledgers.workbooks.grids import Grid

#: A header stands within the first rows of a sheet.
_DEPTH = 200
#: Titles are looked for in so many first filled cells of a row.
_FIRST = 3
#: The title of a table, as opposed to a record that has a name only.
_TITLE = re.compile(
    r"(表|台账|记录|明细|名册|清单|统计|一览|情况|附件)\d*(\([^)]*\))?$|^\(?[一二三四五六七八九十]+[)、.]|^附"
)


@dataclass
class Tables:
    """The tables of a sheet, and the rows where a table begins that is no ledger of the kind."""

    found: list[Found] = field(default_factory=list)
    strangers: list[int] = field(default_factory=list)


def find_tables(grid: Grid, ledgers: Sequence[Ledger], other_titles: set[str]) -> Tables:
    """Return all tables of a sheet.

    `other_titles` are the titles of other ledgers, by which a table that belongs elsewhere is
    recognised.
    """
    return _Search(grid, ledgers, other_titles).tables()


class _Search:
    """The search through one sheet."""

    def __init__(self, grid: Grid, ledgers: Sequence[Ledger], other_titles: set[str]) -> None:
        self.grid, self.finder = grid, HeaderFinder(grid, ledgers)
        self.titles = {
            title for ledger in ledgers for one in ledger.columns for title in one.titles
        }
        self.titles |= other_titles | NUMBERING
        self._signs = {title[0] for title in self.titles} | set("* \n\u3000")
        self.result = Tables()

    def tables(self) -> Tables:
        current = self.finder.first(0, _DEPTH)
        if not current:
            return self.result
        self.result.found += current
        self._align(current)
        row = _first_row_below(current)
        while row < len(self.grid.rows):
            if self._is_suspect(self.grid.rows[row]):
                current, row = self._look(current, row)
            else:
                row += 1
        return self.result

    def _align(self, current: Sequence[Found]) -> None:
        """Let the data of tables side by side begin in the same row."""
        below = _first_row_below(current)
        for found in current:
            found.header.first_data_row = below

    def _is_suspect(self, values: Sequence[object]) -> bool:
        """Return whether one of the first filled cells is a title; most rows are ruled out at once."""
        seen = 0
        for value in values:
            if value is None or value == "":
                continue
            if (
                type(value) is str
                and value[0] in self._signs
                and normalise_title(value) in self.titles
            ):
                return True
            seen += 1
            if seen == _FIRST:
                return False
        return False

    def _look(self, current: list[Found], row: int) -> tuple[list[Found], int]:
        """Take up the table that begins at a row; return the tables that hold from there, and the
        next row to look at."""
        if self._count_titles(row) < 2:
            return current, row + 1
        start = _first_row_below(current)
        found = self.finder.at(row, start)
        if found:
            return self._begin(current, found, min(row, found[0].header.row))
        if self._is_stranger(row):
            self._end(current, self._first_fact_row(row, start))
            self.result.strangers.append(row)
            return self._after_stranger(current, row)
        return current, row + 1

    def _begin(self, current: list[Found], found: list[Found], row: int) -> tuple[list[Found], int]:
        """Take up a header whose first row is given: one that is repeated, or another table's."""
        below = _first_row_below(found)
        top = self._first_fact_row(row, _first_row_below(current))
        is_same = len(found) == len(current) and all(
            new.ledger is old.ledger and new.header.is_like(old.header)
            for new, old in zip(found, current, strict=True)
        )
        if is_same:
            for old in current:
                old.header.repeated.update(range(row, below))
            return current, below
        self._end(current, top)
        self._align(found)
        for new in found:
            new.header.first_fact_row = top
        self.result.found += found
        return found, below

    def _after_stranger(self, current: list[Found], row: int) -> tuple[list[Found], int]:
        found = self.finder.first(row + 1, len(self.grid.rows))
        if not found:
            return current, len(self.grid.rows)
        for new in found:
            new.header.first_fact_row = self._first_fact_row(new.header.row, row + 1)
        self.result.found += found
        self._align(found)
        return found, _first_row_below(found)

    def _end(self, current: Sequence[Found], row: int) -> None:
        for found in current:
            found.header.end = row

    def _first_fact_row(self, row: int, start: int) -> int:
        """Return the first of the lines that stand directly above a header: titles, units, blanks."""
        while row > start and self._is_line(row - 1):
            row -= 1
        return row

    def _is_line(self, row: int) -> bool:
        texts = [text for text in map(as_text, self.grid.rows[row]) if text]
        is_title = len(texts) == 1 and bool(_TITLE.search(texts[0]))
        return not texts or is_title or all(":" in text for text in texts)

    def _count_titles(self, row: int) -> int:
        values = [value for value in self.grid.rows[row] if isinstance(value, str)]
        return sum(normalise_title(value) in self.titles for value in values)

    def _is_stranger(self, row: int) -> bool:
        """Return whether a row of texts only is the header of another table."""
        filled = [value for value in self.grid.rows[row] if value not in (None, "")]
        return all(isinstance(value, str) for value in filled) and self._count_titles(
            row
        ) * 2 >= len(filled)


def _first_row_below(found: Sequence[Found]) -> int:
    return max(one.header.first_data_row for one in found)
