"""The layout of a bureau's sheet: where the header is, what the title rows say, which rows are data."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ledgers.cells import as_text, reported_day
from ledgers.declaration import Column, Ledger, normalise_title, without_explanation
from ledgers.units.stated import Stated, stated_in_cell, stated_in_lines, stated_in_title
from ledgers.workbooks.grids import Grid
from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.opening import Sheets, open_sheets

_HEADER_DEPTH = 15
#: The sheet of a template that holds its choices; it is skipped without a warning.
OPTIONS_SHEET = "平台选项"
#: The sheet that lists the findings in a marked copy; a clerk may upload it with the file.
LIST_SHEET = "问题清单"
#: The titles of that list.
LIST_HEAD = ("类别", "工作表", "单元格", "列名", "说明")
#: The text in column 序号 of a template's example row.
EXAMPLE = "示例"
_TOTAL = re.compile(r".{0,12}(合计|小计|总计)[::]?")
_FOOTER = re.compile(
    r"(填表人|填报人|制表人?|审核人|复核人|审批人|负责人|单位负责人|分管领导|经办人|联系电话|联系人|填报单位|填报日期|"
    r"填表日期|备注|注|说明|填表说明)\s*(\([^)]*\))?\s*[::]"
)
_NUMBERING = {"序号", "编号序号", "行号"}


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
class Header:
    """Which column holds which field, and where the data begins."""

    row: int
    first_data_row: int
    columns: dict[str, tuple[int, Column]]
    #: What the titles of each amount and count, and the row of units below them, say of its unit.
    stated: dict[str, tuple[Stated, ...]]
    unknown: list[tuple[int, str]]
    numbering: int | None
    missing: list[Column] = field(default_factory=list)


def find_header(grid: Grid, ledger: Ledger) -> Header | None:
    """Return the best header row, or pair of rows, among the first 15; None when nothing fits."""
    spread = grid.spread()
    best: Header | None = None
    for height in (1, 2):  # a single row wins over a pair that matches no more columns
        for row in range(min(_HEADER_DEPTH, len(grid.rows))):
            header = _header_at(grid, spread, ledger, row, height)
            if best is None or len(header.columns) > len(best.columns):
                best = header
    if best is None or len(best.columns) < 2 or len(best.missing) > len(list(ledger.needed)) // 2:
        return None
    return _with_units(grid, best)


def _with_units(grid: Grid, header: Header) -> Header:
    """Return the header with the row of units below the titles, if there is one: 元, 人次, 万元."""
    row = header.first_data_row
    if row >= len(grid.rows) or not _is_unit_row(grid.rows[row]):
        return header
    stated = {
        name: (*header.stated[name], stated_in_cell(grid.at(row, at)))
        for name, (at, column) in header.columns.items()
        if column.is_quantity
    }
    return replace(header, first_data_row=row + 1, stated=stated)


def _is_unit_row(values: Sequence[object]) -> bool:
    """Return whether every filled cell of a row names a unit and nothing else."""
    filled = [as_text(value) for value in values if as_text(value) not in ("", "/", "-", "—", "——")]
    units = [text for text in filled if text not in ("单位", "计量单位", "金额单位")]
    return bool(units) and all(stated_in_cell(text).units for text in units)


def _header_at(
    grid: Grid, spread: dict[tuple[int, int], object], ledger: Ledger, row: int, height: int
) -> Header:
    known = {title: column for column in ledger.columns for title in column.titles}
    ignored = {normalise_title(title) for title in ledger.ignored} | _NUMBERING
    found: dict[str, tuple[int, Column]] = {}
    stated: dict[str, tuple[Stated, ...]] = {}
    unknown: list[tuple[int, str]] = []
    numbering = None
    width = max((len(line) for line in grid.rows[row : row + height]), default=0)
    for at in range(width):
        upper = spread.get((row, at), grid.at(row, at))
        lower = spread.get((row + 1, at), grid.at(row + 1, at)) if height == 2 else None
        candidates = _titles(upper, lower)
        plain = [without_explanation(title) for title in candidates]
        column = next((known[title] for title in [*candidates, *plain] if title in known), None)
        if column is not None and column.field not in found:
            found[column.field] = (at, column)
            above = spread.get((row - 1, at))  # the group title above a header of one row
            if column.is_quantity:
                stated[column.field] = tuple(map(stated_in_title, (lower, upper, above)))
        elif any(title in _NUMBERING for title in candidates):
            numbering = at
        elif candidates and not ignored.intersection([*candidates, *plain]):
            unknown.append((at, candidates[-1]))
    missing = [column for column in ledger.needed if column.field not in found]
    return Header(row, row + height, found, stated, unknown, numbering, missing)


def _titles(upper: object, lower: object) -> list[str]:
    """Return the possible titles of a column: both rows joined, the lower one, the upper one."""
    above, below = normalise_title(upper), normalise_title(lower)
    titles = [above + below, below, above] if below and below != above else [above]
    return [title for title in dict.fromkeys(titles) if title]


@dataclass
class SheetFacts:
    """What the rows above the header say: title, unit, and the day of filling in."""

    title: str
    #: The units that the lines above and below the table name.
    units: Stated
    reported_on: datetime.date | None


def read_facts(grid: Grid, header: Header) -> SheetFacts:
    """Read the title, 单位 and 填报日期 around the table; 单位 may also stand in the sheet's name."""
    above = [_texts(row) for row in grid.rows[: header.row]]
    below = [_texts(row) for row in grid.rows[header.first_data_row :] if is_footer(row)]
    lines = [" ".join(texts) for texts in (*above, *below)]
    alone = [texts[0] for texts in above if len(texts) == 1]
    units = stated_in_lines(lines, [grid.name, *alone])
    title = next((text for texts in above for text in texts), "")
    return SheetFacts(title, units, reported_day(" ".join(lines[: len(above)])))


