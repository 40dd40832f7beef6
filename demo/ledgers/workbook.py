"""Writes demonstration ledgers as workbooks, laid out as bureaus lay them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from areas.models import Area
from demo.ledgers.draw import DEMO_DAY, Cell, Day, Draw, Values, tuples
from demo.ledgers.spelling import as_written


class Office(NamedTuple):
    """The office that fills a ledger in, and the day."""

    name: str
    day: Day = DEMO_DAY
    phone: str = "023-00000000"


@dataclass(frozen=True)
class Form:
    """A sheet's title, unit and columns; marks at the columns say what 小计 and 合计 contain.

    `上/下` is a header of two rows, `名称#支` counts the rows, `金额+` adds them up. With `is_merged`,
    equal neighbours in the first column become one cell, and a 小计 follows each 街道.
    """

    title: str
    unit: str
    marked: str
    is_merged: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Column titles without marks, and without the 序号 that every sheet begins with."""
        return tuple(word.rstrip("+").partition("#")[0] for word in self.marked.split())

    def totals(self, rows: Sequence[Values]) -> dict[int, Cell]:
        """Return the contents of 小计 or 合计 for these rows, by column index."""
        found: dict[int, Cell] = {}
        for at, word in enumerate(self.marked.split()):
            if word.endswith("+"):
                found[at] = sum(row[at] or 0 for row in rows)
            elif "#" in word:
                found[at] = f"{len(rows)}{word.partition('#')[2]}"
        return found


_LINE = Side(style="thin", color="808080")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_TITLE = Font(name="方正小标宋简体", size=20)
_BODY, _BOLD = Font(name="仿宋", size=11), Font(name="黑体", size=11)
_PLAIN, _HEAD = PatternFill(), PatternFill("solid", fgColor="DCE6F1")
_SUM = PatternFill("solid", fgColor="EDEDED")
_GAP = "　" * 6
_TITLE_HEIGHT, _HEAD_HEIGHT, _ROW_HEIGHT, _WIDTH = 38, 30, 30, 14
_WIDTHS = {
    title: int(width)
    for title, width in tuples(
        "序号:6 街道:13 社区:21 基金名称:48 依托慈善组织:30 统一社会信用代码:24 协议编号:22 起始资金:10 管委会人数:8 状态:9 "
        "慈善组织名称:32 组织名称:38 管理情况/编号:20 成员情况/成员数:9 成员情况/党员数:9 负责人:9 负责人/姓名:9 队伍名称:36 "
        "项目名称:30 项目类别:20 实施单位:30 资金来源:18 受益人数:8 受益人次:8 志愿者人次:9 是否帮扶项目:9 是否小微项目:9 "
        "基金:50 摘要:32 捐赠人:16 场景名称:34 地址:26 运营主体:30 有人员:6 有场所:6 有资金:6 有项目:6 有活动:6 有场景:6 "
        "乡镇（街道）:18 苏木乡镇（街道）:18 嘎查村（社区）:21 村（社区）:21 阵地名称:34 "
        "活动名称:36 主办:18 媒体:18 培训名称:34 主办单位:24 对象:24 帮扶内容:30 公开募捐资格证书编号:26"
    )
}


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    if (top, left) != (bottom, right):
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


def _put(
    sheet: Worksheet, row: int, at: int, value: Cell, font: Font = _BODY, fill: PatternFill = _PLAIN
) -> None:
    cell = sheet.cell(row, at, value)
    cell.font, cell.fill, cell.alignment, cell.border = font, fill, _CENTRE, _BORDER
    if isinstance(value, Day):
        cell.number_format = "yyyy-mm-dd"


def _write_line(sheet: Worksheet, row: int, text: str, width: int) -> None:
    """Write one line of text across the whole sheet; row 1 is the title."""
    cell = sheet.cell(row, 1, text)
    cell.font = _TITLE if row == 1 else _BODY
    cell.alignment = _CENTRE if row == 1 else Alignment(vertical="center")
    _merge(sheet, row, 1, row, width)
    sheet.row_dimensions[row].height = _TITLE_HEIGHT if row == 1 else _ROW_HEIGHT


