"""Where bureaus put the table, and what they write around it; the records stay those of the plain ledger."""

from __future__ import annotations

from collections.abc import Callable

from tests.ledger.many.pages import (
    NAME,
    PLACE,
    Book,
    Change,
    Page,
    PageCell,
    PlainColumn,
    Table,
    Value,
)
from tests.ledger.many.plain import PLAIN

_MERGED = frozenset({"merges"})
_PLACED = frozenset(kind for kind, table in PLAIN.items() if table.of(PLACE))
_MONEY_BOOK = frozenset({"money"})


def _page(
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


# --- the columns --------------------------------------------------------------------------------


def _shuffled(table: Table) -> None:
    order = [*range(1, len(table.columns), 2), *range(0, len(table.columns), 2)][::-1]
    table.columns = [table.columns[at] for at in order]
    table.rows = [[row[at] for at in order] for row in table.rows]


def _renamed(which: int) -> Callable[[Table], None]:
    def edit(table: Table) -> None:
        for column in table.columns:
            if column.others:
                column.title = column.others[which % len(column.others)]

    return edit


def _retitled(write: Callable[[str], str]) -> Callable[[Table], None]:
    def edit(table: Table) -> None:
        for column in table.columns:
            column.title = write(column.title)

    return edit


def _added(title: str, values: tuple[Value, ...], at: int | None = None) -> Callable[[Table], None]:
    def edit(table: Table) -> None:
        place = len(table.columns) if at is None else at
        table.columns.insert(place, PlainColumn(title, "other"))
        for row, value in zip(table.rows, values, strict=True):
            row.insert(place, PageCell(value))

    return edit


def _without_places(title: str) -> Callable[[Table], None]:
    """Return a change that leaves one column of places, under another title."""

    def edit(table: Table) -> None:
        street, community = table.of(PLACE)
        table.columns[community].title = title
        del table.columns[street]
        for row in table.rows:
            del row[street]

    return edit


def _one_place(write: Callable[[Value, Value], Value]) -> Callable[[Table], None]:
    """Return a change that writes both places into the column of communities."""

    def edit(table: Table) -> None:
        street, community = table.of(PLACE)
        for row in table.rows:
            row[community].value = write(row[street].value, row[community].value)
            row[street].value = None

    return edit


def _twice(table: Table) -> None:
    for at in table.of(NAME)[:1]:
        _added(table.columns[at].title, tuple("甲乙丙丁"))(table)


def _below(sorts: tuple[str, ...], value: Value) -> Callable[[Table], None]:
    """Return a change that leaves repeated values empty below their first."""

    def edit(table: Table) -> None:
        for at in table.of(*sorts):
            for row, above in reversed([*zip(table.rows[1:], table.rows, strict=False)]):
                if row[at].value == above[at].value:
                    row[at].value = value

    return edit


COLUMNS = (
    Change("列的次序不同", _shuffled),
    Change("列名换一种叫法", _renamed(0)),
    Change("列名换另一种叫法", _renamed(1)),
    Change("列名带星号", _retitled(lambda title: f"*{title}")),
    Change("列名后带星号", _retitled(lambda title: f"{title}*")),
    Change("列名注必填", _retitled(lambda title: f"{title}（必填）")),
    Change("列名夹空格", _retitled(lambda title: " ".join(title))),
    Change("列名夹换行", _retitled(lambda title: f"{title[:2]}\n{title[2:]}")),
    Change("列名夹有看不见的字符", _retitled(lambda title: f"{title[:1]}\u200b{title[1:]}")),
    Change("列名后有冒号", _retitled(lambda title: f"{title}：")),
    Change("多一列有内容", _added("满意度", ("好", "好", "中", "好")), is_told=True),
    Change("多一列没有列名", _added("", ("好", "好", "中", "好")), is_told=True),
    Change("空列名在中间", _added("", (None, None, None, None), 2)),
    Change("重复一列", _twice, is_told=True),
    Change("地点列叫社区居委会", _without_places("社区居委会"), kinds=_PLACED),
    Change("地点列叫村居单位", _without_places("村居（盖章）单位"), kinds=_PLACED),
    Change("地点列叫责任片区", _without_places("责任片区"), is_told=True, kinds=_PLACED),
    Change("地点写全路径", _one_place(lambda s, c: f"重庆市渝中区{s}{c}"), kinds=_PLACED),
    Change("地点写街道加社区", _one_place(lambda s, c: f"{s}{c}"), kinds=_PLACED),
    Change("地点写街道/社区", _one_place(lambda s, c: f"{s}/{c}"), kinds=_PLACED),
    Change("地点写社区居委会", _one_place(lambda _, c: f"{c}居委会"), kinds=_PLACED),
    Change("街道重复处留空", _below((PLACE,), None), kinds=_PLACED),
    Change("街道重复处写同上", _below((PLACE,), "同上"), kinds=_PLACED),
)

# --- around the table ---------------------------------------------------------------------------


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


def _below_table(*lines: tuple[Value, ...]) -> Callable[[Page], None]:
    def edit(page: Page) -> None:
        for line in lines:
            page.append(*line)

    return edit


def _sums(page: Page) -> list[Value]:
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


def _total(label: str, at: int | None = None) -> Callable[[Page], None]:
    def edit(page: Page) -> None:
        sums = _sums(page)
        sums[0] = label
        page.insert_row(len(page.rows) if at is None else page.first + at, sums)

    return edit


def _wrong_total(page: Page) -> None:
    sums = [value + 7 if isinstance(value, int | float) else value for value in _sums(page)]
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
    _page("标题行", _titles_above(("渝中区社区慈善工作台账",))),
    _page("标题合并单元格", _merged_title, needs=_MERGED),
    _page(
        "标题、填报单位和日期",
        _titles_above(
            ("渝中区台账",), ("填报单位：渝中区民政局", None, "填报日期：2026年11月12日")
        ),
    ),
    _page("标题是别的区", _titles_above(("江北区社区慈善工作台账",))),
    _page("单位行为元", _titles_above(("单位：元",))),
    _page("单位行与列名相反", _titles_above(("单位：万元",))),
    _page("单位行为美元", _titles_above(("金额单位：美元",))),
    _page("表头在第二十行以下", _far_down),
    _page("前面有空行", _titles_above((), (), ())),
    _page("中间有空行", _blank_rows),
    _page("首列为空", _blank_column),
    _page("合计行", _total("合计")),
    _page("合计行夹空格", _total("合 计")),
    _page("总计行", _total("总  计：")),
    _page("共计行", _total("共计")),
    _page("汇总行", _total("汇总")),
    _page("累计行", _total("本年累计")),
    _page("小计行在中间", _total("小计", 2)),
    _page("合计行在上面", _total("合计", 0)),
    _page("合计不对", _wrong_total, is_told=True),
    _page("栏次行", _numbers_of_columns),
    _page("单位行在列名下", _unit_row),
    _page("列名分组", _grouped, needs=_MERGED),
    _page("列名占两行", _tall_titles, needs=_MERGED),
    _page("每页重复表头", _printed_twice),
    _page("表尾签字", _below_table(("填表人：张三", None, "审核人：李四"))),
    _page("表尾日期", _below_table((None, None, "2026年11月12日"))),
    _page("表尾盖章", _below_table((None, None, "（盖章）"))),
    _page("表尾注释", _below_table((), ("注：以上数据截至十月底，不含临时活动。",))),
    _page("表尾说明无前缀", _below_table((), ("以上数据由各社区上报汇总而来",))),
    _page("本月无一行", _below_table(("本月无",)), is_told=False),
    _page("零报告一行", _below_table((None, "无", "无", "无", "无"))),
    _page("下面有另一张表", _second_table, is_told=True),
    _page("同表分两段", _same_table_again),
    _page("右边有另一张表", _beside, is_told=True),
    _page("没有序号", _without_numbers),
    _page("街道社区横向合并", _two_columns_merged, needs=_MERGED, kinds=_PLACED),
    _page("街道社区纵向合并", _merged_down, needs=_MERGED, kinds=_PLACED),
    _page("每个街道一行标题", _street_lines, kinds=_PLACED),
    *(
        _page(f"账页行：{label}", _cash_lines(label), kinds=_MONEY_BOOK, is_told=True)
        for label in ("上年结转", "承前页", "期初余额", "银行利息", "基金间划转")
    ),
    *(
        _page(f"账页行：{label}", _cash_lines(label), kinds=_MONEY_BOOK)
        for label in ("本年累计", "本月合计")
    ),
    _page("账页行：手续费", _cash_lines("手续费", 6), kinds=_MONEY_BOOK, is_told=True),
)

