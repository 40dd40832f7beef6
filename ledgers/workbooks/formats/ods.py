"""OpenDocument spreadsheets (.ods, .fods), from whatever program wrote them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledgers.workbooks.building import Area, GridBuilder
from ledgers.workbooks.errors import error_text, is_error
from ledgers.workbooks.formats.ods_styles import NUMBER_STYLES, OdsStyles
from ledgers.workbooks.grids import PLAIN_TRAIT, STRUCK_OUT_TRAIT, Grid
from ledgers.workbooks.limits import MOST_COLUMNS, check_sheets, locked
from ledgers.workbooks.number_formats import CellFormat
from ledgers.workbooks.serials import day_of_text, moment_of, number_or_day
from ledgers.workbooks.xml_parts import (
    Element,
    Package,
    attribute,
    free,
    is_true,
    local_name,
    within,
)

_NUMBERS = ("float", "currency", "percentage")
_STYLES = ("style", *NUMBER_STYLES)
TAGS = (*_STYLES, "null-date", "table-column", "table-row", "table")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_HIDDEN = ("collapse", "filter")
_CALCULATING = ("Office", "Excel", "WPS", "Kingsoft", "Gnumeric", "Calligra", "Collabora")
_SHOWN_BOOLEANS = {"TRUE": 1.0, "FALSE": 0.0}


def read_ods(package: Package) -> tuple[list[Grid], list[str]]:
    """Return the visible sheets and the names of hidden ones; UnusableFile when it is locked."""
    manifest = "META-INF/manifest.xml"
    if manifest in package and list(package.elements(manifest, "encryption-data")):
        raise locked()
    styles = OdsStyles(is_calculated=_is_calculated(package))
    if "styles.xml" in package:
        for element in package.elements("styles.xml", *_STYLES):
            styles.add(element)
            free(element)
    return read_tables(package.elements("content.xml", *TAGS), styles)


def _is_calculated(package: Package) -> bool:
    """Return whether a program that calculates formulas wrote the document.

    A library may store 0 for a formula; it names itself as generator, or nothing.
    """
    found = package.elements("meta.xml", "generator") if "meta.xml" in package else ()
    generator = "".join(one.text or "" for one in found)
    return any(program in generator for program in _CALCULATING)


def read_tables(elements: Iterable[Element], styles: OdsStyles) -> tuple[list[Grid], list[str]]:
    """Read the sheets from the elements of a document."""
    document = _Document(styles)
    for element in elements:
        document.take(element)
    return document.visible, document.hidden


@dataclass
class _Document:
    """Reads the tables of a document as their elements end."""

    styles: OdsStyles
    visible: list[Grid] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    _area: Area = field(default_factory=Area)
    _is_1904: bool = False
    _table: _Table | None = None

    def take(self, element: Element) -> None:
        """Take an element that has ended."""
        name = local_name(element)
        if name == "table":
            self._end(element)
        elif name == "table-row":
            self._open(element).read_row(element)
            free(element)
        elif name == "table-column":
            self._open(element).read_column(element)
        elif name == "null-date":
            self._is_1904 = (attribute(element, "date-value") or "").startswith("1904")
        else:
            self.styles.add(element)
            free(element)

    def _open(self, element: Element) -> _Table:
        if self._table is None:
            parent = within(element, "table")
            name = attribute(parent, "name") or f"Sheet{len(self.visible) + len(self.hidden) + 1}"
            builder = GridBuilder(name, self._area, is_1904=self._is_1904)
            self._table = _Table(self.styles, builder)
        return self._table

    def _end(self, element: Element) -> None:
        table, self._table = self._table, None
        if table is None:
            return
        if self.styles.is_displayed(attribute(element, "style-name")):
            self.visible.append(table.builder.build())
        else:
            self.hidden.append(table.builder.name)
        check_sheets(len(self.visible) + len(self.hidden))
        free(element)


def _times(element: Element, name: str) -> int:
    written = attribute(element, name) or "1"
    return max(int(written), 1) if written.isdecimal() else 1


@dataclass
class _Table:
    """Reads the rows of a table."""

    styles: OdsStyles
    builder: GridBuilder
    _row: int = 0
    _column: int = 0
    #: The styles of the columns, for cells that name none.
    _column_styles: list[str | None] = field(default_factory=list)

    def read_column(self, element: Element) -> None:
        """Read the default style of some columns, and whether they are hidden."""
        times, style = (
            _times(element, "number-columns-repeated"),
            attribute(element, "default-cell-style-name"),
        )
        if attribute(element, "visibility") in _HIDDEN:
            self.builder.hide_columns(self._column, self._column + times - 1)
        self._column += times
        room = MOST_COLUMNS - len(self._column_styles)
        self._column_styles.extend([style] * min(times, room))

    def read_row(self, row: Element) -> None:
        """Read a row as often as it is repeated."""
        times = _times(row, "number-rows-repeated")
        cells = list(self._cells(row))
        for number in range(self._row, self._row + times) if cells else ():
            for column, cell in cells:
                cell.put(self.builder, number, column)
        if attribute(row, "visibility") in _HIDDEN:
            self.builder.hide_rows(self._row, self._row + times - 1)
        self._row += times

    def _cells(self, row: Element) -> Iterator[tuple[int, _Cell]]:
        """Yield (column, cell) for the cells with content; merge ranges on the way."""
        column = 0
        default = attribute(row, "default-cell-style-name")
        for element in row:
            if local_name(element) not in ("table-cell", "covered-table-cell"):
                continue
            times = _times(element, "number-columns-repeated")
            self._merge(element, column)
            if len(element) or _is_formula(element) or attribute(element, "value-type"):
                for at in range(column, column + times):
                    style = attribute(element, "style-name") or self._style_at(at) or default
                    yield at, _Cell(element, self.styles, self.styles.format_of(style))
                    if at >= MOST_COLUMNS:
                        break  # the builder refuses a cell so far away
            column += times

    def _style_at(self, column: int) -> str | None:
        return self._column_styles[column] if column < len(self._column_styles) else None

    def _merge(self, element: Element, column: int) -> None:
        rows = _times(element, "number-rows-spanned")
        columns = _times(element, "number-columns-spanned")
        if rows > 1 or columns > 1:
            self.builder.merge(self._row, column, self._row + rows - 1, column + columns - 1)


def _is_formula(element: Element) -> bool:
    return attribute(element, "formula") is not None


class _Cell:
    """One cell of a row."""

    def __init__(self, element: Element, styles: OdsStyles, shown: CellFormat) -> None:
        self._element, self._styles, self._shown = element, styles, shown
        self._is_struck_out = False
        self._text = "\n".join(
            "".join(self._texts(one)) for one in element if local_name(one) in ("p", "h")
        )

    def put(self, builder: GridBuilder, row: int, column: int) -> None:
        """Set the cell in the sheet."""
        element, shown = self._element, self._shown
        has_formula = _is_formula(element)
        is_failed = element.get(_CALCEXT_TYPE) == "error"
        if is_failed or (has_formula and is_error(self._text)):
            builder.fail(row, column, error_text(self._text), shown)
            return
        kind = self._kind()
        if has_formula and self._is_left(kind):
            builder.leave_uncalculated(row, column, shown)
            return
        trait = STRUCK_OUT_TRAIT if self._is_struck_out else PLAIN_TRAIT
        builder.put(row, column, self._value(kind, builder), shown, trait)

    def _is_left(self, kind: str) -> bool:
        """Return whether a formula has no result, or one that nobody calculated."""
        is_number = kind in _NUMBERS and attribute(self._element, "value") == "0"
        return not kind or (is_number and not self._styles.is_calculated)

    def _kind(self) -> str:
        kind = attribute(self._element, "value-type") or ""
        return kind if kind != "error" else "string"

    def _value(self, kind: str, builder: GridBuilder) -> object:
        if kind in _NUMBERS:
            written = attribute(self._element, "value") or ""
            if written and _SHOWN_BOOLEANS.get(self._text) == float(written):
                return written == "1"
            if _NUMBER.fullmatch(written):
                return number_or_day(float(written), self._shown, is_1904=builder.is_1904)
        elif kind == "date" and (day := attribute(self._element, "date-value")):
            return day_of_text(day)
        elif kind == "time" and (time := attribute(self._element, "time-value")):
            return _time_of(time)
        elif kind == "boolean" and (flag := attribute(self._element, "boolean-value")):
            return is_true(flag)
        return attribute(self._element, "string-value") or self._text

    def _texts(self, element: Element) -> Iterator[str]:
        """Yield the texts of a paragraph; blanks and breaks have elements of their own."""
        yield element.text or ""
        for part in element:
            name = local_name(part)
            if name == "s":
                yield " " * min(_times(part, "c"), 100)
            elif name in ("tab", "line-break"):
                yield "\t" if name == "tab" else "\n"
            elif name in ("span", "a", "ruby", "ruby-base"):
                yield from self._marked(part)
            yield part.tail or ""

    def _marked(self, span: Element) -> Iterator[str]:
        is_struck_out = self._styles.is_struck_out(attribute(span, "style-name"))
        for text in self._texts(span):
            self._is_struck_out |= is_struck_out and bool(text.strip())
            yield text


_CALCEXT_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


def _time_of(written: str) -> object:
    """Return `PT08H30M00S` as a time; longer than a day, as a length of time."""
    match = _DURATION.fullmatch(written)
    if match is None:
        return written
    sign, days, hours, minutes, seconds = match.groups()
    length = datetime.timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=float(seconds or 0),
    )
    if sign or length >= datetime.timedelta(days=1):
        return -length if sign else length
    return moment_of(length.total_seconds() / 86_400)