def _write_header(sheet: Worksheet, top: int, titles: Sequence[str]) -> int:
    """Write one or two header rows, with grouped titles below one cell; return the last row."""
    last, at = top + any("/" in title for title in titles), 1
    for upper, group in groupby(titles, key=lambda title: title.partition("/")[0]):
        lowers = [title.partition("/")[2] for title in group]
        for column, lower in enumerate(lowers, start=at):
            _put(sheet, top, column, upper, _BOLD, _HEAD)
            _put(sheet, last, column, lower or upper, _BOLD, _HEAD)
        _merge(sheet, top, at, top if lowers[0] else last, at + len(lowers) - 1)
        at += len(lowers)
    for row in range(top, last + 1):
        sheet.row_dimensions[row].height = _HEAD_HEIGHT
    return last


def _write_total(
    sheet: Worksheet, row: int, label: str, form: Form, rows: Sequence[Values]
) -> None:
    totals = form.totals(rows)
    for at in range(len(form.columns)):
        _put(sheet, row, at + 2, totals.get(at), _BOLD, _SUM)
    _put(sheet, row, 1, label, _BOLD, _SUM)
    _merge(sheet, row, 1, row, 2)


def _write_rows(sheet: Worksheet, row: int, form: Form, rows: Sequence[Values]) -> int:
    """Write numbered rows, merge equal neighbours, add a 小计 per street; return the next free row."""
    draw, number = Draw(form.title), count(1)
    for key, run in groupby(rows, key=lambda line: form.is_merged and line[0]):
        lines, top = list(run), row
        for line in lines:
            _put(sheet, row, 1, next(number))
            for column, (title, value) in enumerate(zip(form.columns, line, strict=True), start=2):
                _put(sheet, row, column, as_written(draw, title, value))
            row += 1
        if key:
            _merge(sheet, top, 2, row - 1, 2)
        if isinstance(key, Area) and key.is_township:
            _write_total(sheet, row, "小计", form, lines)
            row += 1
    return row


def _write_sheet(sheet: Worksheet, form: Form, rows: Sequence[Values], office: Office) -> None:
    titles = ("序号", *form.columns)
    bureau, day = f"填报单位（盖章）：{office.name}", f"填报日期：{office.day:%Y年%m月%d日}"
    _write_line(sheet, 1, f"{form.title}（演示数据）", len(titles))
    _write_line(sheet, 2, _GAP.join((bureau, day, f"单位：{form.unit}")), len(titles))
    header_end = _write_header(sheet, 3, titles)
    row = _write_rows(sheet, header_end + 1, form, rows)
    if form.totals(rows):
        _write_total(sheet, row, "合计", form, rows)
    for at in range(header_end + 1, row + 1):
        sheet.row_dimensions[at].height = _ROW_HEIGHT
    footer = _GAP.join(("填表人：张某", "审核人：李某", f"联系电话：{office.phone}"))
    _write_line(sheet, row + 2, footer, len(titles))
    for at, title in enumerate(titles, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(title, _WIDTH)
    _set_up_page(sheet, header_end)


def _set_up_page(sheet: Worksheet, header_end: int) -> None:
    """Set A4 landscape, one page wide, with the header on every page."""
    sheet.freeze_panes = f"A{header_end + 1}"
    sheet.print_title_rows = f"1:{header_end}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)


def write_workbook(
    path: Path, sheets: Iterable[tuple[str, Form, Sequence[Values]]], office: Office
) -> Path:
    """Write the sheets (name, form, rows) as one workbook; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, form, rows in sheets:
        _write_sheet(workbook.create_sheet(name), form, rows, office)
    workbook.save(path)
    return path
