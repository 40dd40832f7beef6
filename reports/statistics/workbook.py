"""The statistical form as a workbook, with the lines that those responsible sign."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from areas.models import Area
from dates.text import day_text
from reports.paper.sheets import (
    BODY,
    CENTRE,
    HEAD,
    LEFT,
    NOTE,
    TITLE,
    head_row,
    merged,
    new_sheet,
    put,
)
from reports.paper.stream import saved
from reports.statistics.numbers import Form

_TITLE = "社区社会组织统计表"
#: The row of the groups; those of the columns and of their numbers follow.
_GROUPS = 3
_NOTE = (
    "期末数为已审核通过、统计时点已登记（备案）且未注销、未过有效期的组织；“性质”“成员”等只计已填的；"
    "本年变动和评估评议为统计时点所在年1月1日起至统计时点。甲栏为地区，1栏＝2栏＋3栏＋4栏。"
)
_SIGNED = "单位负责人：　　　　　　统计负责人：　　　　　　填表人：　　　　　　联系电话：　　　　　　报出日期：　　　　年　　月　　日"


def file_name(area: Area, day: datetime.date) -> str:
    """The name of the file: `渝北区社区社会组织统计表（2023-12-31）.xlsx`."""
    return f"{area.short_name}{_TITLE}（{day.isoformat()}）.xlsx"


def form_file(area: Area, day: datetime.date, form: Form) -> bytes:
    """The workbook of a filled form."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, _TITLE, [22, *([8] * len(form.columns))])
    width = len(form.columns) + 1
    merged(sheet, 1, width, f"{area.name}{_TITLE}", TITLE, CENTRE, 38)
    line = f"填报单位：{area.name}        统计时点：{day_text(day)}        计量单位：个、人"
    merged(sheet, 2, width, line, BODY, LEFT, 24)
    _heads(sheet, form)
    row = _GROUPS + 3
    for each in form.lines:
        _line(sheet, row, str(each.area), each.numbers)
        row += 1
    _line(sheet, row, "合计", form.total)
    merged(sheet, row + 1, width, _NOTE, NOTE, LEFT, 34)
    merged(sheet, row + 2, width, _SIGNED, BODY, LEFT, 30)
    sheet.freeze_panes = sheet.cell(_GROUPS + 3, 2)
    sheet.print_title_rows = f"1:{_GROUPS + 2}"
    return saved(book, timezone.now())


def _heads(sheet: Worksheet, form: Form) -> None:
    head_row(sheet, _GROUPS, ["地区", *(group for group, _ in form.columns)], 24)
    head_row(sheet, _GROUPS + 1, ["", *(name for _, name in form.columns)], 48)
    head_row(sheet, _GROUPS + 2, ["甲", *(str(at) for at, _ in enumerate(form.columns, 1))], 20)
    sheet.merge_cells(start_row=_GROUPS, start_column=1, end_row=_GROUPS + 1, end_column=1)
    column = 2
    for _, width in form.groups:
        last = column + width - 1
        if width > 1:
            sheet.merge_cells(
                start_row=_GROUPS, start_column=column, end_row=_GROUPS, end_column=last
            )
        column = last + 1


def _line(sheet: Worksheet, row: int, name: str, numbers: Sequence[int]) -> None:
    font = HEAD if name == "合计" else BODY
    put(sheet, row, 1, name, None, LEFT, font)
    for column, number in enumerate(numbers, start=2):
        put(sheet, row, column, number, "0", CENTRE, font)
