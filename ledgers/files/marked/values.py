"""A plain workbook with the values of a file that cannot be marked in place."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from ledgers.reading.sheets import read_workbook


def workbook_of_values(content: bytes) -> bytes:
    """Return an .xlsx with the sheets, values and merged cells of any file that can be read."""
    book = Workbook(write_only=True)
    for grid in read_workbook(content)[0]:
        sheet = book.create_sheet(grid.name[:31])
        for values in grid.rows:
            sheet.append([_text_cell(sheet, v) if isinstance(v, str) and v else v for v in values])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _text_cell(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell
