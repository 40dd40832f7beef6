"""Tables in text: .csv in UTF-8 or GBK, with commas, tabs or semicolons."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice

from ledgers.workbooks.building import Area, GridBuilder
from ledgers.workbooks.grids import Grid
from ledgers.workbooks.limits import UnusableFile, another_kind

#: The name of the sheet of a .csv file.
CSV_SHEET = "CSV"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
#: GB18030 holds GBK and GB2312.
_ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = ",\t;，"
_SAMPLE_LINES = 20
#: `="0012"`: how Excel keeps the zeros of a code in a .csv file.
_KEPT_TEXT = re.compile(r'="([^"]*)"')
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f]")


def decoded(content: bytes) -> str:
    """Return a text in UTF-8, UTF-16 or GBK; UnusableFile when it is none."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding)
    for encoding in _ENCODINGS:
        try:
            return _decoded(content, encoding)
        except UnusableFile:
            continue
    raise another_kind("其他文件")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise another_kind("其他文件") from error
    if _UNPRINTABLE.search(text):
        raise another_kind("其他文件")
    return text


def read_csv(content: bytes) -> Grid:
    """Return the table of a .csv or a text with tabs; UnusableFile when it has one column only."""
    text = decoded(content)
    builder = GridBuilder(CSV_SHEET, Area())
    try:
        for row, values in enumerate(csv.reader(io.StringIO(text, ""), delimiter=delimiter(text))):
            for column, value in enumerate(values):
                kept = _KEPT_TEXT.fullmatch(value.strip())
                if kept is None and value.startswith("="):
                    builder.leave_uncalculated(row, column)
                else:
                    builder.put(row, column, kept[1] if kept else value)
    except csv.Error as error:
        raise another_kind("其他文本文件") from error
    grid = builder.build()
    if not any(len(row) > 1 for row in grid.rows):
        raise another_kind("文本文件，没有分成列")
    return grid


def delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into most columns."""
    lines = list(islice(io.StringIO(text, None), _SAMPLE_LINES))

    def count(delimiter: str) -> int:
        return sum(line.count(delimiter) for line in lines)

    return max(_DELIMITERS, key=count)
