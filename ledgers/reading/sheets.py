"""The sheets of a file that a clerk fills in, and what the rows around a table say."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ledgers.cells import as_text, reported_day
from ledgers.reading.layout.headers import Header
from ledgers.reading.layout.rows import is_footer
from ledgers.units.stated import Stated, stated_in_cell, stated_in_lines
from ledgers.workbooks.grids import Grid
from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.opening import Sheets, open_sheets

#: The sheet of a template that holds its choices; it is skipped without a warning.
OPTIONS_SHEET = "平台选项"
#: The sheet that lists the findings in a marked copy; a clerk may upload it with the file.
LIST_SHEET = "问题清单"
#: The titles of that list.
LIST_HEAD = ("类别", "工作表", "单元格", "列名", "说明")
#: What a sheet says of itself, it says in its first rows.
_TITLE_ROWS = 3
#: Where a footer may name the unit: in so many last rows.
_FOOTER_ROWS = 40
#: A line below the table, such as 单位：万元, has at most so many filled cells.
_FOOTER_CELLS = 2


def read_workbook(content: bytes) -> Sheets:
    """Return the visible sheets and the names of hidden ones; UnusableFile when it is no workbook.

    The sheets that the platform adds to a file, its choices and its list of findings, are left out.
    """
    sheets = open_sheets(content)
    visible = [grid for grid in sheets.visible if not is_list(grid.name, grid.rows)]
    if not any(as_text(value) for grid in visible for row in grid.rows for value in row):
        raise UnusableFile("文件中没有任何内容")
    own = (OPTIONS_SHEET, LIST_SHEET)
    return Sheets(visible, [name for name in sheets.hidden if name not in own])


def is_list(name: str, rows: Sequence[Sequence[object]]) -> bool:
    """Return whether a sheet is the list of a marked copy, and none of the clerk's own."""
    head = tuple(as_text(value) for value in rows[0][: len(LIST_HEAD)]) if rows else ()
    return name.startswith(LIST_SHEET) and head == LIST_HEAD


@dataclass
class SheetFacts:
    """What the rows around the table say: title, units, day of filling in, office that fills in."""

    title: str
    #: The units that the lines above and below the table name.
    units: Stated
    reported_on: datetime.date | None
    office: str = ""


def read_facts(grid: Grid, header: Header) -> SheetFacts:
    """Read the title, 单位 and 填报日期 around the table; 单位 may also stand in the sheet's name.

    A lower table has those of the sheet's first rows, too.
    """
    own = [_texts(row) for row in grid.rows[header.first_fact_row : header.row]]
    top = [_texts(row) for row in grid.rows[: min(header.first_fact_row, _TITLE_ROWS)]]
    above = [*own, *top]
    last = max(header.first_data_row, header.end - _FOOTER_ROWS)
    below = [
        texts
        for row in grid.rows[last : header.end]
        if len(texts := _texts(row)) <= _FOOTER_CELLS or is_footer(row)
    ]
    lines = [" ".join(texts) for texts in (*above, *below)]
    titles = [texts[0] for texts in top if len(texts) == 1]
    units = stated_in_lines(lines, [grid.name, *_of_the_whole_table(own), *titles])
    title = next((text for texts in above for text in texts), "")
    office = re.search(r"填[报表制]单位[^::]{0,8}[::]\s*(\S+)", " ".join(lines))
    day = reported_day(" ".join(lines[: len(above)]))
    return SheetFacts(title, units, day, office.group(1) if office else "")


def _of_the_whole_table(above: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the texts above the header that are no titles of groups; these stand right above it."""
    yield from chain(*above[:-1])
    for texts in above[-1:]:
        yield from (text for text in texts if len(texts) == 1 or stated_in_cell(text).units)


def _texts(values: Sequence[object]) -> list[str]:
    return [text for text in map(as_text, values) if text]