# --- the workbook -------------------------------------------------------------------------------


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
_HIDDEN = frozenset({"hidden"})
BOOKS = (
    _page("一行隐藏", _hidden_row, is_told=True, needs=_HIDDEN),
    _page("一列隐藏", _hidden_column, is_told=True, needs=_HIDDEN),
    _page("一行有删除线", _struck_row, is_told=True, needs=frozenset({"struck"})),
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

# --- odd layouts --------------------------------------------------------------------------------


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
        sums = _sums(page)
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
    _page("横竖颠倒", _transposed, is_told=True),
    _page("一行抄了两遍", _copied_row, is_told=True),
    _page("记录分左右两栏", _two_blocks),
    _page("合计写在第二列", _total_in(1, "合计")),
    _page("合计写在第三列", _total_in(2, "合计：")),
    _page("合计写在第四列", _total_in(3, "总计")),
    _page("合计带条数", _total("合计4条")),
    _page("合计行没有字", _total("")),
    _page("其中行", _total("其中：社区级")),
    _page("平均行", _total("平均"), is_told=True),
    _page("分节行", _section_lines, kinds=_PLACED),
    _page("示例行", _example_row),
    _page("续表字样", _below_table(("续表",))),
    _page("页码行", _below_table(("第 1 页，共 1 页",))),
    _page("列名行隐藏", _hidden_titles, needs=_HIDDEN),
    Change("表抄了两张", book=_copied_sheet, is_told=True, needs=frozenset({"sheets"})),
    Change(
        "一个街道一张表", book=_sheet_for_each_street, needs=frozenset({"sheets"}), kinds=_PLACED
    ),
    Change("分两张表", book=_two_sheets, needs=frozenset({"sheets"})),
)
LAYOUT_CHANGES = (*COLUMNS, *AROUND, *BOOKS)
