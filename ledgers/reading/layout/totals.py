"""Totals of a table: a 合计 row is compared with the sum of its rows, never imported."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledgers.cells import CellError, day, whole
from ledgers.declaration import Row
from ledgers.reading.column_cells import ColumnCells
from ledgers.reading.layout.rows import RowRole
from ledgers.workbooks.grids import Grid

_Sums = dict[str, Decimal]


#: The sums since so many totals before it are tried for a total.
_TRIED = 50


@dataclass(frozen=True)
class _Total:
    number: int
    values: Sequence[object]
    role: RowRole
    #: The sums of all rows so far, and those before the last month and the last year began.
    sums: _Sums
    begun: Sequence[_Sums]


class Totals:
    """Adds up the rows of a table and compares its totals: with all rows, with all so far, with those since
    one of the totals before, or with those of the last month or year (本月合计, 本年累计)."""

    def __init__(self, grid: Grid, columns: Sequence[ColumnCells]) -> None:
        self._grid = grid
        self._columns = [
            cells
            for cells in columns
            if cells.name == "name"
            or (cells.column.is_quantity and not cells.column.is_compared_only)
        ]
        self._sums: _Sums = {cells.name: Decimal(0) for cells in self._columns}
        self._day = next((cells.name for cells in columns if cells.column.parse is day), "")
        self._month, self._begun = (0, 0), [dict(self._sums), dict(self._sums)]
        self._found: list[_Total] = []

    def add(self, row: Row) -> None:
        """Add the quantities of a row; a name counts as one."""
        on = row[self._day] if self._day else None
        if on is not None and (on.year, on.month) != self._month:
            is_new_year, self._month = on.year != self._month[0], (on.year, on.month)
            sums = dict(self._sums)
            self._begun = [sums, sums if is_new_year else self._begun[1]]
        for cells in self._columns:
            value = 1 if cells.name == "name" else row[cells.name]
            if value:
                self._sums[cells.name] += value

    def note(self, number: int, values: Sequence[object], role: RowRole) -> None:
        """Keep a total; an average and a part of what stands above are no sums."""
        if role in (RowRole.TOTAL, RowRole.SUBTOTAL):
            self._found.append(_Total(number, values, role, dict(self._sums), self._begun))

    def differing(self) -> Iterator[tuple[int, int, str, str]]:
        """Yield (row, column, title, message) for each total that is not the sum of its rows."""
        before: deque[_Sums] = deque([dict.fromkeys(self._sums, Decimal(0))], maxlen=_TRIED)
        for total in self._found:
            for cells in self._columns:
                stated, so_far = self._stated(total, cells), total.sums[cells.name]
                whole_sum = self._sums[cells.name]
                since = [so_far, *(so_far - sums[cells.name] for sums in before)]
                periods = [so_far - sums[cells.name] for sums in total.begun]
                if stated is None or stated in (whole_sum, *since, *periods):
                    continue
                if total.role == RowRole.TOTAL:
                    said = f"合计行为{stated}，各行相加为{whole_sum}"
                else:
                    said = f"小计或累计为{stated}，上一个合计以来各行相加为{since[-1]}，本表至此为{so_far}"
                yield total.number, cells.at, cells.column.title, f"{said}，请核对"
            before.append(total.sums)

    def _stated(self, total: _Total, cells: ColumnCells) -> Decimal | int | None:
        value = total.values[cells.at] if cells.at < len(total.values) else None
        cell = cells.cell(value, self._grid.trait(total.number, cells.at).number_format)
        parse = whole if cells.name == "name" else cells.column.parse  # `15支`
        try:
            stated: Decimal | int | None = None if cell.is_empty else parse(cell)
        except CellError:
            return None
        return stated
