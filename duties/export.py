"""The workbook of duties: every instance of the page, the numbers by area, and a duty's matrix."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from areas.models import Area
from dates.text import day_text
from duties.counting import by_area, matrix
from duties.query import DutyQuery
from indicators.duties.instances import STATES, page_in, tables_of
from indicators.duties.table import Instances
from indicators.models import Duty
from reports.paper.sheets import BODY, CENTRE, LEFT, TITLE, head_row, merged, new_sheet, put
from reports.paper.stream import laid, saved

_HEADS = ("方案", "履责事项", "履责主体", "所属地区", "期次", "期限", "状态", "办理日期")
_WIDTHS = (30, 24, 28, 20, 18, 13, 10, 13)
_KINDS = ("text", "text", "text", "text", "text", "day", "text", "day")
_FIRST = 3


def file_name(query: DutyQuery) -> str:
    """The name of the file: `东胜区履责事项（2025-03-31）.xlsx`."""
    return f"{query.area.short_name}履责事项（{query.day.isoformat()}）.xlsx"


def export(query: DutyQuery) -> bytes:
    """The workbook; ValueError where a sheet cannot hold so many rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    tables = tables_of(query.duties, query.asked)
    found = page_in(tables, query.day)
    areas = Area.objects.in_bulk({each.debtor.area_code for each in found.rows})
    rows = [
        (
            each.duty.plan.title,
            each.duty.name,
            each.debtor.name,
            str(areas.get(each.debtor.area_code, each.debtor.area_code)),
            each.period_text,
            each.period.due_on,
            each.state.label,
            each.done_on,
        )
        for each in found.rows
    ]
    sheet = new_sheet(book, "履责清单", [7, *_WIDTHS])
    _heading(sheet, query, "履责清单", len(_HEADS) + 1)
    head_row(sheet, _FIRST, ["序号", *_HEADS])
    sheet.freeze_panes = sheet.cell(_FIRST + 1, 3)
    stream = laid(sheet, _FIRST + 1, _KINDS, rows, len(rows), is_summed=False)
    _areas_sheet(book, query, tables)
    if query.duty is not None:
        _matrix_sheet(book, query, query.duty)
    return saved(book, timezone.now(), [stream])


def _heading(sheet: Worksheet, query: DutyQuery, title: str, width: int) -> None:
    first, last = query.span
    merged(sheet, 1, width, f"{query.area.name}{title}", TITLE, CENTRE, 38)
    line = f"期限：{day_text(first)}至{day_text(last)}        状态截至：{day_text(query.day)}"
    merged(sheet, 2, width, line, BODY, LEFT, 24)
    sheet.print_title_rows = f"1:{_FIRST}"


def _areas_sheet(book: Workbook, query: DutyQuery, tables: Sequence[Instances]) -> None:
    heads = ["序号", "地区", "应办", *(state.label for state in STATES)]
    sheet = new_sheet(book, "按地区", [7, 24, 10, *([10] * len(STATES))])
    _heading(sheet, query, "履责情况（按地区）", len(heads))
    head_row(sheet, _FIRST, heads)
    lines = by_area(tables, query.day, min(query.area.level + 1, 5))
    for number, line in enumerate(lines, start=1):
        row = _FIRST + number
        put(sheet, row, 1, number, "0", CENTRE)
        put(sheet, row, 2, str(line.area))
        for column, value in enumerate(
            [line.counts.total(), *(line.counts[s] for s in STATES)], start=3
        ):
            put(sheet, row, column, value, "0", CENTRE)


def _matrix_sheet(book: Workbook, query: DutyQuery, duty: Duty) -> None:
    found = matrix(duty, query.asked)
    heads = ["序号", "履责主体", "所属地区", *found.columns]
    sheet = new_sheet(book, "矩阵", [7, 28, 20, *([13] * len(found.columns))])
    _heading(sheet, query, duty.name, len(heads))
    head_row(sheet, _FIRST, heads)
    sheet.freeze_panes = sheet.cell(_FIRST + 1, 3)
    for number, line in enumerate(found.rows, start=1):
        row = _FIRST + number
        put(sheet, row, 1, number, "0", CENTRE)
        put(sheet, row, 2, line.name)
        put(sheet, row, 3, line.area)
        for column, cells in enumerate(line.cells, start=4):
            text = "、".join(cell.state.label for cell in cells)
            put(sheet, row, column, text, None, CENTRE)
