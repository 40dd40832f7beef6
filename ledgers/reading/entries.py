"""Rows on their way to records, and the result of comparing them with the stored ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ledgers.declaration import Ledger
from ledgers.reading.sheets import Header
from reviews.models import Submission


class RowOutcome(StrEnum):
    """The result of comparing a row with the stored records."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    #: The row may correct a stored record: the clerk must say whether it does.
    DOUBTFUL = "doubtful"


#: Outcomes of rows that are written.
TO_WRITE = frozenset({RowOutcome.NEW, RowOutcome.CHANGED})


@dataclass(frozen=True)
class Change:
    """One field of a stored record that a row changes."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored record that a doubtful row may correct, and what the row would change in it."""

    record: Submission
    changes: tuple[Change, ...]


@dataclass(slots=True)
class Entry:
    """A row on its way to a record.

    `record` is a new record, or the stored one with the row's changes applied.
    """

    sheet: str
    number: int
    header: Header
    ledger: Ledger
    record: Submission
    #: Names of the fields whose cell is filled; an empty cell never erases a value.
    filled: frozenset[str]
    outcome: RowOutcome = RowOutcome.NEW
    changes: tuple[Change, ...] = ()
    #: Whether the clerk decided that the row is another fact than the stored one like it.
    is_another: bool = False
    #: What a doubtful row may correct.
    candidates: tuple[Candidate, ...] = ()
    #: Stored record that an unchanged row states.
    stored: Submission | None = None

    @property
    def place(self) -> str:
        """Sheet and row, by which decisions name the entry: `Sheet1!5`."""
        return f"{self.sheet}!{self.number + 1}"
