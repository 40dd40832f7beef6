"""The cells of one worksheet in XML."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledgers.workbooks.building import GridBuilder
from ledgers.workbooks.errors import error_text
from ledgers.workbooks.formats.ooxml import Strings, Styles, rich_text, unescaped
from ledgers.workbooks.grids import PLAIN_TRAIT, STRUCK_OUT_TRAIT, cell_name
from ledgers.workbooks.limits import broken
from ledgers.workbooks.number_formats import CellFormat
from ledgers.workbooks.serials import day_of_text, number_or_day
from ledgers.workbooks.xml_parts import Element, Package, free, is_true, local_name

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,7})\$?(\d{1,10})")
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
#: What a sheet may have thousands of; each is freed as it ends.
_PASSED_OVER = ("conditionalFormatting", "dataValidation", "hyperlink")


@dataclass
class Book:
    """What the sheets of a workbook share."""

    styles: Styles
    strings: Strings
    is_uncalculated: bool = False


def read_sheet(package: Package, part: str, book: Book, builder: GridBuilder) -> None:
    """Read a worksheet into the builder."""
    cells = _Cells(book, builder)
    for element in package.elements(part, "row", "mergeCell", "col", *_PASSED_OVER):
        name = local_name(element)
        if name == "row":
            cells.read_row(element)
        elif name == "col":
            _read_columns(element, builder)
        elif name == "mergeCell":
            first, _, last = element.get("ref", "").partition(":")
            builder.merge(*position(first), *position(last or first))
        free(element)


def _read_columns(element: Element, builder: GridBuilder) -> None:
    first, last = element.get("min", ""), element.get("max", "")
    if _is_hidden(element, "width") and first.isdecimal() and last.isdecimal():
        builder.hide_columns(int(first) - 1, int(last) - 1)


def _is_hidden(element: Element, size: str) -> bool:
    """Return whether a row or a column is hidden, or of no height or width."""
    return is_true(element.get("hidden")) or element.get(size) in ("0", "0.0")


def position(reference: str) -> tuple[int, int]:
    """Return (row, column) of a reference: C4 → (3, 2)."""
    match = _REFERENCE.fullmatch(reference)
    if match is None or match[2].strip("0") == "":
        raise broken(f"单元格位置“{reference[:20]}”有误")
    return int(match[2]) - 1, column_of(match[1])


def column_of(letters: str) -> int:
    """Return the number of a column: A → 0."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


class _Cells:
    """Reads the rows of a sheet; a cell without a position follows the one before it."""

    def __init__(self, book: Book, builder: GridBuilder) -> None:
        self._book, self._builder = book, builder
        self._row = -1
        #: Columns by the letters of a reference, as most cells repeat those of the row above.
        self._columns: dict[str, int] = {}

    def read_row(self, row: Element) -> None:
        """Read a row and its cells."""
        written = row.get("r")
        self._row = int(written) - 1 if written and written.isdecimal() else self._row + 1
        namespace, column = str(row.tag).removesuffix("row"), -1
        cell_tag, names = f"{namespace}c", (f"{namespace}v", f"{namespace}f", f"{namespace}is")
        for cell in row:
            if cell.tag == cell_tag:
                column = self._place(cell.get("r"), column)
                self._read_cell(cell, column, names)
        if _is_hidden(row, "ht"):
            self._builder.hide_rows(self._row, self._row)

    def _place(self, reference: str | None, previous: int) -> int:
        """Return the column of a cell, and go to its row."""
        if not reference:
            return previous + 1
        letters = reference.rstrip("0123456789")
        number = reference[len(letters) :]
        if letters in self._columns and number and number != "0":
            self._row = int(number) - 1
            return self._columns[letters]
        self._row, column = position(reference)
        self._columns[letters] = column
        return column

    def _read_cell(self, cell: Element, column: int, names: tuple[str, str, str]) -> None:
        value_tag, formula_tag, inline_tag = names
        value: str | None = None
        has_formula = False
        for part in cell:
            if part.tag == value_tag:
                value = part.text or ""
            elif part.tag == formula_tag:
                has_formula = True
            elif part.tag == inline_tag:
                text, is_struck_out = rich_text(part)
                trait = STRUCK_OUT_TRAIT if is_struck_out else PLAIN_TRAIT
                self._builder.put(self._row, column, text, self._shown(cell), trait)
                return
        if value or has_formula:
            self._put(cell, column, value, has_formula)

    def _shown(self, cell: Element) -> CellFormat:
        return self._book.styles.at(cell.get("s"))

    def _put(self, cell: Element, column: int, value: str | None, has_formula: bool) -> None:
        kind, shown, row = cell.get("t", "n"), self._shown(cell), self._row
        if has_formula and self._is_missing(kind, value):
            self._builder.leave_uncalculated(row, column, shown)
        elif kind == "e":
            self._builder.fail(row, column, error_text(value or ""), shown)
        elif kind == "s":
            self._put_shared(column, value or "", shown)
        else:
            found = self._value(kind, value or "", shown)
            self._builder.put(row, column, found, shown)

    def _is_missing(self, kind: str, value: str | None) -> bool:
        """Return whether a formula has no stored value.

        A program that cannot calculate stores 0 and asks Excel to calculate on opening.
        """
        if kind == "str":
            return value is None
        return not value or (kind == "n" and value == "0" and self._book.is_uncalculated)

    def _put_shared(self, column: int, value: str, shown: CellFormat) -> None:
        strings, at = self._book.strings, int(value)
        if not 0 <= at < len(strings.texts):
            raise broken(f"单元格{cell_name(self._row, column)}的文字丢失")
        trait = STRUCK_OUT_TRAIT if at in strings.struck_out else PLAIN_TRAIT
        self._builder.put(self._row, column, strings.texts[at], shown, trait)

    def _value(self, kind: str, value: str, shown: CellFormat) -> object:
        if kind == "n" and (value.isdecimal() or _NUMBER.fullmatch(value)):
            return number_or_day(float(value), shown, is_1904=self._builder.is_1904)
        if kind == "b":
            return is_true(value.strip())
        return day_of_text(value) if kind == "d" else unescaped(value)
