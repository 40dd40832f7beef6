"""Parses the cells of one column of a sheet; equal cells are parsed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ledgers.cells import Cell, CellError, flag, refuse_failed, says_no
from ledgers.declaration import Column

#: The number of different cells of a column whose parsed values are cached.
_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class ParsedCell:
    """The parsed value of a cell, whether it is empty, and its notes: (is a problem, message)."""

    value: Any
    is_empty: bool
    notes: tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnCells:
    """The parser of one column in a sheet."""

    name: str
    at: int
    column: Column
    unit: str
    #: Whether the workbook counts days from 1904.
    is_1904: bool = False
    #: Parsed values by raw value: most cells of a long ledger repeat.
    known: dict[object, ParsedCell] = field(default_factory=dict)

    def parsed(self, value: object, number_format: str = "") -> ParsedCell:
        """Return the parsed cell of a raw value; its number format may say something, too."""
        key = value if isinstance(value, str) else (type(value), value, number_format)
        found = self.known.get(key)
        if found is None:
            found = self._parse(
                Cell(value, self.unit, number_format=number_format, is_1904=self.is_1904)
            )
            if len(self.known) < _REMEMBERED:
                self.known[key] = found
        return found

    def _parse(self, cell: Cell) -> ParsedCell:
        value, faults = None, list[str]()
        try:
            refuse_failed(cell)
            value = self.column.parse(cell)
        except CellError as error:
            faults.append(str(error))
        if self.column.required and cell.is_empty:
            faults.append(f"“{self.column.title}”不能为空")
        notes = [(True, fault) for fault in faults] + [(False, remark) for remark in cell.remarks]
        is_said = self.column.parse is flag and says_no(cell)
        return ParsedCell(value, cell.is_empty and not is_said, tuple(notes))
