"""Measure writing a ledger of 100,000 rows × 15 columns as .xlsx, beside the usual libraries."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

import xlsxwriter
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from python_calamine import CalamineWorkbook

from bench import measure
from bench.tasks import Found
from reports.paper.sheets import BODY, BORDER, CENTRE, head_row, new_sheet
from reports.paper.stream import STYLES, laid, save

#: The kinds of the columns after the running number.
_KINDS = (*["text"] * 7, "day", "day", "money", "money", "count", "count", "text")
_HEADS = ["序号", *(f"栏目{number}" for number in range(1, len(_KINDS) + 1))]
_MOMENT = datetime.datetime(2026, 6, 30, tzinfo=datetime.UTC)
_FIRST = datetime.date(2021, 1, 1)


def written(rows: str) -> Found:
    """P8: write the rows with each library in turns; all files must read back the same."""
    count = int(rows)
    writers = {"stream": _stream, "xlsxwriter": _xlsxwriter, "openpyxl": _openpyxl}
    wanted = _read(_stream(_SAMPLE))
    for name, writer in writers.items():
        if _read(writer(_SAMPLE)) != wanted:
            raise ValueError(f"{name} wrote something else")
    works: dict[str, measure.Work] = {
        name: partial(writer, count) for name, writer in writers.items()
    }
    found = measure.medians({name: works[name] for name in ("stream", "xlsxwriter")}, 3)
    found["openpyxl"] = measure.seconds(works["openpyxl"])
    return found | {"rows": count}


def memory(rows: str) -> Found:
    """Return the peak memory that one ledger (and its file) adds to a fresh process."""
    _stream(_SAMPLE)
    before = measure.peak_megabytes()
    _stream(int(rows))
    return {"megabytes": measure.peak_megabytes() - before}


_SAMPLE = 50


def _rows(count: int) -> Iterator[list[object]]:
    for number in range(count):
        yield [
            f"街道{number % 11}",
            f"社区{number % 79}",
            f"社区{number % 79}互助会{number}",
            "公益慈善类",
            "街道管理",
            f"备{number:06}",
            "535000005000011221",
            _FIRST + datetime.timedelta(days=number % 2000),
            None if number % 3 else _FIRST + datetime.timedelta(days=number % 1500),
            Decimal(number) + Decimal("0.56"),
            Decimal("1000.50") if number % 2 else None,
            20 + number % 50,
            number % 7,
            "资金用于<一老一小>" if number % 10 else "",
        ]


def _read(content: bytes) -> Sequence[Sequence[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python()


# --- the writers ------------------------------------------------------------------------------


def _stream(count: int) -> bytes:
    """Write as the platform does, but without the row of totals, which the others do not have."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, "台账", [14] * len(_HEADS))
    head_row(sheet, 1, _HEADS)
    stream, target = laid(sheet, 2, _KINDS, _rows(count), count, is_summed=False), io.BytesIO()
    save(book, _MOMENT, [stream], target)
    return target.getvalue()


def _xlsxwriter(count: int) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, _HEADS, _format(book, "@", CENTRE))
    number_format = _format(book, "0", CENTRE)
    writers = {
        "text": sheet.write_string,
        "money": sheet.write_number,
        "count": sheet.write_number,
        "day": sheet.write_datetime,
    }
    cells = [(writers[kind], _format(book, *STYLES[kind])) for kind in _KINDS]
    for row, values in enumerate(_rows(count), start=1):
        sheet.write_number(row, 0, row, number_format)
        for column, (value, (write, style)) in enumerate(zip(values, cells, strict=True), start=1):
            if value is None or value == "":
                sheet.write_blank(row, column, None, style)
            else:
                write(row, column, value, style)
    book.close()
    return target.getvalue()


def _format(book: xlsxwriter.Workbook, number_format: str, alignment: Alignment) -> object:
    """Return the same format for XlsxWriter."""
    look = {"font_name": BODY.name, "font_size": BODY.size, "border": 1, "valign": "vcenter"}
    wrapped = {"align": alignment.horizontal, "text_wrap": bool(alignment.wrap_text)}
    return book.add_format({**look, **wrapped, "num_format": number_format})


def _openpyxl(count: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(_HEADS)
    looks = [("0", CENTRE), *(STYLES[kind] for kind in _KINDS)]
    for number, values in enumerate(_rows(count), start=1):
        cells = []
        for value, (number_format, alignment) in zip([number, *values], looks, strict=True):
            cell = WriteOnlyCell(sheet, value)
            cell.font, cell.border, cell.alignment = BODY, BORDER, alignment
            cell.number_format = number_format
            cells.append(cell)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
