"""The workbook of an edition, made from its content alone: the same bytes every time.

Sheets: 封面, 核心绩效指标 (the annex table), 正文目标, 下级地区明细, 图表 with 图表数据, 与往期比较, 任务清单, 履责情况, 履责逾期名单,
下级报送与未报名单, 汇总核对, 数据更正, 口径说明, one ledger sheet per record kind; empty sheets are left out.
A4 landscape, fitted to the width, header rows repeated on every page.
"""

from __future__ import annotations

import zlib

import openpyxl
from openpyxl import Workbook

from reports.paper.charts import chart_sheets
from reports.paper.cover import contents, cover_sheet
from reports.paper.parts.duties import duty_sheets
from reports.paper.parts.tasks import task_sheet
from reports.paper.sheets import UNWRITABLE, head_row, new_sheet
from reports.paper.stream import Stream, laid, saved
from reports.paper.tables import (
    children_sheet,
    comparison_sheet,
    consolidation_sheet,
    correction_sheet,
    filing_sheet,
    heading,
    indicator_sheet,
    readings_sheet,
)
from reports.schema.content import EditionContent, LedgerColumn, SealedLedger

#: Number of the layout and versions of the libraries that make a workbook.
GENERATOR = f"layout 2, openpyxl {openpyxl.__version__}, zlib {zlib.ZLIB_RUNTIME_VERSION}"


def build_workbook(content: EditionContent, sha256: str) -> bytes:
    """Return the finished .xlsx; `sha256` is the edition's digest, printed on the first sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    first = content.leading_indicators
    text = [item for item in content.indicators if item.place == "text"]
    cover = cover_sheet(book, content, sha256)
    indicator_sheet(book, content, "核心绩效指标", first, sha256)
    if text and first != text:
        indicator_sheet(book, content, "正文目标", text, sha256)
    children_sheet(book, content, first)
    chart_sheets(book, content, first)
    comparison_sheet(book, content)
    task_sheet(book, content)
    duty_sheets(book, content)
    filing_sheet(book, content)
    consolidation_sheet(book, content)
    correction_sheet(book, content)
    readings_sheet(book, content)
    streams = [_ledger_sheet(book, content, ledger) for ledger in content.ledgers]
    contents(cover, book.sheetnames[1:])
    book.properties.creator = UNWRITABLE.sub("", content.seal.sealed_by)
    title = f"{content.area.name}{content.subject}进展情况"
    book.properties.title = UNWRITABLE.sub("", title)
    return saved(book, content.seal.sealed_at, streams)


def _ledger_sheet(book: Workbook, content: EditionContent, ledger: SealedLedger) -> Stream:
    columns, rows = ledger.columns, ledger.rows
    sheet = new_sheet(
        book, f"台账-{ledger.name}", [7, *(_ledger_width(column) for column in columns)]
    )
    title = f"{content.area.name}{ledger.name}台账"
    first = heading(sheet, content, title, len(columns) + 1)
    head_row(sheet, first, ["序号", *(column.title for column in columns)])
    sheet.freeze_panes = sheet.cell(first + 1, 3)
    kinds = [column.type for column in columns]
    is_summed = ledger.is_summed
    return laid(sheet, first + 1, kinds, rows, len(rows), is_summed=is_summed)


def _ledger_width(column: LedgerColumn) -> int:
    widths = {"money": 16, "count": 12, "day": 13}
    names = ("名称", "所属基金", "内容", "摘要", "用途", "依据", "依托")
    long = any(word in column.title for word in names)
    return widths.get(column.type, 42 if long else 22)
