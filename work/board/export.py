"""The board of tasks as a workbook: who is how far, and what each area told."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from areas.models import Area
from indicators.models import Task
from reviews.downloads import current_mark
from reviews.models import Status
from work.board.lines import Board

_THIN = Side(style="thin", color="000000")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD_FILL = PatternFill("solid", start_color="F2F2F2")
_TITLE, _HEAD = Font(name="黑体", size=16), Font(name="黑体", size=11)
_BODY = Font(name="仿宋_GB2312", size=11)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def file_name(board: Board) -> str:
    """The file's name, such as `渝中区任务看板（2026-06-30）.xlsx`."""
    return f"{board.book.root.short_name}任务看板（{board.book.period.due_on.isoformat()}）.xlsx"


def workbook_of(board: Board) -> bytes:
    """The workbook: sheet 任务看板 as on the page, sheet 任务进展 with the words of each area."""
    heads = [
        "序号",
        "任务",
        "条款",
        "责任层级",
        *(_column_name(board, each) for each in board.columns),
    ]
    rows: list[list[str | int]] = [
        [
            line.task.position,
            line.task.name,
            line.task.clause,
            line.owed_by,
            *(cell.text for cell in line.cells),
        ]
        for line in board.lines
    ]
    widths = [7, 30, 18, 14, *([14] * len(board.columns))]
    told = [
        "序号",
        "任务",
        "地区",
        "进展",
        "主要做法",
        "工作成效",
        "存在问题",
        "下一步打算",
        "评定",
    ]
    wide = [7, 30, 16, 10, 40, 40, 40, 40, 30]
    return sheets_of(
        [
            ("任务看板", f"{_subject(board)}任务看板", heads, rows, widths),
            ("任务进展", f"{_subject(board)}任务进展", told, list(_told(board)), wide),
        ]
    )


#: A sheet: its name, its title, the heads of its columns, its rows, the widths of its columns.
SheetOfRows = tuple[str, str, Sequence[str], Sequence[Sequence[str | int]], Sequence[int]]


def sheets_of(sheets: Sequence[SheetOfRows]) -> bytes:
    """Return a workbook of such sheets, to be read and printed."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _sheet(book, *sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _subject(board: Board) -> str:
    return f"{board.book.root.name}（{board.book.period.due_on.isoformat()}报送期）"


def _column_name(board: Board, area: Area) -> str:
    return f"{area.short_name}本级" if area.code == board.book.root.code else area.short_name


def _told(board: Board) -> Iterable[list[str | int]]:
    for line in board.lines:
        for area in board.book.owing(line.task):
            yield _told_row(board, line.task, area)


def _told_row(board: Board, task: Task, area: Area) -> list[str | int]:
    progress, verdict = board.book.progress(task, area), board.book.verdict(task, area)
    is_fact = progress is not None and progress.status == Status.APPROVED
    words = (
        [progress.measures, progress.results, progress.problems, progress.next_steps]
        if progress is not None and is_fact
        else [""] * 4
    )
    said = f"{verdict.get_verdict_display()}：{verdict.reason}" if verdict else ""
    standing = board.book.standing(task, area).label
    return [task.position, task.name, area.short_name, standing, *words, said]


def _sheet(
    book: Workbook,
    name: str,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str | int]],
    widths: Sequence[int],
) -> None:
    sheet: Worksheet = book.create_sheet(name)
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
    _put(sheet, 1, 1, title, _TITLE, _CENTRE)
    sheet.row_dimensions[1].height = 34
    for column, head in enumerate(heads, start=1):
        _put(sheet, 2, column, head, _HEAD, _CENTRE)
        sheet.cell(2, column).fill = _HEAD_FILL
    for at, row in enumerate(rows, start=3):
        for column, value in enumerate(row, start=1):
            is_long = isinstance(value, str) and len(value) > 12
            _put(sheet, at, column, value, _BODY, _LEFT if is_long or column == 2 else _CENTRE)
    sheet.freeze_panes = sheet.cell(3, 3)
    sheet.print_title_rows = "1:2"
    if mark := current_mark():
        sheet.oddHeader.right.text = mark.replace("&", "&&")
        sheet.HeaderFooter.scaleWithDoc = False  # legible however many columns fit on the page
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put(
    sheet: Worksheet, row: int, column: int, value: str | int, font: Font, alignment: Alignment
) -> None:
    """Write a cell; text stays text, whatever it begins with."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type, cell.number_format = "s", "@"
    else:
        cell.value = value
    cell.font, cell.alignment, cell.border = font, alignment, _BORDER
