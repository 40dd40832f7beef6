"""Sheets and tables that are no ledger of the kind: what they are and where they belong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledgers.cells import as_text
from ledgers.declaration import PLACES, Ledger, normalise_title
from ledgers.reading.layout.headers import HeaderFinder
from ledgers.reading.layout.left_out import Told
from ledgers.registry import KINDS
from ledgers.workbooks.grids import Grid, cell_name
from reviews.models import WORKBOOK_TITLES

#: Names of sheets that stand beside a ledger.
_BESIDE = re.compile(
    r"汇总|统计|合计|总计|透视|数据源|数据字典|字典|选项|下拉|参数|代码表|对照|说明|封面|目录|样表|示例|模板|图表|分析|"
    r"pivot|summary|source|options|list|chart",
    re.IGNORECASE,
)
_PIVOT = re.compile(r"行标签|列标签|求和项|计数项|平均值项|Row Labels|Sum of|Count of")
_SUMMARY = re.compile(r"汇总|总表|合并|全部|总台账")
#: What is said of a sheet that may repeat the rows of others.
TOLD_SUMMARY = "该工作表像是其他工作表的汇总，会把同一笔导入两次：请删除或隐藏它，或只保留它；不是汇总的请改工作表名"
_DEPTH = 200
_SHOWN = 5


def titles_of_others(ledgers: Sequence[Ledger]) -> set[str]:
    """Return the normalised titles of all other ledgers."""
    return {
        title
        for others in KINDS.values()
        for ledger in others
        if ledger not in ledgers
        for column in ledger.columns
        for title in column.titles
    }


def summaries(names: Sequence[str]) -> list[str]:
    """Return the sheets that by their names may repeat the rows of the other ledgers of a file."""
    found = [name for name in names if _SUMMARY.search(name)]
    return found if len(found) < len(names) else []


def told_unread(grid: Grid, ledgers: Sequence[Ledger], *, has_table: bool) -> Told | None:
    """Return what is said of a sheet without a ledger of the kind; None for an empty one.

    A sheet beside a ledger is left out with a warning, unless it looks like a ledger itself.
    """
    if not any(as_text(value) for row in grid.rows for value in row):
        return None
    if _is_prose(grid):
        return Told("A1", "", "该工作表只有文字说明，没有导入")
    if has_table and (kind := _kind_of_beside(grid)):
        return Told("A1", "", f"该工作表是{kind}，没有导入")
    if elsewhere := _elsewhere(grid, ledgers):
        message = f"该工作表像是“{elsewhere}”，请在该台账的导入页上传；不需要的请删除或隐藏"
        return Told("A1", "", message, is_problem=True)
    wanted = "；".join("、".join(column.title for column in ledger.needed) for ledger in ledgers)
    if has_table and not _looks_like(grid, ledgers):
        return Told("A1", "", f"该工作表没有台账的表头，没有导入（列名是：{_titles_of(grid)}）")
    way = "；不是台账的工作表请删除或隐藏" if has_table else ""
    return Told("A1", "", f"没有找到表头，至少应有：{wanted}{way}", is_problem=True)


def told_stranger(grid: Grid, row: int, ledgers: Sequence[Ledger]) -> Told:
    """Return what is said of another table below a ledger."""
    at = next(at for at, value in enumerate(grid.rows[row]) if as_text(value))
    elsewhere = _elsewhere(grid, ledgers, row)
    what = f"像是“{elsewhere}”" if elsewhere else "没有本台账的表头"
    way = "在该台账的导入页上传" if elsewhere else "放到单独的工作表，或删除"
    message = f"自第{row + 1}行起是另一张表，{what}，没有读取；请把它{way}"
    return Told(cell_name(row, at), as_text(grid.at(row, at)), message, is_problem=True)


def _kind_of_beside(grid: Grid) -> str:
    texts = [text for row in grid.rows[:_DEPTH] for value in row if (text := as_text(value))]
    if any(_PIVOT.match(text) for text in texts):
        return "数据透视表"
    return f"“{grid.name}”，不是台账" if _BESIDE.search(grid.name) else ""


def _elsewhere(grid: Grid, ledgers: Sequence[Ledger], row: int = 0) -> str:
    """Return the title of the workbook with a ledger that fits a table; "" for none."""
    others = {
        key: [ledger for ledger in each if ledger not in ledgers] for key, each in KINDS.items()
    }
    best, most = "", 0
    for key, each in others.items():
        found = HeaderFinder(grid, each).first(row, row + _DEPTH)
        if found and len(found[0].header.columns) > max(most, _SHOWN - 1):
            best, most = WORKBOOK_TITLES[key], len(found[0].header.columns)
    return best


def _looks_like(grid: Grid, ledgers: Sequence[Ledger]) -> bool:
    """Return whether a row has two titles of a ledger, one of them of a column that it needs."""
    for ledger in ledgers:
        columns = [column for column in ledger.columns if column.field not in PLACES]
        for row in grid.rows[:_DEPTH]:
            titles = {normalise_title(value) for value in row if isinstance(value, str)}
            known = [column for column in columns if titles & column.titles]
            if len(known) > 1 and any(column.required for column in known):
                return True
    return False


def _titles_of(grid: Grid) -> str:
    rows = [[text for text in map(as_text, row) if text] for row in grid.rows[:_DEPTH]]
    first = next((texts for texts in rows if len(texts) > 1), [])
    return "、".join(first[:_SHOWN]) + ("……" if len(first) > _SHOWN else "")


def _is_prose(grid: Grid) -> bool:
    """Return whether the sheet holds notes only: at most one filled cell in each row."""
    return all(sum(bool(as_text(value)) for value in row) <= 1 for row in grid.rows)
