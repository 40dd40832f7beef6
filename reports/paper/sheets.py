"""Cells, heads and page set-up of all workbooks: a bureau's fonts, A4 landscape, no formulas."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from copy import copy
from decimal import Decimal
from typing import Protocol
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reviews.downloads import current_mark

TITLE = Font(name="方正小标宋简体", size=20)
HEAD = Font(name="黑体", size=11)
BODY = Font(name="仿宋_GB2312", size=11)
NOTE = Font(name="仿宋_GB2312", size=10)
MARK = Font(name="黑体", size=12)
_THIN = Side(style="thin", color="000000")
BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
HEAD_FILL = PatternFill("solid", start_color="F2F2F2")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
RIGHT = Alignment(horizontal="right", vertical="center")
STATUS_FONTS = {"behind": "C00000", "lagging": "B45F06", "achieved": "1E6B34"}
#: The types of a cell's value.
CellValue = str | int | float | Decimal | datetime.date | None
#: Book → cell styles by font, alignment and number format.
_LOOKS: WeakKeyDictionary[Workbook, dict[tuple[Font, Alignment, str], object]] = WeakKeyDictionary()
#: Characters that XML does not allow: control characters, lone surrogates, non-characters.
UNWRITABLE = re.compile(rf"{ILLEGAL_CHARACTERS_RE.pattern}|[\ud800-\udfff\ufffe\uffff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


def new_sheet(book: Workbook, name: str, widths: Sequence[int]) -> Worksheet:
    """Add a sheet for A4 landscape, fitted to the page width; `widths` are in characters."""
    sheet: Worksheet = book.create_sheet(_SHEET_NAME.sub("", name)[:31])
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.6
    margins.top, margins.bottom = 0.8, 0.7
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if mark := current_mark():
        sheet.oddHeader.right.text = mark.replace("&", "&&")
        sheet.HeaderFooter.scaleWithDoc = False  # legible however many columns fit on the page
    return sheet


def head_row(sheet: Worksheet, row: int, heads: Sequence[str], height: int = 30) -> None:
    """Write the heads of the columns; `height` is in points."""
    for column, head in enumerate(heads, start=1):
        put(sheet, row, column, head, None, CENTRE, HEAD).fill = HEAD_FILL
    sheet.row_dimensions[row].height = height


def merged(
    sheet: Worksheet, row: int, width: int, text: str, font: Font, alignment: Alignment, height: int
) -> None:
    """Write a text over `width` merged columns; `height` is in points."""
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    cell = sheet.cell(row, 1)
    set_cell(cell, text)
    cell.font, cell.alignment = font, alignment
    sheet.row_dimensions[row].height = height


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: CellValue,
    number_format: str | None = None,
    alignment: Alignment = LEFT,
    font: Font = BODY,
) -> Cell:
    """Write a cell with borders; without a number format text is text and a number General."""
    cell: Cell = sheet.cell(row, column)
    set_cell(cell, value)
    # openpyxl compares fonts and borders for each cell that is styled: copying a style is faster.
    looks = _LOOKS.setdefault(sheet.parent, {})
    style = number_format or ("@" if isinstance(value, str) else cell.number_format)
    look = looks.get((font, alignment, style))
    if look is None:
        cell.font, cell.alignment, cell.border, cell.number_format = font, alignment, BORDER, style
        looks[font, alignment, style] = copy(cell._style)
    else:
        cell._style = copy(look)
    return cell


def set_cell(cell: Cell, value: CellValue) -> None:
    """Set a value; text stays text, whatever it begins with, and is never a formula."""
    if isinstance(value, str):  # a character that XML forbids would stop the whole report
        value = UNWRITABLE.sub("", value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"


def number_of(text: str | None, missing: str = "无数据") -> Decimal | str:
    """Return a decimal string as a number; `missing` if it is None."""
    return missing if text is None else Decimal(text)


class HasUnit(Protocol):
    """An indicator, from the plan or from a sealed edition."""

    @property
    def unit(self) -> str:
        """The unit of its numerator."""

    @property
    def is_percentage(self) -> bool:
        """Whether its value is a fraction of 1, shown in per cent."""


def number_style(item: HasUnit) -> str:
    """Return the number format of an indicator's value."""
    if item.is_percentage:
        return "0.00%"
    return "0.00" if item.unit in ("元", "万元", "亿元") else "0"


def pace_style(item: HasUnit) -> str:
    """Return the number format of the value expected by now: counts with one decimal."""
    return "0.00%" if item.is_percentage else "0.0"
