"""Where bureaus put the table, and what they write around it; the records stay those of the plain ledger."""

from __future__ import annotations

from collections.abc import Callable

from tests.ledger.many.pages import (
    PLACE,
    Book,
    Change,
    Page,
    Value,
)
from tests.ledger.many.plain import PLAIN

_MERGED = frozenset({"merges"})
_PLACED = frozenset(kind for kind, table in PLAIN.items() if table.of(PLACE))
_MONEY_BOOK = frozenset({"money"})


def of_page(
    label: str,
    edit: Callable[[Page], None],
    *,
    is_told: bool = False,
    needs: frozenset[str] = frozenset(),
    kinds: frozenset[str] = frozenset(),
) -> Change:
    def change(book: Book) -> None:
        edit(book.page)

    return Change(label, book=change, is_told=is_told, needs=needs, kinds=kinds)


def _titles_above(*lines: tuple[Value, ...]) -> Callable[[Page], None]:
    def edit(page: Page) -> None:
        for line in reversed(lines):
            page.insert_row(page.head, line)

    return edit


def _merged_title(page: Page) -> None:
    page.insert_row(0, ("渝中区社区慈善工作台账",))
    page.merges.append((0, 0, 0, page.width - 1))


def _far_down(page: Page) -> None:
    for number in range(20):
        page.insert_row(page.head, (f"填报说明第{number + 1}条",))


def _blank_rows(page: Page) -> None:
    for at in (page.first + 3, page.first + 1, page.first):
        page.insert_row(at, ())


def _blank_column(page: Page) -> None:
    page.insert_column(0, ())


def below_table(*lines: tuple[Value, ...]) -> Callable[[Page], None]:
    def edit(page: Page) -> None:
        for line in lines:
            page.append(*line)

    return edit


def sums_of(page: Page) -> list[Value]:
    """Return the sums of the columns of amounts and counts, by their titles."""
    sums: list[Value] = []
    for at in range(page.width):
        values = [row[at].value for row in page.rows[page.first :] if at < len(row)]
        numbers = [value for value in values if isinstance(value, int | float)]
        head = page.rows[page.head][at].value
        is_sum = head not in ("序号", None) and numbers and not _texts(values)
        sums.append(sum(numbers) if is_sum else None)
    return sums


def _texts(values: list[Value]) -> bool:
    return any(isinstance(value, str) for value in values)


def total(label: str, at: int | None = None) -> Callable[[Page], None]:
    def edit(page: Page) -> None:
        sums = sums_of(page)
        sums[0] = label
        page.insert_row(len(page.rows) if at is None else page.first + at, sums)

    return edit


def _wrong_total(page: Page) -> None:
    sums = [value + 7 if isinstance(value, int | float) else value for value in sums_of(page)]
    page.append("合计", *sums[1:])


def _numbers_of_columns(page: Page) -> None:
    page.insert_row(page.first, [str(at + 1) for at in range(page.width)])
    page.first += 1


def _unit_row(page: Page) -> None:
    units: list[Value] = []
    for cell in page.rows[page.head]:
        title = str(cell.value or "")
        is_money = title.endswith("（元）")
        units.append("元" if is_money else "人" if title.endswith(("人数", "成员数")) else None)
        cell.value = title.removesuffix("（元）")
    if any(units):
        page.insert_row(page.first, units)


def _grouped(page: Page) -> None:
    """Put a row of groups above the titles: 基本情况 over the left half, 其他情况 over the right."""
    half = page.width // 2
    groups: list[Value] = ["基本情况", *[None] * (half - 1), "其他情况"]
    page.insert_row(page.head, groups)
    page.merges += [(0, 0, 0, half - 1), (0, half, 0, page.width - 1)]


def _tall_titles(page: Page) -> None:
    page.insert_row(page.first, ())
    page.merges += [(page.head, at, page.head + 1, at) for at in range(page.width)]


def _printed_twice(page: Page) -> None:
    titles = [cell.value for cell in page.rows[page.head]]
    page.insert_row(page.first + 2, titles)
    page.insert_row(page.first + 2, ("第1页 共2页",))


def _second_table(page: Page) -> None:
    page.append()
    page.append("设备名称", "数量", "存放地点")
    page.append("音响", 2, "活动室")


def _same_table_again(page: Page) -> None:
    """Move the last two records below a blank row, under their own titles."""
    titles = [cell.value for cell in page.rows[page.head]]
    page.insert_row(page.first + 2, titles)
    page.insert_row(page.first + 2, ())


def _beside(page: Page) -> None:
    page.insert_column(page.width, ())
    page.insert_column(page.width, ("物资", "音响", "桌子"))
    page.insert_column(page.width, ("数量", 2, 9))


