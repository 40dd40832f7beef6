"""Wrote the ledger of these files with openpyxl 3.1.5, XlsxWriter 3.3.1 and xlwt 1.3.0.

Run it in a virtual environment that has the three: `python make.py FOLDER`.
"""

from __future__ import annotations

import datetime
import sys
from importlib import import_module
from pathlib import Path

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

TITLE = "渝中区基金台账"
HEADS = [
    *("序号", "基金名称", "街道", "设立日期", "起始资金", "到账金额", "比例"),
    *("是否", "错误", "公式", "未计算"),
]
DAY = datetime.datetime(2026, 2, 28)  # noqa: DTZ001 — Excel knows no time zones
LAST = 46081.99999999
STREET, OTHER = "大溪沟街道", "石油路街道"
CHINESE_DAY, DASHED_DAY = 'yyyy"年"m"月"d"日"', "yyyy-mm-dd"
MONEY, WAN, SCALED, SHARE = "#,##0.00", '0.00"万元"', '0!.0,"万"', "0.0%"


def with_openpyxl(folder: Path) -> None:
    """Write with openpyxl, which stores no values of formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    for row in ([TITLE], HEADS):
        sheet.append(row)
    sheet.append([1, "甲基金", STREET, DAY, 1234.5, 12.5, 0.125, True, "#DIV/0!", "=1+1", "=1+1"])
    sheet.append([2, "乙基金", None, LAST, 5, 50000, None, False])
    sheet.append([3, "丙基金", STREET, DAY, 7])
    sheet.append([4, "丁基金", OTHER, DAY, 8])
    sheet.append([5, CellRichText(TextBlock(InlineFont(strike=True), "旧"), "新")])
    sheet["I3"].data_type = "e"
    for cell, code in _CODES.items():
        sheet[cell].number_format = code
    for cell in sheet[5]:
        cell.font = Font(strike=True)
    sheet.merge_cells("A1:K1")
    sheet.merge_cells("C3:C4")
    sheet.row_dimensions[6].hidden = sheet.column_dimensions["G"].hidden = True
    hidden = book.create_sheet("数据源")
    hidden["A1"], hidden.sheet_state = "x", "hidden"
    book.save(folder / "openpyxl.xlsx")


_CODES = {
    **{"D3": CHINESE_DAY, "E3": MONEY, "F3": WAN, "G3": SHARE, "F4": SCALED},
    **dict.fromkeys(("D4", "D5", "D6"), DASHED_DAY),
}


def with_xlsxwriter(path: Path, *, is_1904: bool) -> None:
    """Write with XlsxWriter, which stores 0 for a formula unless it is told the value."""
    book = import_module("xlsxwriter").Workbook(path, {"date_1904": is_1904})
    sheet, hidden = book.add_worksheet("台账"), book.add_worksheet("数据源")

    def shown(code: str = "General", *, struck: bool = False) -> object:
        return book.add_format({"num_format": code, "font_strikeout": struck})

    sheet.merge_range("A1:K1", TITLE)
    sheet.write_row("A2", HEADS)
    sheet.write_row("A3", [1, "甲基金"])
    sheet.merge_range("C3:C4", STREET)
    sheet.write_datetime("D3", DAY, shown(CHINESE_DAY))
    for cell, number in (("E3", 1234.5), ("F3", 12.5), ("G3", 0.125), ("F4", 50000)):
        sheet.write(cell, number, shown(_CODES[cell]))
    sheet.write("H3", True)
    for cell, formula, value in (("I3", "=1/0", "#DIV/0!"), ("J3", "=1+1", 2), ("K3", "=1+1", 0)):
        sheet.write_formula(cell, formula, None, value)
    sheet.write_row("A4", [2, "乙基金"])
    sheet.write_number("D4", LAST - 1462 * is_1904, shown(DASHED_DAY))
    sheet.write("E4", 5)
    sheet.write("H4", False)
    sheet.write_row("A5", [3, "丙基金", STREET], shown(struck=True))
    sheet.write_datetime("D5", DAY, shown(DASHED_DAY, struck=True))
    sheet.write("E5", 7, shown(struck=True))
    sheet.write_row("A6", [4, "丁基金", OTHER])
    sheet.write_datetime("D6", DAY, shown(DASHED_DAY))
    sheet.write("E6", 8)
    sheet.write("A7", 5)
    sheet.write_rich_string("B7", shown(struck=True), "旧", book.add_format({"bold": True}), "新")
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column("G:G", None, None, {"hidden": True})
    hidden.write("A1", "x")
    hidden.hide()
    book.close()


def with_xlwt(folder: Path) -> None:
    """Write with xlwt, whose formulas hold no values."""
    xlwt = import_module("xlwt")
    book = xlwt.Workbook(encoding="utf-8")
    sheet, hidden = book.add_sheet("台账"), book.add_sheet("数据源")

    def shown(code: str = "General", *, struck: bool = False) -> object:
        return xlwt.easyxf("font: struck_out true" if struck else "", num_format_str=code)

    sheet.write_merge(0, 0, 0, 10, TITLE)
    for column, head in enumerate(HEADS):
        sheet.write(1, column, head)
    for row, values in enumerate(([1, "甲基金"], [2, "乙基金"]), 2):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    sheet.write_merge(2, 3, 2, 2, STREET)
    sheet.write(2, 3, DAY, shown(CHINESE_DAY))
    for column, value, code in ((4, 1234.5, MONEY), (5, 12.5, WAN), (6, 0.125, SHARE)):
        sheet.write(2, column, value, shown(code))
    sheet.write(2, 7, True)
    sheet.row(2).set_cell_error(8, 0x07)
    sheet.write(2, 9, 2)
    sheet.write(2, 10, xlwt.Formula("1+1"))
    sheet.write(3, 3, LAST, shown(DASHED_DAY))
    sheet.write(3, 4, 5)
    sheet.write(3, 5, 50000, shown(SCALED))
    sheet.write(3, 7, False)
    for column, value in enumerate([3, "丙基金", STREET]):
        sheet.write(4, column, value, shown(struck=True))
    sheet.write(4, 3, DAY, shown(DASHED_DAY, struck=True))
    sheet.write(4, 4, 7, shown(struck=True))
    for column, value in enumerate([4, "丁基金", OTHER]):
        sheet.write(5, column, value)
    sheet.write(5, 3, DAY, shown(DASHED_DAY))
    sheet.write(5, 4, 8)
    struck = xlwt.Font()
    struck.struck_out = True
    sheet.write(6, 0, 5)
    sheet.write_rich_text(6, 1, (("旧", struck), "新"))
    sheet.row(5).hidden = sheet.col(6).hidden = True
    hidden.write(0, 0, "x")
    hidden.visibility = 1
    book.save(folder / "xlwt.xls")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    with_openpyxl(target)
    with_xlsxwriter(target / "xlsxwriter.xlsx", is_1904=False)
    with_xlsxwriter(target / "xlsxwriter-1904.xlsx", is_1904=True)
    with_xlwt(target)
