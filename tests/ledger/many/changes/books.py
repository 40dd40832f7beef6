"""What else is in a workbook: hidden rows and sheets, summaries, sources, notes."""

from __future__ import annotations

from tests.ledger.many.changes.around import of_page
from tests.ledger.many.pages import (
    Book,
    Change,
    Page,
    PageCell,
    Value,
)


def _hidden_row(page: Page) -> None:
    page.hidden_rows.append(page.first + 1)


def _hidden_column(page: Page) -> None:
    page.hidden_columns.append(page.width - 2)


def _struck_row(page: Page) -> None:
    for cell in page.rows[page.first + 1]:
        cell.is_struck = True


def _sheet(
    label: str,
    page: Page,
    *,
    at: int = 1,
    is_told: bool = False,
    needs: frozenset[str] = frozenset({"sheets"}),
) -> Change:
    def edit(book: Book) -> None:
        book.pages.insert(at, page)

    return Change(label, book=edit, is_told=is_told, needs=needs)


def _rows(*lines: tuple[Value, ...]) -> list[list[PageCell]]:
    return [[PageCell(value) for value in line] for line in lines]


def _count_from_1904(book: Book) -> None:
    book.is_1904 = True


_SUMMARY = _rows(("街道", "数量", "金额"), ("七星岗街道", 2, 110_500), ("解放碑街道", 2, 205_000.5))
HIDDEN = frozenset({"hidden"})
BOOKS = (
    of_page("一行隐藏", _hidden_row, is_told=True, needs=HIDDEN),
    of_page("一列隐藏", _hidden_column, is_told=True, needs=HIDDEN),
    of_page("一行有删除线", _struck_row, is_told=True, needs=frozenset({"struck"})),
    Change("日期从 1904 年算", book=_count_from_1904, needs=frozenset({"1904", "types"})),
    _sheet("另有汇总表", Page(_SUMMARY, "汇总表"), is_told=True),
    _sheet("前有汇总表", Page(_SUMMARY, "汇总表"), at=0, is_told=True),
    _sheet("另有数据源", Page(_rows(("类别",), ("公益慈善类",), ("文体活动类",)), "数据源")),
    _sheet("另有填表说明", Page(_rows(("填表说明",), ("一、日期写年月日",)), "填表说明")),
    _sheet("另有空表", Page(_rows(()), "Sheet2")),
    _sheet(
        "另有隐藏的表",
        Page(_SUMMARY, "底稿", is_hidden=True),
        is_told=True,
        needs=frozenset({"sheets", "hidden"}),
    ),
)
