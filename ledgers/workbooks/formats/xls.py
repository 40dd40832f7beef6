"""Excel 97–2003 workbooks (.xls) and WPS workbooks (.et), by xlrd."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import xlrd
from xlrd.book import Book
from xlrd.compdoc import SIGNATURE, CompDoc
from xlrd.formatting import XFBackground
from xlrd.sheet import Sheet

from ledgers.workbooks.building import Area, GridBuilder
from ledgers.workbooks.errors import BY_CODE, OTHER
from ledgers.workbooks.grids import PLAIN_TRAIT, STRUCK_OUT_TRAIT, Grid, cell_name
from ledgers.workbooks.limits import (
    another_kind,
    broken,
    check_area,
    check_position,
    check_sheets,
    locked,
)
from ledgers.workbooks.number_formats import BUILT_IN, GENERAL, PLAIN, CellFormat, cell_format
from ledgers.workbooks.serials import number_or_day

#: Streams of a compound file by the kind of document that they make.
_OTHER_KINDS = {
    "WordDocument": "Word 文档",
    "PowerPoint Document": "演示文稿",
    "VisioDocument": "Visio 绘图",
    "__properties_version1.0": "电子邮件",
}
_LOCKED_STREAMS = {"EncryptedPackage", "EncryptionInfo"}
_WORKBOOK_STREAMS = ("Workbook", "Book")
# Records of [MS-XLS].
_FORMULA, _BOUNDSHEET, _BOF, _EOF, _RECALC_ID = 0x0006, 0x0085, 0x0809, 0x000A, 0x01C1
_WORKSHEET = 0x00
#: White in the palette of .xls.
_WHITE = (1, 9)
_MANY_NUMBERS = 0x00BD
#: Cells with content: FORMULA, MULRK, RSTRING, LABELSST, NUMBER, LABEL, BOOLERR, RK.
_CELLS = frozenset((_FORMULA, _MANY_NUMBERS, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E))
_POSITION = struct.Struct("<HH")
_RECORD = struct.Struct("<HH")
_FORMULA_HEAD = struct.Struct("<HHH8sH")
_CALCULATED_ON_LOAD = 0x0002
#: What formulas hold that were never calculated: 0, or an empty text.
_NO_RESULTS = (bytes(8), b"\x03\0\0\0\0\0\xff\xff")


def read_xls(content: bytes) -> tuple[list[Grid], list[str]]:
    """Return the visible sheets and the names of hidden ones; UnusableFile for other documents."""
    stream = _workbook_stream(content)
    try:
        book = xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            ragged_rows=True,
            on_demand=True,  # one sheet at a time is in memory
            logfile=io.StringIO(),
        )
    except xlrd.XLRDError as error:
        raise locked() if "encrypted" in str(error) else broken() from error
    except Exception as error:  # xlrd raises whatever a damaged record leads to
        raise broken() from error
    check_sheets(book.nsheets)
    visible, hidden, area = [], [], Area()
    starts, is_calculated = _starts(stream)
    for at, (name, (start, is_hidden)) in enumerate(zip(book.sheet_names(), starts, strict=False)):
        if is_hidden:
            hidden.append(name)
            continue
        empty = _scanned(stream, start, name, area, is_calculated)
        try:
            sheet = book.sheet_by_index(at)
        except Exception as error:  # as above
            raise broken() from error
        visible.append(_Reader(book, sheet, area, empty).grid())
        book.unload_sheet(at)
    return visible, hidden


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream of the workbook; UnusableFile for a locked one and for other documents."""
    if not content.startswith(SIGNATURE):
        return content  # a workbook of Excel 95 or older may stand outside a compound file
    try:
        document = CompDoc(content, logfile=io.StringIO())
        names = {entry.name for entry in document.dirlist}
        for name in _WORKBOOK_STREAMS:
            if found := document.get_named_stream(name):
                return bytes(found)
    except Exception as error:  # as above
        raise broken() from error
    if names & _LOCKED_STREAMS:
        raise locked()
    for name, kind in _OTHER_KINDS.items():
        if name in names:
            raise another_kind(kind)
    raise broken("其中没有工作簿")


