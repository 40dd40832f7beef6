"""Parses the cells of one column of a sheet; equal cells are parsed once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ledgers.cells import Cell, CellError, TextParser, as_text, checked, flag, says_no
from ledgers.declaration import Column, without_explanation
from ledgers.reading.layout.headers import Header
from ledgers.units.columns import ColumnUnit, column_unit
from ledgers.units.rows import row_unit_fault
from ledgers.units.stated import Stated
from ledgers.workbooks.grids import Grid, cell_name
from ledgers.workbooks.number_formats import says_something

#: The number of different cells of a column whose parsed values are cached.
_REMEMBERED = 2_000


class ParsedCell(NamedTuple):
    """The parsed value of a cell, whether it says anything, and its notes: (is a problem, message).

    An empty cell says nothing, nor does one that could not be parsed.
    """

    value: Any
    is_empty: bool
    notes: tuple[tuple[bool, str], ...]
    #: Whether an amount was taken for yuan because nothing names its unit.
    is_unit_assumed: bool = False


@dataclass(frozen=True, slots=True)
class ColumnCells:
    """The parser of one column in a sheet."""

    name: str
    at: int
    column: Column
    #: The unit that the sheet names for the column; "" when it names none.
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
            parse = self.column.parse
            if (
                isinstance(value, str)
                and isinstance(parse, TextParser)
                and parse.plain.fullmatch(value)
            ):
                return ParsedCell(value, False, ())
            found = self._parse(self.cell(value, number_format))
            if len(self.known) < _REMEMBERED:
                self.known[key] = found
        return found

    def cell(self, value: object, number_format: str = "") -> Cell:
        """Return a cell of this column."""
        measure = self.column.unit
        if number_format and not (self.column.is_quantity or says_something(number_format)):
            number_format = ""  # it only rounds, which matters to a quantity
        return Cell(value, self.unit, [], number_format, is_1904=self.is_1904, measure=measure)

    def _parse(self, cell: Cell) -> ParsedCell:
        value, faults = None, list[str]()
        try:
            checked(cell)
            value = self.column.parse(cell)
        except CellError as error:
            faults.append(str(error))
        if self.column.required and cell.is_empty:
            faults.append(f"“{self.column.title}”不能为空")
        if self.column.is_compared_only:
            return ParsedCell(None if faults else value, bool(faults) or cell.is_empty, ())
        notes = [(True, fault) for fault in faults] + [(False, remark) for remark in cell.remarks]
        is_said = self.column.parse is flag and says_no(cell)
        is_empty = bool(faults) or (cell.is_empty and not is_said)
        return ParsedCell(value, is_empty, tuple(notes), cell.is_unit_assumed)


def columns_of(
    grid: Grid, header: Header, around: Stated
) -> tuple[list[ColumnCells], list[tuple[str, str, str]]]:
    """Return the columns with their units, and (cell, title, message) where a unit is not known.

    `around` is what the lines around the table say of units.
    """
    columns, faults = [], []
    for name, (at, column) in header.columns.items():
        unit = ColumnUnit()
        if column.is_quantity:
            unit = column_unit(column.unit, header.stated[name], around)
        if unit.fault and column.is_compared_only:
            continue
        if unit.fault:
            faults.append((cell_name(header.row, at), column.title, unit.fault))
        columns.append(ColumnCells(name, at, column, unit.word, grid.is_1904))
    return columns, faults


def assumed_units(header: Header, assumed: set[int]) -> Iterator[tuple[str, str, str]]:
    """Yield (cell, title, message) for each column of money that was taken for yuan without a word."""
    for at, column in header.columns.values():
        if at in assumed:
            message = (
                f"没有写明金额单位，按“元”计；如以万元计，请把列名写成“{column.title}（万元）”"
            )
            yield cell_name(header.row, at), column.title, message


def row_units(
    header: Header, number: int, values: Sequence[object]
) -> Iterator[tuple[str, str, str]]:
    """Yield (cell, title, message) where a row names a unit or a currency that changes its amounts."""
    for at, title in header.unknown:
        text = as_text(values[at]) if at < len(values) else ""
        if text and (fault := row_unit_fault(without_explanation(title), text)):
            yield cell_name(number, at), title, fault


def merged_quantities(grid: Grid, header: Header) -> Iterator[tuple[str, str, str]]:
    """Yield (cell, title, message) for each amount or count that is merged over several rows."""
    quantities = {
        at: column
        for at, column in header.columns.values()
        if column.is_quantity and not column.is_compared_only
    }
    for (top, left), (bottom, right) in grid.merges:
        for at in range(left, right + 1):
            if (
                at in quantities
                and header.first_data_row <= top < bottom
                and as_text(grid.at(top, left))
            ):
                message = (
                    f"第{top + 1}—{bottom + 1}行合并为一格，数额只计入第{top + 1}行；"
                    "如由各行分摊，请取消合并后分别填写"
                )
                yield cell_name(top, at), quantities[at].title, message
