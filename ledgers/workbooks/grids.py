"""The cells of a sheet: each says what it is before it is a value."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

#: What a formula without a stored value reads as; no parser takes it.
UNCALCULATED_TEXT = "#未计算"
#: ((top, left), (bottom, right)), counted from 0, both corners included.
MergedRange = tuple[tuple[int, int], tuple[int, int]]


class CellKind(StrEnum):
    """What a cell holds."""

    EMPTY = "empty"
    NUMBER = "number"
    TEXT = "text"
    DAY = "day"
    BOOLEAN = "boolean"
    ERROR = "error"
    #: A formula whose value was never stored.
    UNCALCULATED = "uncalculated"


@dataclass(frozen=True, slots=True)
class Trait:
    """What a cell says beside its value; cells without a trait are plain."""

    #: ERROR or UNCALCULATED; other kinds follow from the value.
    kind: CellKind | None = None
    #: The code of the number format where it says something: `0.00"万元"`, `0.00,`, `0%`.
    number_format: str = ""
    #: Whether the text is struck out, in whole or in part.
    is_struck_out: bool = False
    #: Whether the text is white on white.
    is_unseen: bool = False


PLAIN_TRAIT = Trait()
ERROR_TRAIT = Trait(CellKind.ERROR)
UNCALCULATED_TRAIT = Trait(CellKind.UNCALCULATED)
STRUCK_OUT_TRAIT = Trait(is_struck_out=True)


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell with all that is known of it."""

    value: object
    kind: CellKind
    number_format: str
    is_struck_out: bool
    is_hidden: bool
    is_merged: bool


@dataclass
class Grid:
    """The cells of a sheet by (row, column), counted from 0.

    All rows are equally long, from A1 to the last cell with content. A value is None, str, float,
    bool, date, datetime, time or timedelta; an error is its text in Excel's spelling (`#DIV/0!`).
    """

    name: str
    rows: Sequence[Sequence[object]]
    #: Merged ranges within the rows.
    merges: list[MergedRange] = field(default_factory=list)
    #: Traits by row, then by column; only cells with content have one.
    traits: dict[int, dict[int, Trait]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    #: Whether the workbook counts days from 1904, so that a bare serial is 1,462 days later.
    is_1904: bool = False

    def at(self, row: int, column: int) -> object:
        """Return the cell's own value; None outside the sheet."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return None

    def forget(self, row: int) -> None:
        """Free the cells of a row that is not read again."""
        if isinstance(self.rows, list):
            self.rows[row] = ()

    def cell(self, row: int, column: int) -> GridCell:
        """Return a cell with its kind, number format and marks."""
        value, trait = self.at(row, column), self.trait(row, column)
        return GridCell(
            value,
            trait.kind or _kind_of(value),
            trait.number_format,
            trait.is_struck_out,
            row in self.hidden_rows or column in self.hidden_columns,
            any(
                top <= row <= bottom and left <= column <= right
                for (top, left), (bottom, right) in self.merges
            ),
        )

    def trait(self, row: int, column: int) -> Trait:
        """Return what a cell says beside its value."""
        return self.traits.get(row, {}).get(column, PLAIN_TRAIT)

    def spread(self) -> dict[tuple[int, int], object]:
        """Return the value of the range for every cell of every merged range."""
        filled = {}
        for (top, left), (bottom, right) in self.merges:
            value = self.at(top, left)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    filled[row, column] = value
        return filled


def _kind_of(value: object) -> CellKind:
    if value is None or value == "":
        return CellKind.EMPTY
    if isinstance(value, bool):
        return CellKind.BOOLEAN
    if isinstance(value, int | float):
        return CellKind.NUMBER
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return CellKind.DAY
    return CellKind.TEXT


def column_letters(column: int) -> str:
    """Return Excel's letters of a column: 0 → A, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return Excel's name of a cell: (0, 0) → A1."""
    return f"{column_letters(column)}{row + 1}"
