"""Records as an exported ledger shows them, to recognise its rows when they come back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ledgers.own_files import ShownRow
from reports.exports.columns import columns_of, related_of
from reviews.models import Submission

if TYPE_CHECKING:
    from accounts.models import User
    from areas.models import Area


def shown_rows(kind: type[Submission], user: User, area: Area) -> Iterator[ShownRow]:
    """Yield the records of an area that the user sees, with the values of all columns but the state."""
    values = [column.value for column in columns_of(kind)][:-1]
    rows = kind._default_manager.all().visible_to(user).within(area.code)  # voided ones, too
    for record in rows.select_related(*related_of(kind)).order_by("pk").iterator(chunk_size=1000):
        yield record, [value(record) for value in values]
