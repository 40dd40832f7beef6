"""What clerks also write, of which nobody can be sure; the platform asks, whatever it makes of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.ledger.many.changes.around import below_table, of_page, sums_of, total
from tests.ledger.many.changes.books import HIDDEN
from tests.ledger.many.changes.cells import one, written
from tests.ledger.many.pages import (
    COUNT,
    DAY,
    FLAG,
    IDENTIFIER,
    MONEY,
    PLACE,
    Book,
    Change,
    Page,
    PageCell,
    Value,
)
from tests.ledger.many.plain import PLAIN

_PLACED = frozenset(kind for kind, table in PLAIN.items() if table.of(PLACE))


def _given(text: str, _: Value) -> Value:
    return text


def _odd(sort: str, *texts: str) -> tuple[Change, ...]:
    """Return changes that write one text each, of which nobody can be sure."""
    return tuple(one(f"写成“{text}”", sort, written(partial(_given, text))) for text in texts)


#: What clerks also write; the platform asks, whatever it makes of it.
ODD = (
    *_odd(
        DAY,
        *("2026年3月上旬", "2026年一季度", "2026-3-5至2026-3-7", "2026.3.5、3.7", "2026年3月底"),
        *("2026/13/5", "20260230", "26年3月5日", "5-Mar-26", "Mar 5, 2026", "202603", "2026"),
        *(
            "2026年3月5日、6日",
            "农历三月初五",
            "民国115年3月5日",
            "去年3月5日",
            "待定",
            "2026-03-05-07",
        ),
        *("20260305-07", "2026.3.5开始", "每月5日", "3.5", "03/05/26", "0", "12:30", "2026-00-05"),
    ),
    *_odd(
        MONEY,
        *(
            "500元/人",
            "500/月",
            "500+300",
            "500元（含物资200元）",
            "500.00.00",
            "5w",
            "500K",
            "五百多",
        ),
        *(
            "500美元",
            "€500",
            "500×3",
            "500元×3人",
            "3人500元",
            "免费",
            "500-",
            "-500",
            "（500）",
            "½",
        ),
        *(
            "1/2",
            "5%",
            "500~600",
            "不低于500",
            "500以内",
            "人均500",
            "1.5.2",
            "1,00,000",
            "五百~六百",
            "1e400",
        ),
        *(
            "500吨",
            "10袋米",
            "折价500",
            "0x1F4",
            "NaN",
            "Infinity",
            "５，０",
            "1万2",
            "1万5千余",
            "伍佰",
            "500元起",
        ),
    ),
    *_odd(
        COUNT,
        *(
            "5-8人",
            "5、6人",
            "5+3",
            "5/8",
            "每次5人",
            "十几人",
            "5%",
            "5人(其中党员2人)",
            "5户12人",
            "5个半",
        ),
        *(
            "-5",
            "5.5",
            "20余",
            "近20",
            "½",
            "㈤",
            "5次×3人",
            "1,2",
            "若干",
            "99999999999",
            "约5万",
            "5千余人次",
        ),
    ),
    *_odd(FLAG, "是/否", "√×", "部分", "2", "待办", "基本是", "是的，但未公示"),
    *_odd(IDENTIFIER, "2.03E+17", "2026/11/1", "见附件", "同上", "〃"),
)


def _transposed(page: Page) -> None:
    width = page.width
    page.rows = [[row[at] for row in page.rows] for at in range(width)]


def _copied_row(page: Page) -> None:
    page.rows.append([PageCell(cell.value) for cell in page.rows[page.first]])


def _copied_sheet(book: Book) -> None:
    copied = [[PageCell(cell.value) for cell in row] for row in book.page.rows]
    book.pages.append(Page(copied, f"{book.page.name} (2)"))


def _sheet_for_each_street(book: Book) -> None:
    """Put the records of each street on a sheet of its own, without a column of streets."""
    page = book.page
    head, rows = page.rows[page.head], page.rows[page.first :]
    street = next(at for at, cell in enumerate(head) if cell.value == "街道")
    names = list(dict.fromkeys(str(row[street].value) for row in rows))
    book.pages = [
        Page(
            [
                [cell for at, cell in enumerate(row) if at != street]
                for row in (head, *(row for row in rows if row[street].value == name))
            ],
            f"台账{name}",
        )
        for name in names
    ]


def _two_sheets(book: Book) -> None:
    page = book.page
    second = [page.rows[page.head], *page.rows[page.first + 2 :]]
    del page.rows[page.first + 2 :]
    book.pages.append(Page(second, "台账（续）"))


def _two_blocks(page: Page) -> None:
    """Put the last two records beside the first two, under titles of their own."""
    height = page.first + 2
    beside = [page.rows[page.head], *page.rows[page.first + 2 :]]
    page.rows = [
        [*row, PageCell(), *other]
        for row, other in zip(page.rows[page.head : height], beside, strict=True)
    ]


def _total_in(column: int, label: str) -> Callable[[Page], None]:
    def edit(page: Page) -> None:
        sums = sums_of(page)
        sums[column] = label
        page.append(*sums)

    return edit


def _section_lines(page: Page) -> None:
    for at, text in ((page.first + 2, "二、解放碑街道"), (page.first, "一、七星岗街道")):
        page.insert_row(at, (text,))


def _example_row(page: Page) -> None:
    page.insert_row(page.first, [PageCell(cell.value) for cell in page.rows[page.first]])
    page.rows[page.first - 1][0].value = "例"
    page.first -= 1


def _hidden_titles(page: Page) -> None:
    page.hidden_rows.append(page.head)


ODD_LAYOUTS = (
    of_page("横竖颠倒", _transposed, is_told=True),
    of_page("一行抄了两遍", _copied_row, is_told=True),
    of_page("记录分左右两栏", _two_blocks),
    of_page("合计写在第二列", _total_in(1, "合计")),
    of_page("合计写在第三列", _total_in(2, "合计：")),
    of_page("合计写在第四列", _total_in(3, "总计")),
    of_page("合计带条数", total("合计4条")),
    of_page("合计行没有字", total("")),
    of_page("其中行", total("其中：社区级")),
    of_page("分节行", _section_lines, kinds=_PLACED),
    of_page("示例行", _example_row),
    of_page("续表字样", below_table(("续表",))),
    of_page("页码行", below_table(("第 1 页，共 1 页",))),
    of_page("列名行隐藏", _hidden_titles, needs=HIDDEN),
    Change("表抄了两张", book=_copied_sheet, is_told=True, needs=frozenset({"sheets"})),
    Change(
        "一个街道一张表", book=_sheet_for_each_street, needs=frozenset({"sheets"}), kinds=_PLACED
    ),
    Change("分两张表", book=_two_sheets, needs=frozenset({"sheets"})),
)