def _texts(values: Sequence[object]) -> list[str]:
    return [text for text in map(as_text, values) if text]


def data_rows(grid: Grid, header: Header) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the rows that hold a record: no blank, total, footer, example or repeated header rows."""
    heads = [
        [normalise_title(value) for value in row] for row in grid.rows[: header.first_data_row]
    ]
    for number in range(header.first_data_row, len(grid.rows)):
        values = grid.rows[number]
        if is_total(values) or _is_blank(values, header) or is_footer(values):
            continue
        if number in grid.traits and _has_failed_formulas_only(grid, number, header):
            continue
        if _is_head(values, heads) or _is_example(values, header):
            continue
        yield number, values


def total_rows(grid: Grid, header: Header) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the grand totals (合计, 总计); subtotals per street are not compared."""
    for number in range(header.first_data_row, len(grid.rows)):
        values = grid.rows[number]
        if is_total(values) and not any("小计" in as_text(value) for value in values[:4]):
            yield number, values


def _is_blank(values: Sequence[object], header: Header) -> bool:
    """Return whether the row holds at most a running number."""
    return not any(as_text(value) for at, value in enumerate(values) if at != header.numbering)


def _has_failed_formulas_only(grid: Grid, number: int, header: Header) -> bool:
    """Return whether a row holds nothing but formulas without a value outside the known columns."""
    known = {at for at, _ in header.columns.values()}
    return all(
        at not in known and grid.trait(number, at).kind is not None
        for at, value in enumerate(grid.rows[number])
        if as_text(value) and at != header.numbering
    )


def _is_head(values: Sequence[object], heads: Sequence[Sequence[str]]) -> bool:
    """Return whether the row repeats a row of the header; its first cell rules most rows out."""
    first = normalise_title(values[0]) if values else ""
    likely = [head for head in heads if head[:1] == [first]] if values else heads
    return bool(likely) and [normalise_title(value) for value in values] in likely


def _is_example(values: Sequence[object], header: Header) -> bool:
    at = header.numbering
    return at is not None and at < len(values) and as_text(values[at]) == EXAMPLE


def is_total(values: Sequence[object]) -> bool:
    """Return whether one of the first cells is 小计, 合计 or 总计."""
    return any(
        _TOTAL.fullmatch(as_text(value).replace(" ", ""))
        for value in values[:4]
        if isinstance(value, str) and "计" in value
    )


def is_footer(values: Sequence[object]) -> bool:
    """Return whether the row is a footer such as `填表人： 审核人：`."""
    first = next((as_text(value) for value in values if as_text(value)), "")
    return bool(_FOOTER.match(first))


def is_prose(grid: Grid) -> bool:
    """Return whether the sheet holds notes only: at most one filled cell in each row."""
    return all(sum(bool(as_text(value)) for value in row) <= 1 for row in grid.rows)
