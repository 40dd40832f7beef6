"""Long and plain worksheets, whose values calamine reads four times as fast.

A sheet is plain when nothing in its bytes could be more than a value: no formula, error, hidden row
or struck-out text. The test may call a plain sheet not plain, never the other way round.
"""

from __future__ import annotations

import datetime
import io
import posixpath
import re
from collections.abc import Iterator
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from ledgers.workbooks.building import Area, merges_within
from ledgers.workbooks.formats.ooxml import BookParts, Styles
from ledgers.workbooks.formats.sheet_slices import slices_of
from ledgers.workbooks.grids import Grid, MergedRange, cell_name
from ledgers.workbooks.limits import check_area
from ledgers.workbooks.number_formats import is_rounded
from ledgers.workbooks.serials import at_midnight
from ledgers.workbooks.xml_parts import Package

#: Shorter sheets are read as quickly with the XML reader.
_LONG = 2_000_000
_CHUNK = 1 << 20
#: More bytes than a cell's text can have, even with every character as an entity.
_LONGEST = 1 << 20
#: A sheet with more merged ranges in one chunk is not plain.
_MERGES = 100
_OPENING = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
#: What a plain sheet does not contain: formulas, errors, ISO days, hidden rows and columns, other
#: quotes, comments and CDATA, struck-out runs, escaped characters.
_MORE = (b"<f", b'"e"', b'"d"', b"hidden", b' width="0', b' ht="0', b"'", b"<!", b"strike", b"_x")
#: Tags that begin as that of a cell does, beside `<c r=`.
_LIKE_CELLS = (b"<col", b"<cf", b"<conditionalF", b"<customS", b"<customP")
_MORE_IN_TEXTS = (b"strike", b"_x", b"rPh", b"<!", b"'1.0'")
#: The number of different values of a sheet that are told again.
_REMEMBERED = 20_000
#: Cells beyond column Z or row 199,999.
_FAR = re.compile(rb'<c r="(?:[A-Z]{2}|[A-Z](?:[2-9]\d{5}|\d{7}))')
_DAYS = re.compile(r"[yYmMdD/\-.\\ ]+(;@)?")
_NUMBERS = re.compile(r"General|[0#,.]+|@")


def are_plain(styles: Styles) -> bool:
    """Return whether calamine tells days from numbers in these styles, and none says more."""
    return all(
        not (shown.number_format or shown.is_struck_out or shown.is_duration or shown.is_unseen)
        for shown in styles.formats
    ) and all(_DAYS.fullmatch(code) or _NUMBERS.fullmatch(code) for code in styles.codes)


class NotPlain(Exception):
    """The worksheet may hold more than plain values."""


class PlainBytes:
    """The bytes of a worksheet; whoever reads them meets NotPlain where they are not plain."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._rest = b""
        self._has_begun = False

    def read(self, size: int) -> bytes:
        """Return the next bytes; NotPlain where they, or those before, are not plain."""
        data = self._stream.read(size)
        if not self._has_begun and _OPENING not in data[:400]:
            raise NotPlain
        self._has_begun = True
        piece, self._rest = _cut(self._rest + data) if data else (self._rest, b"")
        if not _is_plain(piece):
            raise NotPlain
        return data


def are_plain_texts(package: Package, part: str) -> bool:
    """Return whether the shared strings are plain."""
    if not part:
        return True
    try:
        with package.open(part) as stream:
            return not any(more in piece for piece in _pieces(stream) for more in _MORE_IN_TEXTS)
    except NotPlain:
        return False


def _is_plain(piece: bytes) -> bool:
    return (
        not any(more in piece for more in _MORE)
        and piece.count(b"<mergeCell ") < _MERGES
        and _has_plain_cells(piece)
        and not _FAR.search(piece)
    )


def _has_plain_cells(piece: bytes) -> bool:
    others = piece.count(b"<c") - piece.count(b'<c r="')
    return not others or others == sum(map(piece.count, _LIKE_CELLS))


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the part in pieces that end before a tag, so that no tag is cut."""
    rest = b""
    while data := stream.read(_CHUNK):
        piece, rest = _cut(rest + data)
        yield piece
    yield rest


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Return the bytes before the last tag, and the rest; NotPlain when it is longer than any cell."""
    cut = max(data.rfind(b"<"), 0)
    if len(data) - cut > _LONGEST:
        raise NotPlain
    return data[:cut], data[cut:]


class PlainSheets:
    """Reads the plain sheets of one workbook."""

    def __init__(self, package: Package, main: str, book: BookParts, styles: Styles) -> None:
        self._package, self._main, self._book = package, main, book
        self._is_possible = (
            not book.is_1904 and are_plain(styles) and are_plain_texts(package, book.strings)
        )
        #: The fewest decimals that a style shows; None where all styles show numbers in full.
        self._decimals = min(
            (shown.decimals for shown in styles.formats if shown.rounding), default=None
        )

    def read(self, name: str, part: str, area: Area) -> Grid | None:
        """Return a plain sheet; None when the sheet is not plain."""
        if not self._is_possible or self._package.size(part) < _LONG:
            return None
        rows, merges = _Rows(self._decimals), list[MergedRange]()
        try:
            for content in slices_of(self._package, part, self._others(), PlainBytes):
                sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name)
                rows.add(sheet)
                check_area(
                    name, area.cells + rows.area, cell_name(len(rows.rows) - 1, rows.width - 1)
                )
                merges = sheet.merged_cell_ranges or []
        except (NotPlain, CalamineError, OSError, ValueError):
            return None
        area.cells += rows.area
        return Grid(name, rows.filled(), merges_within(name, merges, len(rows.rows), rows.width))

    def _others(self) -> Iterator[str]:
        """Yield the parts that a workbook needs beside the sheet."""
        folder, file = posixpath.split(self._main)
        yield from ("[Content_Types].xml", "_rels/.rels", self._main)
        yield posixpath.join(folder, "_rels", f"{file}.rels")
        yield from filter(None, (self._book.styles, self._book.strings))


class _Rows:
    """The rows of a sheet, slice by slice; most equal texts and numbers are one object."""

    def __init__(self, decimals: int | None) -> None:
        self._decimals = decimals
        self.rows: list[list[object]] = []
        self.width = 0
        self._texts: dict[str, str] = {}
        self._numbers: dict[float, float] = {}

    @property
    def area(self) -> int:
        """The number of cells."""
        return len(self.rows) * self.width

    def add(self, sheet: CalamineSheet) -> None:
        """Add the rows of a slice at their place."""
        if sheet.start is None:
            return
        top, left = sheet.start
        self.rows.extend([] for _ in range(top - len(self.rows)))
        self.width = max(self.width, left + sheet.width)
        for known in (self._texts, self._numbers):
            if len(known) > _REMEMBERED:
                known.clear()
        before = [""] * left
        for row in sheet.to_python(skip_empty_area=True):
            self.rows.append(before + [self._value(value) for value in row])

    def filled(self) -> list[list[object]]:
        """Return all rows in one length."""
        for row in self.rows:
            if len(row) < self.width:
                row.extend([""] * (self.width - len(row)))
        return self.rows

    def _value(self, value: object) -> object:
        if type(value) is str:
            return self._texts.setdefault(value, value)
        if type(value) is float:
            if self._decimals is not None and is_rounded(value, self._decimals):
                raise NotPlain  # a style may show it rounded; which one is the cell's is not known
            return self._numbers.setdefault(value, value)
        return at_midnight(value) if isinstance(value, datetime.datetime) else value
