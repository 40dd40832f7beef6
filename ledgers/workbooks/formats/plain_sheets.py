"""Long and plain worksheets, whose values calamine reads four times as fast.

A sheet is plain when nothing in its bytes could be more than a value: no formula, error, hidden row
or struck-out text. The test may call a plain sheet not plain, never the other way round.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from ledgers.workbooks.building import Area, merges_within
from ledgers.workbooks.formats.ooxml import BookParts, Styles
from ledgers.workbooks.grids import Grid, cell_name
from ledgers.workbooks.limits import check_area
from ledgers.workbooks.serials import at_midnight
from ledgers.workbooks.xml_parts import Package

#: Shorter sheets are read as quickly with the XML reader.
_LONG = 2_000_000
_CHUNK = 1 << 20
#: A sheet with more merged ranges in one chunk is not plain.
_MERGES = 100
_OPENING = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
#: What a plain sheet does not contain: formulas, errors, ISO days, hidden rows, other quotes,
#: comments and CDATA, struck-out runs, escaped characters.
_MORE = (b"<f", b'"e"', b'"d"', b"hidden", b"'", b"<!", b"strike", b"_x", b"<c>")
_MORE_IN_TEXTS = (b"strike", b"_x", b"rPh", b"<!", b"'1.0'")
#: Cells beyond column Z or row 199,999.
_FAR = re.compile(rb'<c r="(?:[A-Z]{2}|[A-Z](?:[2-9]\d{5}|\d{7}))')
_DAYS = re.compile(r"[yYmMdD/\-.\\ ]+(;@)?")
_NUMBERS = re.compile(r"General|[0#,.]+|@")


def are_plain(styles: Styles) -> bool:
    """Return whether calamine tells days from numbers in these styles, and none says more."""
    return all(
        not (shown.number_format or shown.is_struck_out or shown.is_duration)
        for shown in styles.formats
    ) and all(_DAYS.fullmatch(code) or _NUMBERS.fullmatch(code) for code in styles.codes)


def is_plain(package: Package, part: str) -> bool:
    """Return whether a worksheet is long, and plain in every byte."""
    if package.size(part) < _LONG:
        return False
    with package.open(part) as stream:
        pieces = _pieces(stream)
        first = next(pieces, b"")
        return _OPENING in first[:400] and _is_plain(first) and all(map(_is_plain, pieces))


def are_plain_texts(package: Package, part: str) -> bool:
    """Return whether the shared strings are plain."""
    if not part:
        return True
    with package.open(part) as stream:
        return not any(more in piece for piece in _pieces(stream) for more in _MORE_IN_TEXTS)


def _is_plain(piece: bytes) -> bool:
    return (
        not any(more in piece for more in _MORE)
        and piece.count(b"<mergeCell ") < _MERGES
        and piece.count(b"<c ") == piece.count(b'<c r="')
        and not _FAR.search(piece)
    )


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the part in pieces that end before a tag, so that no tag is cut."""
    rest = b""
    while data := stream.read(_CHUNK):
        data = rest + data
        cut = data.rfind(b"<") if data.count(b"<") > 1 else len(data)
        rest = data[cut:]
        yield data[:cut]
    yield rest


class PlainSheets:
    """Reads the plain sheets of one workbook."""

    def __init__(self, content: bytes, package: Package, book: BookParts, styles: Styles) -> None:
        self._content, self._package = content, package
        self._is_possible = (
            not book.is_1904 and are_plain(styles) and are_plain_texts(package, book.strings)
        )
        self._book: CalamineWorkbook | None = None

    def read(self, name: str, part: str, area: Area) -> Grid | None:
        """Return a plain sheet; None when the sheet is not plain."""
        if not self._is_possible or not is_plain(self._package, part):
            return None
        try:
            if self._book is None:
                self._book = CalamineWorkbook.from_filelike(io.BytesIO(self._content))
            sheet = self._book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError):
            return None
        width = len(rows[0]) if rows else 0
        area.cells += len(rows) * width
        check_area(name, area.cells, cell_name(len(rows) - 1, width - 1))
        for row in rows:
            for at, value in enumerate(row):
                if isinstance(value, datetime.datetime):
                    row[at] = at_midnight(value)
        return Grid(
            name, rows, merges_within(name, sheet.merged_cell_ranges or (), len(rows), width)
        )
