"""Exported ledgers that come back: rows as the platform shows its records state nothing new."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from ledgers.cells import as_text
from ledgers.declaration import Ledger, normalise_title
from ledgers.own_files import SHOW_ROWS, head_row
from ledgers.reading.layout.headers import Header
from ledgers.units.stated import stated_in_title
from ledgers.workbooks.grids import Grid
from reviews.models import Submission
from reviews.trail.differences import content_fields

if TYPE_CHECKING:
    from accounts.models import User
    from areas.models import Area

_Key = tuple[str, ...]


def unchanged_rows(
    grid: Grid, kind: type[Submission], by: User, root: Area
) -> Iterator[tuple[int, Submission]]:
    """Yield (row, record) for each row of an exported ledger that shows a record as it is now."""
    head = head_row(grid)
    if head is None:
        return
    stored: dict[_Key, list[Submission]] = defaultdict(list)
    for show in SHOW_ROWS:
        for record, values in show(kind, by, root):
            stored[tuple(map(_shown, values))].append(record)
    width = sum(bool(as_text(title)) for title in grid.rows[head])
    for number in range(head + 1, len(grid.rows)):
        key = tuple(map(_shown, _cut(grid.rows[number], width)))
        if stored.get(key):
            yield number, stored[key].pop(0)


def name_columns(header: Header, ledger: Ledger, kind: type[Submission]) -> None:
    """Let columns of an exported ledger that bear the name of a field fill that field: 金额（元） of
    donations is 收入."""
    model = kind._meta.model_name
    columns = {column.field: column for column in ledger.columns}
    for at, title in list(header.unknown):
        for field in content_fields(kind):
            if normalise_title(field.verbose_name) != title:
                continue
            renamed = ledger.renamed.get(f"{model}.{field.name}") or ledger.renamed.get(field.name)
            column = columns.get(renamed or field.name)
            if column is not None and column.field not in header.columns:
                header.columns[column.field] = (at, column)
                header.stated[column.field] = (stated_in_title(field.verbose_name),)
                header.unknown.remove((at, title))
                break


def _cut(row: Sequence[object], width: int) -> Sequence[object]:
    """Return the cells between 序号 and 状态."""
    return row[1 : width - 1]


def _shown(value: object) -> str:
    """Return a value as a cell shows it, whatever program wrote it."""
    if isinstance(value, Decimal):
        return as_text(float(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return as_text(float(value))
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    return as_text(value)
