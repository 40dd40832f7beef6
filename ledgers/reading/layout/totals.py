"""Totals of a table: a 合计 row is compared with the sum of its rows, never imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledgers.cells import CellError, whole
from ledgers.declaration import Row
from ledgers.reading.column_cells import ColumnCells
from ledgers.workbooks.grids import Grid

_Sums = dict[str, Decimal]


@dataclass(frozen=True)
class _Total:
    number: int
    values: Sequence[object]
    is_compared: bool
    #: The sums of all rows so far.
    sums: _Sums


class Totals:
    """Adds up the rows of a table and compares its totals: with all rows, or with those since the
    total before."""

    def __init__(self, grid: Grid, columns: Sequence[ColumnCells]) -> None:
        self._grid = grid
        self._columns = [
            cells
            for cells in columns
            if cells.name == "name"
            or (cells.column.is_quantity and not cells.column.is_compared_only)
        ]
        self._sums: _Sums = {cells.name: Decimal(0) for cells in self._columns}
        self._found: list[_Total] = []

    def add(self, row: Row) -> None:
        """Add the quantities of a row; a name counts as one."""
        for cells in self._columns:
            value = 1 if cells.name == "name" else row[cells.name]
            if value:
                self._sums[cells.name] += value

    def note(self, number: int, values: Sequence[object], *, is_compared: bool) -> None:
        """Keep a total; one of a part of the rows is not compared."""
        self._found.append(_Total(number, values, is_compared, dict(self._sums)))

    def differing(self) -> Iterator[tuple[int, int, str, str]]:
        """Yield (row, column, title, message) for each total that is not the sum of its rows."""
        before: _Sums = dict.fromkeys(self._sums, Decimal(0))
        for total in self._found:
            for cells in self._columns if total.is_compared else ():
                stated = self._stated(total, cells)
                sums = (self._sums[cells.name], total.sums[cells.name] - before[cells.name])
                if stated is not None and stated not in sums:
                    message = f"合计行为{stated}，各行相加为{sums[0]}，请核对"
                    yield total.number, cells.at, cells.column.title, message
            before = total.sums

    def _stated(self, total: _Total, cells: ColumnCells) -> Decimal | int | None:
        value = total.values[cells.at] if cells.at < len(total.values) else None
        cell = cells.cell(value, self._grid.trait(total.number, cells.at).number_format)
        parse = whole if cells.name == "name" else cells.column.parse  # `15支`
        try:
            stated: Decimal | int | None = None if cell.is_empty else parse(cell)
        except CellError:
            return None
        return stated
