"""XML spreadsheets of Excel 2003, which other systems still export, often named .xls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ledgers.workbooks.building import Area, GridBuilder
from ledgers.workbooks.errors import error_text, is_error
from ledgers.workbooks.grids import PLAIN_TRAIT, STRUCK_OUT_TRAIT, Grid
from ledgers.workbooks.limits import check_sheets
from ledgers.workbooks.number_formats import GENERAL, PLAIN, CellFormat, cell_format
from ledgers.workbooks.serials import day_of_text, number_or_day
from ledgers.workbooks.xml_parts import (
    Element,
    attribute,
    free,
    is_true,
    local_name,
    text_elements,
    within,
)

NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_TAGS = ("Style", "Date1904", "Column", "Row", "Visible", "Worksheet")
#: Number formats that have names instead of codes.
_NAMED = {
    "General Number": GENERAL,
    "Currency": '"¥"#,##0.00',
    "Euro Currency": "[$€-2]#,##0.00",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    **dict.fromkeys(("General Date", "Long Date", "Medium Date", "Short Date"), "yyyy-mm-dd"),
    **dict.fromkeys(("Long Time", "Medium Time", "Short Time"), "h:mm:ss"),
}


def read_spreadsheetml(text: str) -> tuple[list[Grid], list[str]]:
    """Return the visible sheets and the names of hidden ones."""
    document = _Document()
    for element in text_elements(text, *_TAGS):
        document.take(element)
    return document.visible, document.hidden


@dataclass
class _Document:
    """Reads the worksheets as their elements end."""

    visible: list[Grid] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    _formats: dict[str, CellFormat] = field(default_factory=dict)
    _codes: dict[str, str] = field(default_factory=dict)
    _area: Area = field(default_factory=Area)
    _is_1904: bool = False
    _is_hidden: bool = False
    _sheet: _Sheet | None = None

    def take(self, element: Element) -> None:
        """Take an element that has ended."""
        name = local_name(element)
        if name == "Style":
            self._add_style(element)
        elif name == "Date1904":
            self._is_1904 = True
        elif name == "Row":
            self._open(element).read_row(element)
            free(element)
        elif name == "Column":
            self._open(element).read_column(element)
        elif name == "Visible":
            self._is_hidden = (element.text or "").strip() in ("SheetHidden", "SheetVeryHidden")
        else:
            self._end(attribute(element, "Name") or "")
            free(element)

    def _add_style(self, element: Element) -> None:
        """Add a style; what it leaves open follows its parent."""
        parent = attribute(element, "Parent") or "Default"
        code, is_struck_out = self._codes.get(parent, GENERAL), False
        if parent in self._formats:
            is_struck_out = self._formats[parent].is_struck_out
        for part in element:
            if local_name(part) == "NumberFormat":
                code = attribute(part, "Format") or GENERAL
            elif local_name(part) == "Font":
                is_struck_out = is_true(attribute(part, "StrikeThrough"))
        name = attribute(element, "ID") or ""
        self._codes[name] = _NAMED.get(code, code)
        self._formats[name] = cell_format(self._codes[name], is_struck_out)

    def _open(self, element: Element) -> _Sheet:
        if self._sheet is None:
            sheet = within(element, "Worksheet")
            builder = GridBuilder(attribute(sheet, "Name") or "", self._area, is_1904=self._is_1904)
            self._sheet = _Sheet(self._formats, builder)
        return self._sheet

    def _end(self, name: str) -> None:
        sheet, self._sheet = self._sheet, None
        if self._is_hidden:
            self.hidden.append(name)
        elif sheet is not None:
            self.visible.append(sheet.builder.build())
        self._is_hidden = False
        check_sheets(len(self.visible) + len(self.hidden))


def _number(element: Element, name: str, default: int) -> int:
    written = attribute(element, name) or ""
    return int(written) if written.isdecimal() else default


@dataclass
class _Sheet:
    """Reads the rows of a worksheet; `Index` and spans are counted from 1 and from 0."""

    formats: dict[str, CellFormat]
    builder: GridBuilder
    _row: int = -1
    _column: int = -1

    def read_column(self, element: Element) -> None:
        """Read whether some columns are hidden."""
        first = _number(element, "Index", self._column + 2) - 1
        self._column = first + _number(element, "Span", 0)
        if is_true(attribute(element, "Hidden")):
            self.builder.hide_columns(first, self._column)

    def read_row(self, row: Element) -> None:
        """Read a row and its cells."""
        self._row = _number(row, "Index", self._row + 2) - 1
        last = self._row + _number(row, "Span", 0)
        if is_true(attribute(row, "Hidden")):
            self.builder.hide_rows(self._row, last)
        column = 0
        for cell in row:
            if local_name(cell) == "Cell":
                column = _number(cell, "Index", column + 1) - 1
                self._read_cell(cell, column)
                column += 1 + self._merge(cell, column)
        self._row = last

    def _merge(self, cell: Element, column: int) -> int:
        across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
        if across or down:
            self.builder.merge(self._row, column, self._row + down, column + across)
        return across

    def _read_cell(self, cell: Element, column: int) -> None:
        shown = self.formats.get(attribute(cell, "StyleID") or "", PLAIN)
        data = next((one for one in cell if local_name(one) == "Data"), None)
        text = "" if data is None else "".join(data.itertext())
        kind = None if data is None else attribute(data, "Type")
        if not text and kind != "String" and attribute(cell, "Formula"):
            self.builder.leave_uncalculated(self._row, column, shown)
        if data is None or not text:
            return
        if kind == "Error" or (attribute(cell, "Formula") and is_error(text)):
            self.builder.fail(self._row, column, error_text(text), shown)
            return
        trait = STRUCK_OUT_TRAIT if any(_struck_texts(data)) else PLAIN_TRAIT
        self.builder.put(self._row, column, self._value(kind, text, shown), shown, trait)

    def _value(self, kind: str | None, text: str, shown: CellFormat) -> object:
        if kind == "Number":
            try:
                return number_or_day(float(text), shown, is_1904=self.builder.is_1904)
            except (ValueError, OverflowError):
                return text
        if kind == "Boolean":
            return is_true(text.strip())
        return day_of_text(text.strip()) if kind == "DateTime" else text


def _struck_texts(data: Element) -> Iterator[str]:
    for part in data.iter("*"):
        if local_name(part) == "S":
            yield "".join(part.itertext()).strip()
