"""How bureaus order, name and merge the columns; the records stay those of the plain ledger."""

from __future__ import annotations

from collections.abc import Callable

from tests.ledger.many.pages import (
    NAME,
    PLACE,
    Change,
    PageCell,
    PlainColumn,
    Table,
    Value,
)
from tests.ledger.many.plain import PLAIN

_PLACED = frozenset(kind for kind, table in PLAIN.items() if table.of(PLACE))


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
