"""Collects the cells of a sheet within the bounds of a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledgers.workbooks.grids import (
    ERROR_TRAIT,
    PLAIN_TRAIT,
    UNCALCULATED_TEXT,
    UNCALCULATED_TRAIT,
    Grid,
    MergedRange,
    Trait,
    cell_name,
)
from ledgers.workbooks.limits import check_area, check_merged_area, check_merges, check_position
from ledgers.workbooks.number_formats import PLAIN, CellFormat


@dataclass
class Area:
    """The number of cells that the sheets read so far take; it bounds a whole workbook."""

    cells: int = 0


class GridBuilder:
    """Takes the cells of a sheet in any order; UnusableFile where they exceed the bounds."""

    def __init__(self, name: str, area: Area, *, is_1904: bool = False) -> None:
        self.name, self._area, self.is_1904 = name, area, is_1904
        self._rows: list[list[object]] = []
        self._width = 0
        self._traits: dict[int, dict[int, Trait]] = {}
        self._merges: list[MergedRange] = []
        self._hidden_rows: list[tuple[int, int]] = []
        self._hidden_columns: list[tuple[int, int]] = []

    def put(
        self,
        row: int,
        column: int,
        value: object,
        shown: CellFormat = PLAIN,
        trait: Trait = PLAIN_TRAIT,
    ) -> None:
        """Set a cell; an empty one takes no place."""
        if value is None or value == "":
            return
        if row >= len(self._rows) or column >= self._width:
            self._extend(row, column)
        line = self._rows[row]
        if column >= len(line):
            line.extend([None] * (column + 1 - len(line)))
        line[column] = value
        number_format = shown.telling(value)
        if number_format or shown.is_struck_out or shown.is_unseen or trait is not PLAIN_TRAIT:
            is_struck_out = trait.is_struck_out or shown.is_struck_out
            noted = Trait(trait.kind, number_format, is_struck_out, shown.is_unseen)
            self._traits.setdefault(row, {})[column] = noted

    def fail(self, row: int, column: int, error: str, shown: CellFormat = PLAIN) -> None:
        """Set a cell that holds an error in Excel's spelling."""
        self.put(row, column, error, shown, ERROR_TRAIT)

    def leave_uncalculated(self, row: int, column: int, shown: CellFormat = PLAIN) -> None:
        """Set a cell whose formula has no stored value."""
        self.put(row, column, UNCALCULATED_TEXT, shown, UNCALCULATED_TRAIT)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Merge a range of cells, its last row and column included."""
        self._merges.append(((top, left), (bottom, right)))
        check_merges(self.name, len(self._merges))

    def hide_rows(self, first: int, last: int) -> None:
        """Hide rows, the last one included."""
        self._hidden_rows.append((first, last))

    def hide_columns(self, first: int, last: int) -> None:
        """Hide columns, the last one included."""
        self._hidden_columns.append((first, last))

    def build(self) -> Grid:
        """Return the grid: rows of one length; merged ranges and hidden rows lie within them."""
        height, width = len(self._rows), self._width
        self._area.cells += height * width
        for line in self._rows:
            line.extend([None] * (width - len(line)))
        return Grid(
            self.name,
            self._rows,
            merges_within(self.name, self._merges, height, width),
            self._traits,
            _numbers(self._hidden_rows, height),
            _numbers(self._hidden_columns, width),
            self.is_1904,
        )

    def _extend(self, row: int, column: int) -> None:
        """Make room for a cell, once the area that it asks for is found within the bounds."""
        check_position(self.name, row, column, cell_name(row, column))
        height, width = max(len(self._rows), row + 1), max(self._width, column + 1)
        last = cell_name(height - 1, width - 1)
        check_area(self.name, self._area.cells + height * width, last)
        self._width = width
        self._rows.extend([] for _ in range(height - len(self._rows)))


def merges_within(
    sheet: str, merges: Iterable[MergedRange], height: int, width: int
) -> list[MergedRange]:
    """Return the merged ranges in order, cut where the content of the sheet ends."""
    found: list[MergedRange] = []
    cells = 0
    for (top, left), (bottom, right) in sorted(merges):
        last_row, last_column = min(bottom, height - 1), min(right, width - 1)
        if top > last_row or left > last_column or (top, left) == (last_row, last_column):
            continue
        cells += (last_row - top + 1) * (last_column - left + 1)
        found.append(((top, left), (last_row, last_column)))
    check_merged_area(sheet, cells)
    return found


def _numbers(ranges: Iterable[tuple[int, int]], count: int) -> set[int]:
    """Return the numbers of the ranges that are below the count."""
    found: set[int] = set()
    for first, last in ranges:
        found.update(range(first, min(last + 1, count)))
    return found
