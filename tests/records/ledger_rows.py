"""The row of a ledger with the values of a record."""

from __future__ import annotations

from ledgers.declaration import COMMUNITY, STREET, Ledger
from reviews.models import Submission

#: A row: column title → value of the cell.
Row = dict[str, object]
_PLACES = {STREET: "七星岗街道", COMMUNITY: "华一坡社区"}


def row_of(ledger: Ledger, record: Submission, **changes: object) -> Row:
    """The row of a record in 华一坡社区; `changes` by title, for columns that are no fields."""
    renamed = {column: name for name, column in ledger.renamed.items() if hasattr(record, name)}
    row: Row = {}
    for column in ledger.columns:
        name = renamed.get(column.field, column.field)
        value = _PLACES.get(name, "") if not hasattr(record, name) else _words(record, name)
        if value not in (None, ""):
            row[column.title] = value
    return row | changes


def _words(record: Submission, name: str) -> object:
    display = getattr(record, f"get_{name}_display", None)
    value = display() if display else getattr(record, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if value is None or isinstance(value, int) else str(value)
