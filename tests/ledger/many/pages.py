"""A sheet described apart from any program: tables, the pages that hold them, and books of pages."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

#: What a column of a plain ledger holds; a change looks its columns up by it.
NUMBERING, PLACE, NAME, TEXT, CHOICE, FLAG, IDENTIFIER = (
    *("numbering", "place", "name", "text", "choice"),
    *("flag", "identifier"),
)
DAY, MONEY, COUNT = "day", "money", "count"
_FIRST_DAY, _FIRST_DAY_1904 = datetime.date(1899, 12, 30), datetime.date(1904, 1, 1)
Value = None | bool | int | float | str | datetime.date


@dataclass
class PageCell:
    """One cell: its value and how it is shown; an error or a formula stands beside the value."""

    value: Value = None
    code: str = ""
    is_struck: bool = False
    error: str = ""
    #: A formula; without a value it was never calculated.
    formula: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the cell holds nothing at all."""
        return self.value is None and not self.error and not self.formula


@dataclass
class PlainColumn:
    """A column of a plain ledger: its title, what it holds, and other titles by which it is known."""

    title: str
    sort: str
    others: tuple[str, ...] = ()


@dataclass
class Table:
    """A plain ledger: its columns, and a row of cells for each record."""

    columns: list[PlainColumn]
    rows: list[list[PageCell]]

    def of(self, *sorts: str) -> list[int]:
        """Return the places of the columns that hold one of these."""
        return [at for at, column in enumerate(self.columns) if column.sort in sorts]

    def cells(self, *sorts: str) -> Iterator[PageCell]:
        """Yield the cells with content in the columns that hold one of these."""
        for row in self.rows:
            yield from (row[at] for at in self.of(*sorts) if not row[at].is_empty)


@dataclass
class Page:
    """A sheet: its rows from A1 on; the first title and the first record are at `head` and `first`."""

    rows: list[list[PageCell]]
    name: str = "台账"
    head: int = 0
    first: int = 1
    #: (top, left, bottom, right), counted from 0.
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    is_hidden: bool = False

    @property
    def width(self) -> int:
        """The number of columns."""
        return max(len(row) for row in self.rows)

    def insert_row(self, at: int, values: Sequence[Value | PageCell]) -> None:
        """Put a row before row `at`, and move down what stands below."""
        self.rows.insert(at, [_cell(value) for value in values])
        self.merges = [
            (top + (top >= at), left, bottom + (bottom >= at), right)
            for top, left, bottom, right in self.merges
        ]
        self.hidden_rows = [row + (row >= at) for row in self.hidden_rows]
        self.head += self.head >= at
        self.first += self.first >= at

    def insert_column(self, at: int, values: Sequence[Value]) -> None:
        """Put a column before column `at`; `values` begin in the row of the titles."""
        for number, row in enumerate(self.rows):
            place = number - self.head
            value = values[place] if 0 <= place < len(values) else None
            if len(row) >= at:
                row.insert(at, PageCell(value))
        self.merges = [
            (top, left + (left >= at), bottom, right + (right >= at))
            for top, left, bottom, right in self.merges
        ]
        self.hidden_columns = [column + (column >= at) for column in self.hidden_columns]

    def append(self, *values: Value) -> None:
        """Add a row at the end."""
        self.rows.append([PageCell(value) for value in values])


@dataclass
class Book:
    """A file that is to be written: its sheets, and from which day it counts."""

    pages: list[Page]
    is_1904: bool = False

    @property
    def page(self) -> Page:
        """The sheet of the ledger."""
        return next(page for page in self.pages if page.name.startswith("台账"))


@dataclass(frozen=True)
class Change:
    """One way in which real ledgers differ from plain ones.

    It edits the table, or the book that holds it. What it writes means the same; where it cannot,
    or where a clerk has to look, `is_told` demands a finding. `needs` are what a writer has to be
    able to express.
    """

    label: str
    table: Callable[[Table], None] | None = None
    book: Callable[[Book], None] | None = None
    is_told: bool = False
    needs: frozenset[str] = frozenset()
    #: The keys of the ledgers that it fits; empty for all.
    kinds: frozenset[str] = frozenset()


def _cell(value: Value | PageCell) -> PageCell:
    return value if isinstance(value, PageCell) else PageCell(value)


def book_of(table: Table, *changes: Change) -> Book:
    """Return a book with this table, changed in the order of the changes; the table stays as it is."""
    table = copy.deepcopy(table)
    for change in changes:
        if change.table:
            change.table(table)
    titles = [PageCell(column.title) for column in table.columns]
    book = Book([Page([titles, *table.rows])])
    for change in changes:
        if change.book:
            change.book(book)
    return book


def serial(day: datetime.date, *, is_1904: bool = False) -> float:
    """Return a day as the number that a workbook stores."""
    start = _FIRST_DAY_1904 if is_1904 else _FIRST_DAY
    plain = day.date() if isinstance(day, datetime.datetime) else day
    number = float((plain - start).days)
    if isinstance(day, datetime.datetime):
        number += (day.hour * 60 + day.minute) / 1440
    return number


def as_json(book: Book) -> dict[str, Any]:
    """Return the book for writers in other languages; a day is its serial with a format of days."""
    return {
        "is_1904": book.is_1904,
        "pages": [
            asdict(replace(page, rows=[]))
            | {
                "rows": [
                    [_json_cell(cell, is_1904=book.is_1904) for cell in row] for row in page.rows
                ]
            }
            for page in book.pages
        ],
    }


def _json_cell(cell: PageCell, *, is_1904: bool) -> dict[str, Any]:
    if isinstance(cell.value, datetime.date):
        number = serial(cell.value, is_1904=is_1904)
        return asdict(replace(cell, value=number, code=cell.code or "yyyy-mm-dd"))
    return asdict(cell)
