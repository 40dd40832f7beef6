"""The clerk's own workbook with every faulty cell marked and a list of all findings."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from ledgers.cells import as_text
from ledgers.reading.reader import Finding
from ledgers.reading.sheets import LIST_SHEET, Grid, cell_name, read_workbook

_PROBLEM = PatternFill("solid", fgColor="FFC7CE")
_WARNING = PatternFill("solid", fgColor="FFEB9C")
_AUTHOR = "社区慈善工作平台"
#: Larger files are rewritten as values only: openpyxl would need more memory than a worker has.
_MOST_BYTES = 2_000_000

#: (sheet, cell) → messages.
_Marks = dict[tuple[str, str], list[str]]


def marked_copy(content: bytes, problems: Sequence[Finding], warnings: Sequence[Finding]) -> bytes:
    """Return an .xlsx with problem cells in red, warning cells in yellow, and messages as comments.

    Large files and old formats lose their formatting: only the values are written.
    """
    marks: _Marks = defaultdict(list)
    for finding in (*problems, *warnings):
        marks[finding.sheet, finding.cell].append(finding.message)
    faulty = {(finding.sheet, finding.cell) for finding in problems}
    book = _opened(content)
    if book is None:
        return _rewritten(content, problems, warnings, marks, faulty)
    for (sheet, cell), messages in marks.items():
        if sheet in book.sheetnames:
            _mark(book[sheet][cell], messages, is_problem=(sheet, cell) in faulty)
    _list(book, problems, warnings)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _opened(content: bytes) -> Workbook | None:
    if len(content) > _MOST_BYTES:
        return None
    try:
        return load_workbook(io.BytesIO(content))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        return None  # .xls, .ods, or a file that only calamine can read


def _mark(cell: Cell | MergedCell, messages: Sequence[str], *, is_problem: bool) -> None:
    if hasattr(cell, "fill"):
        cell.fill = _PROBLEM if is_problem else _WARNING
    if not isinstance(cell, MergedCell):
        cell.comment = Comment("\n".join(messages), _AUTHOR, width=300, height=100)


def _list(book: Workbook, problems: Sequence[Finding], warnings: Sequence[Finding]) -> None:
    if LIST_SHEET in book.sheetnames:
        book.remove(book[LIST_SHEET])
    sheet = book.create_sheet(LIST_SHEET)
    for row, line in enumerate(_lines(problems, warnings), 1):
        for at, text in enumerate(line, 1):
            cell = sheet.cell(row, at)
            cell.value, cell.data_type = text, "s"  # a text that begins with = is no formula
            if row == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (8, 20, 10, 20, 80), strict=True):
        sheet.column_dimensions[letter].width = width


def _lines(problems: Sequence[Finding], warnings: Sequence[Finding]) -> list[list[str]]:
    found = [("须改正", one) for one in problems] + [("提示", one) for one in warnings]
    head = ["类别", "工作表", "单元格", "列名", "说明"]
    return [head, *([kind, f.sheet, f.cell, f.column, f.message] for kind, f in found)]


def _rewritten(
    content: bytes,
    problems: Sequence[Finding],
    warnings: Sequence[Finding],
    marks: _Marks,
    faulty: set[tuple[str, str]],
) -> bytes:
    book = Workbook(write_only=True)
    for grid in read_workbook(content)[0]:
        sheet = book.create_sheet(grid.name[:31])
        for number, values in enumerate(grid.rows):
            sheet.append(
                [
                    _written(sheet, grid, (number, at), value, marks, faulty)
                    for at, value in enumerate(values)
                ]
            )
    sheet = book.create_sheet(LIST_SHEET)
    for line in _lines(problems, warnings):
        sheet.append([_text_cell(sheet, text) for text in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _written(
    sheet: object,
    grid: Grid,
    where: tuple[int, int],
    value: object,
    marks: _Marks,
    faulty: set[tuple[str, str]],
) -> object:
    place = (grid.name, cell_name(*where))
    if place not in marks:
        return _text_cell(sheet, value) if isinstance(value, str) else value
    cell = _text_cell(sheet, as_text(value))
    _mark(cell, marks[place], is_problem=place in faulty)
    return cell


def _text_cell(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell
