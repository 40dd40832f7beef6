"""The empty workbook that a clerk fills in: one sheet per ledger, with drop-down lists for the area."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from areas.codes import COMMUNITY_LEVEL, TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from guards.formulas import plain_cell
from ledgers.cells import Choice, Parser, bare_whole, day, end_day, flag, period, whole, year, yuan
from ledgers.declaration import COMMUNITY, STREET, Column, Ledger
from ledgers.reading.layout.rows import EXAMPLE
from ledgers.reading.sheets import OPTIONS_SHEET

_ROWS = 2000
_HEAD, _FIRST = 2, 3
_THIN = Border(*(Side(style="thin", color="BFBFBF"),) * 4)
_NEEDED = PatternFill("solid", fgColor="FCE4D6")
_OPTIONAL = PatternFill("solid", fgColor="EDEDED")
_GREY = Font(italic=True, color="808080")


def template_of(ledgers: Sequence[Ledger], root: Area) -> bytes:
    """Return an .xlsx with a sheet per ledger: titles with notes, drop-down lists and an example
    row.

    The example row is marked 示例 and is never imported.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    options = _Options(book, root)
    for ledger in ledgers:
        _fill(book.create_sheet(ledger.name[:31]), ledger, root, options)
    options.finish()
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Options:
    """The hidden sheet that holds the choices of the drop-down lists."""

    def __init__(self, book: Workbook, root: Area) -> None:
        self._book, self._sheet = book, book.create_sheet(OPTIONS_SHEET)
        areas = list(Area.objects.within(root.code).filter(valid_to__isnull=True))
        streets = {area.code: str(area) for area in areas if area.level == TOWNSHIP_LEVEL}
        if root.level > TOWNSHIP_LEVEL and (street := cut_to(root.code, TOWNSHIP_LEVEL)):
            streets = {street: str(Area.objects.get(pk=street))}
        pairs = [
            (streets.get(cut_to(area.code, TOWNSHIP_LEVEL), ""), str(area))
            for area in areas
            if area.level == COMMUNITY_LEVEL
        ]
        self.streets, self.first_pair = list(streets.values()), next(iter(pairs), ("", ""))
        for row, pair in enumerate(pairs, 1):
            plain_cell(self._sheet.cell(row, 1), pair[0])
            plain_cell(self._sheet.cell(row, 2), pair[1])
        self._pairs, self._column = len(pairs), 2

    def range_of(self, values: Sequence[str]) -> str:
        """Write the choices into a new column and return its address."""
        self._column += 1
        for row, value in enumerate(values, 1):
            plain_cell(self._sheet.cell(row, self._column), value)
        letter = get_column_letter(self._column)
        return f"'{OPTIONS_SHEET}'!${letter}$1:${letter}${max(len(values), 1)}"

    def communities_of(self, cell: str) -> str:
        """Return the formula of the communities in the street that a cell names; of all while it is
        empty."""
        names = f"'{OPTIONS_SHEET}'!$A$1:$A${max(self._pairs, 1)}"
        first = f"'{OPTIONS_SHEET}'!$B$1"
        return (
            f'OFFSET({first},IF({cell}="",0,MATCH({cell},{names},0)-1),0,'
            f'IF({cell}="",{max(self._pairs, 1)},COUNTIF({names},{cell})),1)'
        )

    def finish(self) -> None:
        """Hide the sheet and move it to the end."""
        self._sheet.sheet_state = "veryHidden"
        self._book.move_sheet(self._sheet, len(self._book.sheetnames))


def _fill(sheet: Worksheet, ledger: Ledger, root: Area, options: _Options) -> None:
    columns = [column for column in ledger.columns if column.is_offered]
    width = len(columns) + 1
    plain_cell(sheet.cell(1, 1), f"{root}{ledger.name}").font = Font(bold=True, size=14)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet.row_dimensions[1].height, sheet.row_dimensions[_HEAD].height = 26, 32
    _title(sheet, 1, "序号", is_needed=False, note="可不填；“示例”行不会导入，可以删除")
    sheet.cell(_FIRST, 1, EXAMPLE).font = _GREY
    street_cell = ""
    for at, column in enumerate(columns, 2):
        letter = get_column_letter(at)
        _title(sheet, at, column.full_title, is_needed=column.required, note=_note(column))
        example = _example(column, options)
        plain_cell(sheet.cell(_FIRST, at), example).font = _GREY
        sheet.column_dimensions[letter].width = max(12.0, 2.2 * len(column.title) + 3)
        if column.field == STREET:
            street_cell = f"${letter}{_FIRST}"
        _restrict(sheet, letter, column, street_cell, options)
    sheet.freeze_panes = f"A{_FIRST}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _title(sheet: Worksheet, at: int, title: str, *, is_needed: bool, note: str) -> None:
    cell = sheet.cell(_HEAD, at, title)
    cell.font, cell.border = Font(bold=True), _THIN
    cell.fill = _NEEDED if is_needed else _OPTIONAL
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.comment = Comment(note, "社区慈善工作平台", width=280, height=90)


def _note(column: Column) -> str:
    parse = column.parse
    texts: dict[Parser, str] = {
        day: "日期，如 2026-04-28 或 2026年4月28日",
        end_day: "日期；没有终止的不填或填“至今”",
        yuan: "金额，单位为元，只填数字",
        whole: f"整数，单位为{column.unit}",
        bare_whole: "整数",
        flag: "填“是”或“否”",
        year: "年份，如 2025",
        period: "年度、半年、季度或月份，如 2025、2025年上半年、2025年第一季度、2025年3月",
    }
    how = texts.get(parse, "")
    if isinstance(parse, Choice):
        how = f"从下拉列表选择：{'、'.join(parse.labels)}"
    elif column.field == STREET:
        how = "从下拉列表选择本地的街道（乡镇）"
    elif column.field == COMMUNITY:
        how = "先选街道，再从下拉列表选择社区（村）；街道级的不填"
    return f"{'必填' if column.required else '选填'}。{how}" if how else _needed(column)


def _needed(column: Column) -> str:
    return "必填" if column.required else "选填"


def _example(column: Column, options: _Options) -> str | int:
    parse = column.parse
    if column.example:
        return column.example
    if isinstance(parse, Choice):
        return parse.labels[0]
    if column.field == STREET:
        return options.first_pair[0] or next(iter(options.streets), "")
    if column.field == COMMUNITY:
        return options.first_pair[1]
    known: dict[Parser, str | int] = {
        day: "2026-04-28",
        yuan: 10000,
        whole: 20,
        bare_whole: 20,
        flag: "是",
        year: "2025",
        end_day: "",
    }
    return known.get(parse, f"（{column.title}）" if column.required else "")


def _restrict(
    sheet: Worksheet, letter: str, column: Column, street_cell: str, options: _Options
) -> None:
    parse = column.parse
    if column.field == STREET and options.streets:
        formula = options.range_of(options.streets)
    elif column.field == COMMUNITY and street_cell:
        formula = options.communities_of(street_cell)
    elif isinstance(parse, Choice):
        formula = options.range_of(parse.labels)
    elif parse is flag:
        formula = '"是,否"'
    else:
        return
    rule = DataValidation(type="list", formula1=formula, allow_blank=True)
    rule.error, rule.errorTitle = "请从下拉列表中选择", "内容不在列表中"
    rule.showErrorMessage = not isinstance(parse, Choice) or column.field in (STREET, COMMUNITY)
    rule.errorStyle = "warning"
    sheet.add_data_validation(rule)
    rule.add(f"{letter}{_FIRST}:{letter}{_ROWS}")
