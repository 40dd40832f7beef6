"""Binary workbooks (.xlsb): the records of [MS-XLSB] that a ledger needs."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ledgers.workbooks.building import GridBuilder
from ledgers.workbooks.errors import BY_CODE, OTHER
from ledgers.workbooks.formats.ooxml import BookParts, Strings, Styles, add_sheet, parts_by_kind
from ledgers.workbooks.formats.ooxml_sheets import Book
from ledgers.workbooks.grids import PLAIN_TRAIT, STRUCK_OUT_TRAIT, cell_name
from ledgers.workbooks.limits import broken, check_sheets
from ledgers.workbooks.number_formats import BUILT_IN, GENERAL, CellFormat, cell_format
from ledgers.workbooks.serials import number_or_day
from ledgers.workbooks.xml_parts import Package

# Records of the workbook, the styles and the strings.
_SHEET, _BOOK_PROPERTIES, _CALCULATION = 156, 153, 157
_FORMAT, _FONT, _STYLE, _STYLES_BEGIN, _STYLES_END = 44, 43, 47, 617, 618
_STRING = 19
# Records of a sheet.
_ROW, _COLUMNS, _MERGED = 0, 60, 176
_RK, _ERROR, _BOOLEAN, _REAL, _TEXT, _SHARED = 2, 3, 4, 5, 6, 7
_FORMULA_TEXT, _FORMULA_REAL, _FORMULA_BOOLEAN, _FORMULA_ERROR = 8, 9, 10, 11
_RICH_TEXT = 62
#: The short forms of records 2 to 7, whose column follows that of the cell before.
_SHORT = {13: _RK, 14: _ERROR, 15: _BOOLEAN, 16: _REAL, 17: _TEXT, 18: _SHARED}
_BLANK, _SHORT_BLANK = 1, 12
_CELLS = frozenset((*range(_BLANK, _SHORT_BLANK), _RICH_TEXT))
_STATES = {0: "visible", 1: "hidden", 2: "veryHidden"}


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (type, data) of each record of a part."""
    position, end = 0, len(data)
    while position < end:
        kind = data[position]
        position += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[position] & 0x7F) << 7
            position += 1
        length = shift = 0
        while True:
            byte = data[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift == 28:
                break
        if position + length > end:
            raise broken()
        yield kind, data[position : position + length]
        position += length


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _text(data: bytes, at: int) -> tuple[str, int]:
    """Return a counted text of UTF-16 and where it ends; a null text is empty."""
    length = _u32(data, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(data):
        raise broken()
    return data[at + 4 : end].decode("utf-16-le"), end


# --- the parts that sheets share ----------------------------------------------------------------


def read_parts(package: Package, main: str) -> BookParts:
    """Read the list of sheets and where their parts are."""
    relations = package.relations(main)
    book = parts_by_kind(package, relations)
    for kind, data in records(package.read(main)):
        if kind == _BOOK_PROPERTIES:
            book.is_1904 = bool(data[0] & 1)
        elif kind == _CALCULATION and len(data) > 24:
            book.is_uncalculated = bool(data[24] & 1)
        elif kind == _SHEET:
            identity, at = _text(data, 8)
            name, _ = _text(data, at)
            relation = relations.get(identity, ("", ""))
            add_sheet(book, package, name, *relation, _STATES.get(_u32(data, 0)))
    check_sheets(len(book.sheets))
    return book


def read_styles(package: Package, part: str) -> Styles:
    """Return the cell styles; none without a part of styles."""
    codes, styles, struck_out = dict(BUILT_IN), Styles(), list[bool]()
    is_cell_style = False
    for kind, data in records(package.read(part)) if part else ():
        if kind == _FORMAT:
            codes[_u16(data, 0)] = _text(data, 2)[0]
        elif kind == _FONT:
            struck_out.append(bool(_u16(data, 2) & 0x8))
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            is_cell_style = kind == _STYLES_BEGIN
        elif kind == _STYLE and is_cell_style:
            code, font = codes.get(_u16(data, 2), GENERAL), _u16(data, 4)
            styles.formats.append(cell_format(code, font < len(struck_out) and struck_out[font]))
    styles.struck_out_fonts = {at for at, is_struck_out in enumerate(struck_out) if is_struck_out}
    return styles


def read_strings(package: Package, part: str, styles: Styles) -> Strings:
    """Return the shared strings; none without a part of strings."""
    strings = Strings()
    for kind, data in records(package.read(part)) if part else ():
        if kind == _STRING:
            text, is_struck_out = _rich_text(data, 0, styles)
            if is_struck_out:
                strings.struck_out.add(len(strings.texts))
            strings.texts.append(text)
    return strings


def _rich_text(data: bytes, at: int, styles: Styles) -> tuple[str, bool]:
    """Return a text that may have runs of fonts, and whether a part of it is struck out."""
    text, end = _text(data, at + 1)
    if not data[at] & 1 or not styles.struck_out_fonts:
        return text, False
    count = _u32(data, end)
    runs = [
        (_u16(data, start), _u16(data, start + 2))
        for start in range(end + 4, min(end + 4 + 4 * count, len(data) - 3), 4)
    ]
    ends = [start for start, _ in runs[1:]] + [len(text)]
    return text, any(
        font in styles.struck_out_fonts and text[start:last].strip()
        for (start, font), last in zip(runs, ends, strict=True)
    )


# --- cells --------------------------------------------------------------------------------------


def read_sheet(package: Package, part: str, book: Book, builder: GridBuilder) -> None:
    """Read a worksheet into the builder."""
    cells = _Cells(book, builder)
    for kind, data in records(package.read(part)):
        if kind == _ROW:
            cells.begin_row(data)
        elif kind in _CELLS:
            cells.read(kind, _u32(data, 0), data[4:])
        elif kind in _SHORT or kind == _SHORT_BLANK:
            cells.read(_SHORT.get(kind, _BLANK), cells.column + 1, data)
        elif kind == _COLUMNS and data[16] & 1:
            builder.hide_columns(_u32(data, 0), _u32(data, 4))
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", data)
            builder.merge(top, left, bottom, right)


class _Cells:
    """Reads the cells of a sheet."""

    def __init__(self, book: Book, builder: GridBuilder) -> None:
        self._book, self._builder = book, builder
        self._row, self.column = 0, -1

    def begin_row(self, data: bytes) -> None:
        """Go to a row; it may be hidden."""
        self._row, self.column = _u32(data, 0), -1
        if len(data) > 11 and data[11] & 0x10:
            self._builder.hide_rows(self._row, self._row)

    def read(self, kind: int, column: int, data: bytes) -> None:
        """Read a cell from its style on."""
        self.column = column
        shown = self._book.styles.format_at(_u32(data, 0) & 0xFFFFFF)
        builder, row, value = self._builder, self._row, data[4:]
        if kind in (_ERROR, _FORMULA_ERROR):
            builder.fail(row, column, BY_CODE.get(value[0], OTHER), shown)
        elif kind in (_SHARED, _RICH_TEXT):
            text, is_struck_out = self._shared(value) if kind == _SHARED else self._rich(value)
            builder.put(
                row, column, text, shown, STRUCK_OUT_TRAIT if is_struck_out else PLAIN_TRAIT
            )
        elif kind in (_TEXT, _FORMULA_TEXT):
            builder.put(row, column, _text(value, 0)[0], shown)
        elif kind in (_BOOLEAN, _FORMULA_BOOLEAN):
            builder.put(row, column, bool(value[0]), shown)
        elif kind != _BLANK:
            self._put_number(kind, column, value, shown)

    def _put_number(self, kind: int, column: int, value: bytes, shown: CellFormat) -> None:
        number = _rk(_u32(value, 0)) if kind == _RK else struct.unpack_from("<d", value)[0]
        if kind == _FORMULA_REAL and number == 0 and self._book.is_uncalculated:
            self._builder.leave_uncalculated(self._row, column, shown)
            return
        found = number_or_day(number, shown, is_1904=self._builder.is_1904)
        self._builder.put(self._row, column, found, shown)

    def _shared(self, value: bytes) -> tuple[str, bool]:
        strings, at = self._book.strings, _u32(value, 0)
        if at >= len(strings.texts):
            raise broken(f"单元格{cell_name(self._row, self.column)}的文字丢失")
        return strings.texts[at], at in strings.struck_out

    def _rich(self, value: bytes) -> tuple[str, bool]:
        return _rich_text(value, 0, self._book.styles)


def _rk(packed: int) -> float:
    """Return a number packed into 30 bits ([MS-XLSB] 2.5.122)."""
    if packed & 2:
        number = float((packed >> 2) - (1 << 30 if packed & 0x80000000 else 0))
    else:
        number = float(struct.unpack("<d", b"\0\0\0\0" + (packed & ~3).to_bytes(4, "little"))[0])
    return number / 100 if packed & 1 else number