# --- records ------------------------------------------------------------------------------------


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield (type, data) of the records from a position on."""
    while position + _RECORD.size <= len(stream):
        kind, length = _RECORD.unpack_from(stream, position)
        position += _RECORD.size
        yield kind, stream[position : position + length]
        position += length


def _starts(stream: bytes) -> tuple[list[tuple[int, bool]], bool]:
    """Return where the worksheets begin and which are hidden; and whether formulas are calculated.

    The oldest formats have a single sheet, which begins at 0.
    """
    starts, is_calculated = [], False
    for kind, data in _records(stream, 0):
        if kind == _EOF:
            break
        if kind == _BOUNDSHEET and len(data) > 6 and data[5] == _WORKSHEET:
            starts.append((int.from_bytes(data[:4], "little"), bool(data[4] & 3)))
        is_calculated |= kind == _RECALC_ID
    return starts or [(0, False)], is_calculated


def _scanned(
    stream: bytes, start: int, name: str, area: Area, is_calculated: bool
) -> set[tuple[int, int]]:
    """Check the area of a sheet before xlrd takes memory for it; return its formulas without a
    result, as programs write that do not calculate."""
    found: set[tuple[int, int]] = set()
    depth = height = width = 0
    for kind, data in _records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            break
        if kind not in _CELLS or len(data) < 6:
            continue
        row, column = _POSITION.unpack_from(data)
        last = int.from_bytes(data[-2:], "little") if kind == _MANY_NUMBERS else column
        height, width = max(height, row + 1), max(width, last + 1)
        if kind == _FORMULA and len(data) >= _FORMULA_HEAD.size:
            _, _, _, result, flags = _FORMULA_HEAD.unpack_from(data)
            if result in _NO_RESULTS and (not is_calculated or flags & _CALCULATED_ON_LOAD):
                found.add((row, column))
    check_position(name, height - 1, width - 1, cell_name(height - 1, width - 1))
    check_area(name, area.cells + height * width, cell_name(height - 1, width - 1))
    return found


# --- cells --------------------------------------------------------------------------------------


class _Reader:
    """Reads one sheet."""

    def __init__(
        self, book: Book, sheet: Sheet, area: Area, uncalculated: set[tuple[int, int]]
    ) -> None:
        self._book, self._sheet, self._uncalculated = book, sheet, uncalculated
        self._builder = GridBuilder(sheet.name, area, is_1904=book.datemode == 1)
        self._formats: dict[int, CellFormat] = {}

    def grid(self) -> Grid:
        """Return the cells, merged ranges and hidden rows and columns."""
        sheet, builder = self._sheet, self._builder
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                self._put(row, column)
        for top, bottom, left, right in sheet.merged_cells:
            builder.merge(top, left, bottom - 1, right - 1)
        for row, info in sheet.rowinfo_map.items():
            if info.hidden:
                builder.hide_rows(row, row)
        for column, shown in sheet.colinfo_map.items():
            if shown.hidden:
                builder.hide_columns(column, column)
        return builder.build()

    def _put(self, row: int, column: int) -> None:
        kind, value = self._sheet.cell_type(row, column), self._sheet.cell_value(row, column)
        if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            return
        shown, builder = self._format(row, column), self._builder
        if (row, column) in self._uncalculated:
            builder.leave_uncalculated(row, column, shown)
        elif kind == xlrd.XL_CELL_ERROR:
            builder.fail(row, column, BY_CODE.get(value, OTHER), shown)
        elif kind == xlrd.XL_CELL_TEXT:
            is_struck_out = self._has_struck_run(row, column, value)
            builder.put(
                row, column, value, shown, STRUCK_OUT_TRAIT if is_struck_out else PLAIN_TRAIT
            )
        elif kind == xlrd.XL_CELL_BOOLEAN:
            builder.put(row, column, bool(value), shown)
        else:
            found = number_or_day(float(value), shown, is_1904=builder.is_1904)
            builder.put(row, column, found, shown)

    def _format(self, row: int, column: int) -> CellFormat:
        index = self._sheet.cell_xf_index(row, column)
        if index not in self._formats:
            self._formats[index] = self._format_of(index)
        return self._formats[index]

    def _format_of(self, index: int) -> CellFormat:
        if not 0 <= index < len(self._book.xf_list):
            return PLAIN
        style = self._book.xf_list[index]
        written = self._book.format_map.get(style.format_key)
        code = (written and written.format_str) or BUILT_IN.get(style.format_key, GENERAL)
        is_unseen = self._is_white(style.font_index) and _is_bare(style.background)
        return cell_format(code, self._is_struck(style.font_index), is_unseen)

    def _is_struck(self, font: int) -> bool:
        fonts = self._book.font_list
        return 0 <= font < len(fonts) and bool(fonts[font].struck_out)

    def _is_white(self, font: int) -> bool:
        fonts = self._book.font_list
        return 0 <= font < len(fonts) and fonts[font].colour_index in _WHITE

    def _has_struck_run(self, row: int, column: int, text: str) -> bool:
        runs = self._sheet.rich_text_runlist_map.get((row, column))
        if not runs:
            return False
        ends = [start for start, _ in runs[1:]] + [len(text)]
        return any(
            self._is_struck(font) and text[start:end].strip()
            for (start, font), end in zip(runs, ends, strict=True)
        )


def _is_bare(background: XFBackground) -> bool:
    """Return whether a fill leaves a cell white."""
    pattern = background.fill_pattern
    return pattern == 0 or (pattern == 1 and background.pattern_colour_index in _WHITE)
