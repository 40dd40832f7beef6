"""The monthly statement of a fund (基金收支报表) as a Word document."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from dates.text import day_text
from funds.books.movements import FundBook, GroupSum, MovementKind, book_of
from funds.models import Fund
from reports.paper.blocks import Block, Heading, Paragraph, Signature, Table, Title
from reports.paper.word import written
from reviews.checks import yuan_text

_ZONE = ZoneInfo("Asia/Shanghai")
#: The lines that are signed by hand.
SIGNED_BY = ("基金负责人（签字）", "经办人（签字）", "监督人（签字）")
_BLANK_DAY = "　　年　月　日"


def statement_of(fund: Fund, month: datetime.date, today: datetime.date) -> FundBook:
    """Return the book of a month; that of the present month ends today."""
    first = month.replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return book_of(fund, first, min(last, today))


def title_of(book: FundBook) -> str:
    """Return 2026年3月收支报表."""
    return f"{book.first.year}年{book.first.month}月收支报表"


def file_name(book: FundBook, kind: str) -> str:
    """Return the file's name, such as `…基金2026年3月收支报表.xlsx`."""
    return f"{book.fund.name}{title_of(book)}.{kind}"


def made_on(book: FundBook) -> datetime.datetime:
    """Return the time in a statement's properties: the end of its days, so that the same figures make
    the same bytes."""
    return datetime.datetime.combine(book.last, datetime.time(23, 59, 59), _ZONE)


def money(amount: Decimal | None) -> str:
    """Return an amount with two decimals and thousands, or nothing."""
    return "" if amount is None else f"{amount:,.2f}"


def purpose_of(kind: MovementKind, purpose: str) -> str:
    """Return what a line says: a refund and an opening say what they are."""
    if kind == MovementKind.OPENING:
        return kind.label
    if kind == MovementKind.REFUND:
        return f"退赠：{purpose}" if purpose else kind.label
    return purpose or kind.label


def build_document(book: FundBook) -> bytes:
    """Return the statement as a .docx: the same bytes for the same book."""
    return written(_blocks(book), book.fund.name + title_of(book), "", made_on(book))


def _blocks(book: FundBook) -> Iterator[Block]:
    yield Title((book.fund.name, title_of(book)), f"（截至{day_text(book.last)}，单位：元）")
    yield Paragraph(_summary(book))
    yield _lines(book)
    if book.channels:
        yield _channels(book.channels)
    if book.projects:
        yield _projects(book.projects)
    yield Heading(3, "签字确认")
    for words in SIGNED_BY:
        yield Paragraph(f"{words}：")
    yield Signature((book.fund.host_name,), _BLANK_DAY)


def _summary(book: FundBook) -> str:
    total = book.totals
    back = f"，退赠{yuan_text(total.refunds)}" if total.refunds else ""
    opening = sum(
        (line.amount for line in book.lines if line.kind == MovementKind.OPENING), Decimal(0)
    )
    begun = f"，本月到位起始资金{yuan_text(opening)}" if opening else ""
    return (
        f"月初结余{yuan_text(book.opening)}{begun}，本月捐赠收入{yuan_text(total.income)}{back}，"
        f"本月支出{yuan_text(total.spending)}，月末结余{yuan_text(book.closing)}。"
    )


def _lines(book: FundBook) -> Table:
    rows = [
        ("月初结余", "", "", "", money(book.opening)),
        *(
            (
                f"{line.day:%m-%d}",
                purpose_of(line.kind, line.purpose),
                money(line.income),
                money(line.spending),
                money(line.balance),
            )
            for line in book.lines
        ),
        ("月末结余", "", "", "", money(book.closing)),
    ]
    heads = ("日期", "摘要", "收入", "支出", "结余")
    return Table("收支明细", heads, tuple(rows), (14, 34, 18, 18, 20))


def _channels(sums: Sequence[GroupSum]) -> Table:
    rows = tuple(
        (one.name, money(one.totals.income), money(one.totals.refunds), money(one.totals.raised))
        for one in sums
    )
    return Table("捐赠收入按方式汇总", ("捐赠方式", "捐赠", "退赠", "净额"), rows, (34, 22, 22, 22))


def _projects(sums: Sequence[GroupSum]) -> Table:
    rows = tuple((one.name, money(one.totals.spending)) for one in sums)
    return Table("支出按项目汇总", ("资助项目", "支出"), rows, (70, 30))
