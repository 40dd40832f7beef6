"""What a table holds that is not imported: rows by reason, columns without a field of their own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledgers.cells import as_text
from ledgers.declaration import PLACES, normalise_title
from ledgers.reading.layout.headers import Header
from ledgers.reading.layout.rows import LEFT_OUT, RowRole, data_rows
from ledgers.workbooks.formats.csv_tables import CSV_SHEET
from ledgers.workbooks.grids import Grid, cell_name, column_letters


@dataclass(frozen=True)
class Told:
    """What is said of a row or a column; a problem blocks the import."""

    cell: str
    title: str
    message: str
    is_problem: bool = False


class LeftOutRows:
    """The rows of a table that hold content and are not imported."""

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = defaultdict(list)

    def note(self, number: int, role: RowRole) -> None:
        """Keep a row that is left out; rows that say nothing of their own are passed over."""
        if role in LEFT_OUT:
            self._rows[LEFT_OUT[role]].append(number)

    def told(self, at: int) -> Iterator[Told]:
        """Yield one warning with all rows, counted by reason, at the first of them."""
        if self._rows:
            parts = [f"第{ranges(rows)}行{reason}" for reason, rows in self._rows.items()]
            first = min(rows[0] for rows in self._rows.values())
            count = sum(map(len, self._rows.values()))
            yield Told(cell_name(first, at), "", f"有{count}行没有导入：{'；'.join(parts)}")


def ranges(numbers: Iterable[int]) -> str:
    """Return row numbers, counted from 1, as text: `6、8—12`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    return "、".join("—".join(str(number + 1) for number in part) for part in parts)


# --- columns -------------------------------------------------------------------------------------


def told_columns(grid: Grid, header: Header, filled: Counter[int]) -> Iterator[Told]:
    """Yield what is said of columns with content that fill no field, or one that is doubtful."""
    for at, group, title, _ in header.doubtful:
        message = f"按“{title}”读取，但它在“{group}”之下；如不是，请改列名"
        yield Told(cell_name(header.row, at), title, message)
    rivals = {at: name for at, _, name in header.rivals}
    for at, title in header.unknown:
        if not filled[at]:
            continue
        if at in rivals:
            yield from _told_rival(grid, header, at, title, rivals[at])
        else:
            yield Told(cell_name(header.row, at), title, "不认识的列，内容没有导入")
    for at in header.untitled:
        if filled[at]:
            message = (
                f"{column_letters(at)}列没有列名，其中{filled[at]}个单元格没有导入；请补上列名"
            )
            is_shifted = grid.name == CSV_SHEET
            if is_shifted:  # 1,000 without quotation marks moves all cells behind it
                message += "；如是内容中的逗号使各列错位，请另存为 .xlsx 后核对"
            yield Told(cell_name(header.row, at), "", message, is_problem=is_shifted)


def _told_rival(grid: Grid, header: Header, at: int, title: str, name: str) -> Iterator[Told]:
    """Tell of a column that would fill the field of another one; both may say the same."""
    winner, column = header.columns[name]
    differing = [
        number
        for number, values in data_rows(grid, header)
        if (own := as_text(values[at])) and own != as_text(values[winner])
    ]
    if not differing:
        return
    letters = column_letters(winner)
    is_same_title = normalise_title(title) == normalise_title(grid.at(header.row, winner))
    if is_same_title or column.is_quantity or column.required or name in PLACES:
        message = (
            f"本列与{letters}列都可以是“{column.title}”，第{differing[0] + 1}行起内容不同，"
            "分不清以哪一列为准；请删除其中一列，或改列名"
        )
        yield Told(cell_name(header.row, at), title, message, is_problem=True)
    else:
        message = f"“{column.title}”以{letters}列为准，本列内容没有导入"
        yield Told(cell_name(header.row, at), title, message)
