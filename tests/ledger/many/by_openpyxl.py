"""Writes a book with openpyxl, and as text: the writers that every run of the tests has at hand."""

from __future__ import annotations

import csv
import datetime
import html
import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.ledger.many.pages import Book, Page, PageCell


def xlsx(book: Book) -> bytes:
    """Return an .xlsx; a formula stays without value."""
    target = Workbook()
    target.remove(target.worksheets[0])
    if book.is_1904:
        target.epoch = CALENDAR_MAC_1904
    for page in book.pages:
        _fill(target.create_sheet(page.name), page)
    buffer = io.BytesIO()
    target.save(buffer)
    return buffer.getvalue()


def _fill(sheet: Worksheet, page: Page) -> None:
    for row, line in enumerate(page.rows, 1):
        for column, cell in enumerate(line, 1):
            if not cell.is_empty:
                _write(sheet, row, column, cell)
    for top, left, bottom, right in page.merges:
        sheet.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )
    for row in page.hidden_rows:
        sheet.row_dimensions[row + 1].hidden = True
    for column in page.hidden_columns:
        sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
    sheet.sheet_state = "hidden" if page.is_hidden else "visible"


def _write(sheet: Worksheet, row: int, column: int, cell: PageCell) -> None:
    value = cell.error or (f"={cell.formula}" if cell.formula else cell.value)
    target = sheet.cell(row, column, value)
    if cell.error:
        target.data_type = "e"
    if cell.code:
        target.number_format = cell.code
    elif isinstance(cell.value, datetime.date):
        target.number_format = "yyyy-mm-dd"
    if cell.is_struck:
        target.font = Font(strike=True)


def _texts(book: Book) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in book.page.rows]


def _text(cell: PageCell) -> str:
    return "" if cell.value is None else str(cell.value)


def csv_of(book: Book, encoding: str, delimiter: str = ",") -> bytes:
    """Return the sheet of the ledger as text, in an encoding such as gbk or utf-16."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(_texts(book))
    return buffer.getvalue().encode(encoding)


def page_of(book: Book, encoding: str) -> bytes:
    """Return the sheet of the ledger as a web page, as old systems save it under the name .xls."""
    lines = "".join(
        f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>"
        for row in _texts(book)
    )
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">'
    return f"<html><head>{head}</head><body><table>{lines}</table></body></html>".encode(encoding)
