"""Rows that a clerk marked as void or put out of sight: struck out, hidden, filtered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ledgers.cells import as_text
from ledgers.reading.layout.headers import Header
from ledgers.reading.layout.left_out import ranges
from ledgers.reading.layout.rows import data_rows
from ledgers.workbooks.grids import Grid, cell_name, column_letters


def struck_out(grid: Grid, number: int, header: Header) -> Iterator[tuple[int, str, str]]:
    """Yield (column, title, message) for a data row that is struck out, or for its cells that are."""
    filled = sorted(
        (at, column.title) for at, column in header.columns.values() if as_text(grid.at(number, at))
    )
    struck = [(at, title) for at, title in filled if grid.trait(number, at).is_struck_out]
    if struck and len(struck) == len(filled):
        yield (*struck[0], "该行有删除线，请删除该行或去掉删除线")
        return
    for at, title in struck:
        yield at, title, "该单元格有删除线，请删除划去的内容或去掉删除线"


def unseen(grid: Grid, number: int, header: Header) -> Iterator[int]:
    """Yield the columns of a data row whose text is white on white."""
    for at, _ in header.columns.values():
        if grid.trait(number, at).is_unseen and as_text(grid.at(number, at)):
            yield at


def told_unseen(
    found: Mapping[int, Sequence[int]], header: Header
) -> Iterator[tuple[str, str, str]]:
    """Yield (cell, title, message) for each column with rows whose text is white on white."""
    for at, column in header.columns.values():
        if numbers := found.get(at):
            message = f"第{ranges(numbers)}行是白底白字，看不见，仍按数据读取；不应导入的请先删除"
            yield cell_name(numbers[0], at), column.title, message


def hidden_rows(grid: Grid, header: Header) -> Iterator[tuple[str, str, str]]:
    """Yield one (cell, title, message) for the hidden rows that hold data."""
    if not grid.hidden_rows:
        return
    numbers = [number for number, _ in data_rows(grid, header) if number in grid.hidden_rows]
    if numbers:
        at, column = min(header.columns.values(), key=lambda pair: pair[0])
        message = f"第{ranges(numbers)}行已隐藏（或被筛选掉），仍按数据读取；不应导入的请先删除"
        yield cell_name(numbers[0], at), column.title, message


def hidden_columns(grid: Grid, header: Header) -> Iterator[tuple[str, str, str]]:
    """Yield (cell, title, message) for each hidden column that holds data."""
    for at, column in header.columns.values():
        if at in grid.hidden_columns and any(
            as_text(grid.at(number, at)) for number, _ in data_rows(grid, header)
        ):
            message = f"{column_letters(at)}列已隐藏，仍按数据读取；不应导入的请先删除"
            yield cell_name(header.row, at), column.title, message