def _two_columns_merged(page: Page) -> None:
    """Merge street and community across in the second record, which then names the community."""
    row = page.rows[page.first + 1]
    row[1].value, row[2].value = row[2].value, None
    page.merges.append((page.first + 1, 1, page.first + 1, 2))


def _merged_down(page: Page) -> None:
    for at in (1, 2):
        page.rows[page.first + 1][at].value = page.rows[page.first + 3][at].value = None
        page.merges += [(page.first + top, at, page.first + top + 1, at) for top in (0, 2)]


def _cash_lines(label: str, column: int = 5) -> Callable[[Page], None]:
    def edit(page: Page) -> None:
        line: list[Value] = [None] * page.width
        for at in (1, 2):
            line[at] = page.rows[page.first][at].value
        line[3], line[column], line[7] = label, 8_888, "渝财00008888"
        page.append(*line)

    return edit


def _without_numbers(page: Page) -> None:
    for row in page.rows[page.first :]:
        row[0].value = None


def _street_lines(page: Page) -> None:
    """Put a line with the street alone above the records of each street."""
    for at in (page.first + 2, page.first):
        street = page.rows[at][1].value
        page.insert_row(at, (street,))


AROUND = (
    of_page("标题行", _titles_above(("渝中区社区慈善工作台账",))),
    of_page("标题合并单元格", _merged_title, needs=_MERGED),
    of_page(
        "标题、填报单位和日期",
        _titles_above(
            ("渝中区台账",), ("填报单位：渝中区民政局", None, "填报日期：2026年11月12日")
        ),
    ),
    of_page("标题是别的区", _titles_above(("江北区社区慈善工作台账",))),
    of_page("单位行为元", _titles_above(("单位：元",))),
    of_page("单位行与列名相反", _titles_above(("单位：万元",))),
    of_page("单位行为美元", _titles_above(("金额单位：美元",))),
    of_page("表头在第二十行以下", _far_down),
    of_page("前面有空行", _titles_above((), (), ())),
    of_page("中间有空行", _blank_rows),
    of_page("首列为空", _blank_column),
    of_page("合计行", total("合计")),
    of_page("合计行夹空格", total("合 计")),
    of_page("总计行", total("总  计：")),
    of_page("共计行", total("共计")),
    of_page("汇总行", total("汇总")),
    of_page("累计行", total("本年累计")),
    of_page("合计行写 Σ", total("Σ")),
    of_page("合计行写总额", total("总额")),
    of_page("合计行写 Total", total("Total amount:")),
    of_page("合计行带单位", total("合计（元）")),
    of_page("小计行在中间", total("小计", 2)),
    of_page("平均行", total("平均"), is_told=True),
    of_page("占比行", total("占比"), is_told=True),
    of_page("合计行在上面", total("合计", 0)),
    of_page("合计不对", _wrong_total, is_told=True),
    of_page("栏次行", _numbers_of_columns),
    of_page("单位行在列名下", _unit_row),
    of_page("列名分组", _grouped, needs=_MERGED),
    of_page("列名占两行", _tall_titles, needs=_MERGED),
    of_page("每页重复表头", _printed_twice),
    of_page("表尾签字", below_table(("填表人：张三", None, "审核人：李四"))),
    of_page("表尾日期", below_table((None, None, "2026年11月12日"))),
    of_page("表尾盖章", below_table((None, None, "（盖章）"))),
    of_page("表尾注释", below_table((), ("注：以上数据截至十月底，不含临时活动。",))),
    of_page("表尾说明无前缀", below_table((), ("以上数据由各社区上报汇总而来",))),
    of_page("本月无一行", below_table(("本月无",)), is_told=False),
    of_page("零报告一行", below_table((None, "无", "无", "无", "无"))),
    of_page("下面有另一张表", _second_table, is_told=True),
    of_page("同表分两段", _same_table_again),
    of_page("右边有另一张表", _beside, is_told=True),
    of_page("没有序号", _without_numbers),
    of_page("街道社区横向合并", _two_columns_merged, needs=_MERGED, kinds=_PLACED),
    of_page("街道社区纵向合并", _merged_down, needs=_MERGED, kinds=_PLACED),
    of_page("每个街道一行标题", _street_lines, kinds=_PLACED),
    *(
        of_page(f"账页行：{label}", _cash_lines(label), kinds=_MONEY_BOOK, is_told=True)
        for label in ("上年结转", "承前页", "期初余额", "银行利息", "基金间划转")
    ),
    *(
        of_page(f"账页行：{label}", _cash_lines(label), kinds=_MONEY_BOOK)
        for label in ("本年累计", "本月合计")
    ),
    of_page("账页行：手续费", _cash_lines("手续费", 6), kinds=_MONEY_BOOK, is_told=True),
)
