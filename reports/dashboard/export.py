"""The dashboard as a workbook: the same numbers in the same order."""

from __future__ import annotations

import io

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dates.text import day_text
from indicators.progress.formatting import target_text
from indicators.progress.progress import as_json
from reports.dashboard.board import DashboardFigures, DashboardQuery, read_board
from reports.dashboard.moves import moves
from reports.dashboard.trend import MONTHS, trend
from reports.paper.sheets import (
    BODY,
    CENTRE,
    HEAD,
    LEFT,
    STATUS_FONTS,
    TITLE,
    CellValue,
    head_row,
    merged,
    new_sheet,
    number_of,
    number_style,
    pace_style,
    put,
)
from reviews.downloads import marked_for


def file_name(question: DashboardQuery) -> str:
    """Return the file's name, such as `渝中区指标看板（2026-11-12）.xlsx`."""
    return f"{question.area.short_name}指标看板（{question.day.isoformat()}）.xlsx"


def export(question: DashboardQuery) -> bytes:
    """Return the workbook: sheets 指标, areas below, 走势 (36 months) and 较上次变化."""
    with marked_for(question.user):
        return _export(question)


def _export(question: DashboardQuery) -> bytes:
    board, book = read_board(question), Workbook()
    book.remove(book.worksheets[0])
    _figures_sheet(book, board)
    if board.children:
        _children_sheet(book, board)
    _trend_sheet(book, board)
    _moves_sheet(book, board)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _heading(sheet: Worksheet, board: DashboardFigures, title: str, width: int) -> int:
    """Write the title and its subject; return the row for the column heads."""
    question = board.question
    merged(sheet, 1, width, f"{question.area.name}{title}", TITLE, CENTRE, 38)
    made = timezone.localtime()
    line = (
        f"方案：{question.plan.title}        截至日期：{day_text(question.day)}"
        f"        对照{question.target_year}年目标        生成时间：{made:%Y-%m-%d %H:%M}"
    )
    merged(sheet, 2, width, line, BODY, LEFT, 24)
    sheet.print_title_rows = "1:3"
    return 3


def _figures_sheet(book: Workbook, board: DashboardFigures) -> None:
    heads = ["序号", "指标名称", "单位", "目标", "完成数", "完成率", "时序应达", "状态", "出处"]
    sheet = new_sheet(book, "指标", [7, 38, 9, 13, 13, 12, 12, 12, 24])
    first = _heading(sheet, board, f"{board.question.plan.subject}指标", len(heads))
    head_row(sheet, first, heads)
    for row, item in enumerate([*board.annex, *board.text], start=first + 1):
        plain, indicator = as_json(item), item.indicator
        cells: list[tuple[CellValue, str | None, Alignment]] = [
            (row - first, "0", CENTRE),
            (item.indicator.name, None, LEFT),
            (item.indicator.unit, None, CENTRE),
            (target_text(item.indicator, item.target), None, CENTRE),
            (number_of(plain["value"]), number_style(indicator), CENTRE),
            (number_of(plain["rate"], "—"), "0.00%", CENTRE),
            (number_of(plain["expected"], "—"), pace_style(indicator), CENTRE),
            (item.state.label, None, CENTRE),
            (item.indicator.clause, None, CENTRE),
        ]
        for column, (value, number_format, alignment) in enumerate(cells, start=1):
            put(sheet, row, column, value, number_format, alignment)
        if colour := STATUS_FONTS.get(item.state):
            sheet.cell(row, 8).font = Font(name="黑体", size=11, color=colour)
        sheet.row_dimensions[row].height = 30
    sheet.freeze_panes = sheet.cell(first + 1, 3)


def _children_sheet(book: Workbook, board: DashboardFigures) -> None:
    label = board.question.plan.label_of(min(board.question.area.level + 1, 5))
    heads = [
        "序号",
        label,
        *(f"{one.indicator.name}（{one.indicator.unit}）" for one in board.annex),
    ]
    sheet = new_sheet(book, f"{label}明细", [7, 16, *([14] * len(board.annex))])
    first = _heading(sheet, board, f"指标分{label}明细", len(heads))
    head_row(sheet, first, heads, 58)
    areas = [*board.children, board.question.area]
    for row, area in enumerate(areas, start=first + 1):
        is_total = area is board.question.area
        font = HEAD if is_total else BODY
        put(sheet, row, 1, "" if is_total else row - first, "0", CENTRE, font)
        put(sheet, row, 2, str(area), None, CENTRE, font)
        for column, at in enumerate(board.columns, start=3):
            item = board.rows[area.code][at]
            value = number_of(as_json(item)["value"])
            put(sheet, row, column, value, number_style(item.indicator), CENTRE, font)
    sheet.freeze_panes = sheet.cell(first + 1, 3)
    last = get_column_letter(len(heads))
    sheet.auto_filter.ref = f"A{first}:{last}{first + len(board.children)}"


def _trend_sheet(book: Workbook, board: DashboardFigures) -> None:
    """Write a row per month and a column per indicator; percentages are numbers in per cent."""
    drawn = trend(board)
    series = drawn["series"]
    heads = ["月份", *(f"{one['name']}（{one['unit']}）" for one in series)]
    sheet = new_sheet(book, "走势", [14, *([14] * len(series))])
    first = _heading(sheet, board, "指标近三年走势", len(heads))
    head_row(sheet, first, heads, 58)
    for at, label in enumerate(drawn["labels"][:MONTHS]):
        row = first + 1 + at
        put(sheet, row, 1, label, None, CENTRE)
        for column, one in enumerate(series, start=2):
            value = one["values"][at]
            put(sheet, row, column, "" if value is None else value, "General", CENTRE)
    sheet.freeze_panes = sheet.cell(first + 1, 2)


def _moves_sheet(book: Workbook, board: DashboardFigures) -> None:
    sheet = new_sheet(book, "较上次变化", [40, 20, 20, 20])
    first = _heading(sheet, board, f"较{board.since.label}的变化", 4)
    head_row(sheet, first, ["指标名称", board.since.label, "目前", "变化"])
    for row, move in enumerate(moves(board), start=first + 1):
        texts = (move["then"], move["now"], move["difference"])
        for column, text in enumerate(texts, start=2):
            put(sheet, row, column, text, None, CENTRE)
        put(sheet, row, 1, move["indicator"].name, None, LEFT)
