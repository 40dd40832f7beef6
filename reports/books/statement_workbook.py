"""The monthly statement of a fund (基金收支报表) as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from dates.text import day_text
from funds.books.movements import FundBook, GroupSum, Movement, MovementKind
from reports.books.statement import SIGNED_BY, made_on, purpose_of, title_of
from reports.paper.sheets import (
    BODY,
    CENTRE,
    HEAD,
    LEFT,
    RIGHT,
    TITLE,
    CellValue,
    head_row,
    merged,
    new_sheet,
    put,
)
from reports.paper.stream import saved

_MONEY = "#,##0.00"
_HEADS = (
    *("序号", "日期", "类别", "摘要", "捐赠人", "方式或项目"),
    *("票据（决议）号", "收入（元）", "支出（元）", "结余（元）"),
)
_WIDTHS = (6, 12, 10, 34, 16, 20, 18, 15, 15, 16)


def build_workbook(book: FundBook) -> bytes:
    """Return the statement as an .xlsx: sheets 收支明细 and 汇总; the same bytes for the same book."""
    paper = Workbook()
    paper.remove(paper.worksheets[0])
    _lines_sheet(paper, book)
    _sums_sheet(paper, book)
    return saved(paper, made_on(book))


def _heading(sheet: Worksheet, book: FundBook, width: int) -> int:
    """Write title and subject; return the row of the column heads."""
    merged(sheet, 1, width, book.fund.name + title_of(book), TITLE, CENTRE, 40)
    line = (
        f"所属地区：{book.fund.area.name}        依托慈善组织：{book.fund.host_name}"
        f"        截至日期：{day_text(book.last)}        单位：元"
    )
    merged(sheet, 2, width, line, BODY, LEFT, 24)
    return 3


def _row(sheet: Worksheet, row: int, values: Sequence[CellValue], *, is_sum: bool = False) -> None:
    font = HEAD if is_sum else BODY
    for column, value in enumerate(values, start=1):
        style: str | None = None
        alignment: Alignment = CENTRE
        if isinstance(value, Decimal):
            style, alignment = _MONEY, RIGHT
        elif column in (4, 6) and not is_sum:
            alignment = LEFT
        put(sheet, row, column, value, style, alignment, font)
    sheet.row_dimensions[row].height = 24


def _lines_sheet(paper: Workbook, book: FundBook) -> None:
    sheet = new_sheet(paper, "收支明细", _WIDTHS)
    row = _heading(sheet, book, len(_HEADS))
    head_row(sheet, row, _HEADS)
    sheet.freeze_panes = sheet.cell(row + 1, 1)
    sheet.print_title_rows = f"1:{row}"
    row += 1
    _row(sheet, row, ("", "", "月初结余", *[""] * 6, book.opening), is_sum=True)
    for number, line in enumerate(book.lines, start=1):
        row += 1
        _row(sheet, row, (number, line.day.isoformat(), *_told(line)))
    income = book.totals.raised + sum(
        (line.amount for line in book.lines if line.kind == MovementKind.OPENING), Decimal(0)
    )
    row += 1
    sums = (income, book.totals.spending, "")
    _row(sheet, row, ("", "", "本月合计", *[""] * 4, *sums), is_sum=True)
    row += 1
    _row(sheet, row, ("", "", "月末结余", *[""] * 6, book.closing), is_sum=True)
    text = "        ".join(f"{words}：" + "　" * 8 for words in SIGNED_BY)
    merged(sheet, row + 2, len(_HEADS), text, BODY, LEFT, 30)
    day = f"依托慈善组织（盖章）：{'　' * 12}{'　' * 4}年　　月　　日"
    merged(sheet, row + 3, len(_HEADS), day, BODY, LEFT, 30)


def _told(line: Movement) -> tuple[CellValue, ...]:
    return (
        line.kind.label,
        purpose_of(line.kind, line.purpose),
        line.party,
        line.group,
        line.number,
        line.income if line.income is not None else "",
        line.spending if line.spending is not None else "",
        line.balance,
    )


def _sums_sheet(paper: Workbook, book: FundBook) -> None:
    sheet = new_sheet(paper, "汇总", (40, 18, 18, 18))
    row = _heading(sheet, book, 4)
    head_row(sheet, row, ("捐赠方式", "捐赠（元）", "退赠（元）", "净额（元）"))
    total = book.totals
    for one in book.channels:
        row += 1
        _sum(sheet, row, one, (one.totals.income, one.totals.refunds, one.totals.raised))
    row += 1
    _row(sheet, row, ("合计", total.income, total.refunds, total.raised), is_sum=True)
    row += 2
    head_row(sheet, row, ("资助项目", "支出（元）"))
    for one in book.projects:
        row += 1
        _sum(sheet, row, one, (one.totals.spending,))
    _row(sheet, row + 1, ("合计", total.spending), is_sum=True)


def _sum(sheet: Worksheet, row: int, one: GroupSum, amounts: Sequence[Decimal]) -> None:
    _row(sheet, row, (one.name, *amounts))
    sheet.cell(row, 1).alignment = LEFT
