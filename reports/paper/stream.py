"""Writes ledgers of any length: openpyxl makes the book, rows go straight into the archive.

A ledger sheet is laid out with one template row. While the archive is written again with fixed
times, the rows take that row's place and the styles of its cells; they may be an iterator, and only
a block of them is held at a time. The same book and rows make the same bytes (with the same zlib).
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.paper.sheets import CENTRE, HEAD, LEFT, RIGHT, UNWRITABLE, put

#: The number of rows that a sheet can hold, heads included.
MOST_ROWS = 1_048_576
#: Kind of column → number format and alignment; money is in yuan.
STYLES: dict[str, tuple[str, Alignment]] = {
    "text": ("@", LEFT),
    "money": ("#,##0.00", RIGHT),
    "count": ("#,##0", RIGHT),
    "day": ("yyyy-mm-dd", CENTRE),
}
_SUMMED = ("money", "count")

_FIXED_ZIP_TIME = (2000, 1, 1, 0, 0, 0)
_BLOCK = 1000
#: Points: a line, the highest row, and the margin of a cell (characters). Not every program finds
#: the height of a row with wrapped text, so it is written.
_LINE, _TALLEST, _MARGIN = 15, 400, 2
_LONGEST = 32_767  # characters of a cell
_EXCEL_DAY_ZERO = 693_594  # ordinal of 1899-12-30
#: Excel takes 1900 for a leap year, so earlier days would be one off.
_EXCEL_FIRST_DAY = datetime.date(1900, 3, 1)
_MARKUP = re.compile(r"[&<>\r]")
#: Text that looks like an escape of OOXML (`_x000D_`): its first `_` is escaped.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SUSPECT = re.compile(rf"{UNWRITABLE.pattern}|{_MARKUP.pattern}|{_ESCAPE.pattern}")


@dataclass(frozen=True)
class Stream:
    """The rows of a ledger sheet, written in place of its template row (`laid`).

    `rows`: a value a column but the running number, which is counted here; money as Decimal or
    decimal string, days as date or ISO string, None and "" are empty. `count`: how many they are.
    """

    sheet: str
    row: int
    kinds: Sequence[str]
    rows: Iterable[Sequence[Any]]
    count: int
    is_summed: bool
    #: The width of each column in Latin letters.
    widths: Sequence[int]


def laid(
    sheet: Worksheet,
    row: int,
    kinds: Sequence[str],
    rows: Iterable[Sequence[Any]],
    count: int,
    *,
    is_summed: bool,
) -> Stream:
    """Lay out the template row and, behind it, the 合计 of money and counts; nothing may follow.

    ValueError when the sheet cannot hold so many rows.
    """
    if row + count > MOST_ROWS:
        raise ValueError(f"{count} rows do not fit a sheet")
    put(sheet, row, 1, None, "0", CENTRE)
    for column, kind in enumerate(kinds, start=2):
        put(sheet, row, column, None, *STYLES[kind])
    if is_summed:
        put(sheet, row + 1, 1, "合计", None, CENTRE, HEAD)
        for column, kind in enumerate(kinds, start=2):
            style, alignment = STYLES[kind] if kind in _SUMMED else (None, CENTRE)
            put(sheet, row + 1, column, None, style, alignment, HEAD)
    widths = [
        int(sheet.column_dimensions[get_column_letter(column)].width) - _MARGIN
        for column in range(2, len(kinds) + 2)
    ]
    return Stream(sheet.title, row, kinds, rows, count, is_summed, widths)


def saved(book: Workbook, moment: datetime.datetime, streams: Iterable[Stream] = ()) -> bytes:
    """Return the bytes of the finished file (see `save`)."""
    target = io.BytesIO()
    save(book, moment, streams, target)
    return target.getvalue()


def save(
    book: Workbook, moment: datetime.datetime, streams: Iterable[Stream], target: IO[bytes]
) -> None:
    """Write the book with its streamed rows; `moment` is the document's time, archive times are fixed."""
    moment = moment.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    book.properties.created = book.properties.modified = moment
    raw = io.BytesIO()
    book.save(raw)
    spliced = {_member(book, stream.sheet): stream for stream in streams}
    with (
        zipfile.ZipFile(raw) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for member in source.infolist():
            data = source.read(member)
            if member.filename == "docProps/core.xml":
                stamp = f"{moment.isoformat()}Z".encode()
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(member.filename, _FIXED_ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            stream = spliced.get(member.filename)
            with archive.open(info, "w") as written:
                for piece in _spliced(data.decode(), stream) if stream else (data,):
                    written.write(piece)


def _member(book: Workbook, title: str) -> str:
    """Return the name of a sheet's file in the archive, as openpyxl writes it."""
    return f"xl/worksheets/sheet{book.worksheets.index(book[title]) + 1}.xml"


# --- the sheet's XML ------------------------------------------------------------------------


def _spliced(text: str, stream: Stream) -> Iterator[bytes]:
    """Yield a sheet's XML in pieces, with the rows put in; ValueError if `count` was wrong."""
    template, total = _row_of(text, stream.row), _row_of(text, stream.row + 1)
    last = stream.row + stream.count - (0 if stream.is_summed else 1)
    corner = f"{get_column_letter(len(stream.kinds) + 1)}{last}"
    before = re.sub(r'(<dimension ref="A1):[A-Z]+\d+"', rf'\1:{corner}"', text[: template.start()])
    yield before.encode()
    sums = [Decimal(0)] * len(stream.kinds)
    done = 0
    for block in _blocks(stream, _styles(template[0]), sums):
        done += block[1]
        yield block[0].encode()
    if done != stream.count:
        raise ValueError(f"{done} rows instead of {stream.count} on {stream.sheet}")
    if stream.is_summed:
        yield _total_row(stream, _styles(total[0]), sums).encode()
    yield text[(total if stream.is_summed else template).end() :].encode()


def _row_of(text: str, number: int) -> re.Match[str]:
    found = re.compile(rf'<row r="{number}".*?</row>|</sheetData>', re.S).search(text)
    if found is None:
        raise ValueError(f"no row {number}")
    return found


def _styles(row: str) -> list[str]:
    """Return the style number of each cell of a row, in order."""
    return re.findall(r'<c r="[A-Z]+\d+" s="(\d+)"', row)


def _blocks(
    stream: Stream, styles: Sequence[str], sums: list[Decimal]
) -> Iterator[tuple[str, int]]:
    """Yield blocks of rows as XML with the number of their rows; adds the columns to `sums`."""
    pattern, rows, number = _pattern(styles), iter(stream.rows), 0
    while block := list(islice(rows, _BLOCK)):
        columns = list(zip(*block, strict=True))
        for position, kind in enumerate(stream.kinds):
            if stream.is_summed and kind in _SUMMED:
                sums[position] += sum(Decimal(value or 0) for value in columns[position])
        cells = [_CELLS[kind](c) for kind, c in zip(stream.kinds, columns, strict=True)]
        numbers = range(number + 1, number + len(block) + 1)
        lines = range(stream.row + number, stream.row + number + len(block))
        heights = _heights(stream, columns)
        yield "".join(map(pattern, lines, numbers, heights, *cells)), len(block)
        number += len(block)


def _pattern(styles: Sequence[str]) -> Callable[..., str]:
    """Return a function from row index, running number, height and cell values to the row's XML."""
    cells = [f'<c r="A{{0}}" s="{styles[0]}"><v>{{1}}</v></c>']
    for position, style in enumerate(styles[1:], start=2):
        cells.append(f'<c r="{get_column_letter(position)}{{0}}" s="{style}"{{{position + 1}}}')
    return ('<row r="{0}"{2}>' + "".join(cells) + "</row>").format


def _heights(stream: Stream, columns: Sequence[Sequence[Any]]) -> list[str]:
    """Return the height attribute of each row; empty where one line is enough."""
    lines = [1] * len(columns[0])
    for kind, width, values in zip(stream.kinds, stream.widths, columns, strict=True):
        # A Chinese character is two wide: a text of half the width fits in any case.
        if kind != "text" or 2 * max(map(len, map(str, values))) <= width:
            continue
        lines = [
            max(most, _lines(str(value), width)) if value else most
            for most, value in zip(lines, values, strict=True)
        ]
    return [
        "" if most == 1 else f' ht="{min(most * _LINE, _TALLEST)}" customHeight="1"'
        for most in lines
    ]


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes in a column of `width` Latin letters."""
    if 2 * len(text) <= width:
        return 1
    return sum(
        -(-sum(1 + (sign > "⺀") for sign in line) // width) or 1 for line in text.splitlines()
    )


def _total_row(stream: Stream, styles: Sequence[str], sums: Sequence[Decimal]) -> str:
    row = stream.row + stream.count
    cells = [f'<c r="A{row}" s="{styles[0]}" t="inlineStr"><is><t>合计</t></is></c>']
    for position, (kind, total) in enumerate(zip(stream.kinds, sums, strict=True), start=1):
        value = f"><v>{total:f}</v></c>" if kind in _SUMMED else "/>"
        cells.append(f'<c r="{get_column_letter(position + 1)}{row}" s="{styles[position]}"{value}')
    return f'<row r="{row}">{"".join(cells)}</row>'


# --- cells ----------------------------------------------------------------------------------


def _texts(values: Sequence[Any]) -> list[str]:
    """Return text cells; characters that XML does not allow are left out."""
    texts = ["" if value is None else str(value)[:_LONGEST] for value in values]
    if _SUSPECT.search("\n".join(texts)):
        texts = [_escaped(text) for text in texts]
    return [
        f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "/>"
        for text in texts
    ]


def _escaped(text: str) -> str:
    text = UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ESCAPE.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _moneys(values: Sequence[Any]) -> list[str]:
    return [
        "/>" if value is None or value == "" else f"><v>{Decimal(value):f}</v></c>"
        for value in values
    ]


def _counts(values: Sequence[Any]) -> list[str]:
    return [
        "/>" if value is None or value == "" else f"><v>{int(value)}</v></c>" for value in values
    ]


def _days(values: Sequence[Any]) -> list[str]:
    return [_day(value) if value else "/>" for value in values]


def _day(value: str | datetime.date) -> str:
    day = datetime.date.fromisoformat(value) if isinstance(value, str) else value
    if day < _EXCEL_FIRST_DAY:
        return f' t="inlineStr"><is><t>{day.isoformat()}</t></is></c>'
    return f"><v>{day.toordinal() - _EXCEL_DAY_ZERO}</v></c>"


_CELLS: dict[str, Callable[[Sequence[Any]], list[str]]] = {
    "text": _texts,
    "money": _moneys,
    "count": _counts,
    "day": _days,
}
