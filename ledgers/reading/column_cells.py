"""The cells of one column of a sheet, each different one read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ledgers.cells import Cell, CellError
from ledgers.declaration import Column

#: Different cells of a column whose reading is kept.
_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """What one cell says: its value, whether it is empty, and (is a fault, message)."""

    value: Any
    is_empty: bool
    notes: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnCells:
    """How the cells of one column of a sheet are read."""

    name: str
    at: int
    column: Column
    unit: str
    #: Most cells of a long ledger say what another of their column said.
    known: dict[Any, Said] = field(default_factory=dict)

    def said(self, value: Any) -> Said:
        """What a cell says."""
        key = value if isinstance(value, str) else (type(value), value)
        said = self.known.get(key)
        if said is None:
            said = self._parsed(Cell(value, self.unit))
            if len(self.known) < _REMEMBERED:
                self.known[key] = said
        return said

    def _parsed(self, cell: Cell) -> Said:
        value, faults = None, list[str]()
        try:
            value = self.column.parse(cell)
        except CellError as error:
            faults.append(str(error))
        if self.column.required and cell.is_empty:
            faults.append(f"“{self.column.title}”不能为空")
        notes = [(True, fault) for fault in faults] + [(False, remark) for remark in cell.remarks]
        return Said(value, cell.is_empty, tuple(notes))
