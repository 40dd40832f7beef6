"""Rows on their way to records, and the result of comparing them with the stored ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, overload

from typing_extensions import override

from ledgers.declaration import Ledger
from ledgers.reading.layout.headers import Header
from ledgers.workbooks.grids import cell_name
from reviews.bulk import PackedRecord
from reviews.checks import RecordBatch
from reviews.models import Submission
from reviews.trail.differences import content_fields


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
    """A row on its way to a record."""

    sheet: str
    number: int
    header: Header
    ledger: Ledger
    #: What `record` comes from.
    kept: PackedRecord | Submission
    #: Names of the fields whose cell is filled; an empty cell never erases a value.
    filled: frozenset[str]
    outcome: RowOutcome = RowOutcome.NEW
    changes: tuple[Change, ...] = ()
    #: Whether a cell of the row is at fault, so that nobody can say what the row states.
    is_faulty: bool = False
    #: Whether the clerk decided that the row is another fact than the stored one like it.
    is_another: bool = False
    #: What a doubtful row may correct.
    candidates: tuple[Candidate, ...] = ()
    #: Stored record that an unchanged row states.
    stored: Submission | None = None
    #: The record as the row gives it, where `record` has become the stored one.
    written: Submission | None = None

    @property
    def record(self) -> Submission:
        """The new record, or the stored one with the row's changes applied.

        A new record is built on each access; what is changed in it is lost.
        """
        return self.kept.unpacked() if isinstance(self.kept, PackedRecord) else self.kept

    @property
    def model(self) -> type[Submission]:
        """The kind of the record."""
        return self.kept.shape.model if isinstance(self.kept, PackedRecord) else type(self.kept)

    def values_of(self, names: tuple[str, ...]) -> tuple[object, ...]:
        """Return the values of some attributes of the record."""
        if isinstance(self.kept, PackedRecord):
            return self.kept.values_of(names)
        return tuple([getattr(self.kept, name) for name in names])

    @property
    def place(self) -> str:
        """Sheet and row, by which decisions name the entry: `Sheet1!5`."""
        return f"{self.sheet}!{self.number + 1}"


class Records(RecordBatch[Submission]):
    """The records of entries, each built where it is needed, so that a long file has few at a time."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries

    @override
    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, at: int) -> Submission: ...
    @overload
    def __getitem__(self, at: slice) -> Records: ...
    @override
    def __getitem__(self, at: int | slice) -> Submission | Records:
        return Records(self._entries[at]) if isinstance(at, slice) else self._entries[at].record

    @override
    def __iter__(self) -> Iterator[Submission]:
        return (entry.record for entry in self._entries)

    @override
    def at(self, positions: Sequence[int]) -> Records:
        return Records([self._entries[at] for at in positions])

    @override
    def kinds(self) -> Iterator[type[Submission]]:
        return (entry.model for entry in self._entries)

    @override
    def values_of(self, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        shape, pick = None, None
        for entry in self._entries:
            kept = entry.kept
            if type(kept) is not PackedRecord:
                yield entry.values_of(names)
                continue
            if pick is None or kept[0] is not shape:  # most rows have the shape of the row above
                shape, pick = kept.shape, kept.shape.picker(names)
            yield pick(kept)


def cell_of(header: Header, number: int, field_name: str) -> tuple[str, str]:
    """Return (cell, column title) of a field; of the first known column when the field has none."""
    if field_name in header.columns:
        at, column = header.columns[field_name]
    else:
        at, column = min(header.columns.values(), key=lambda pair: pair[0])
    return cell_name(number, at), column.title


def outcomes_digest(entries: Iterable[Entry], findings: Iterable[object]) -> str:
    """Return 64 hexadecimal digits over what a check found: outcome and content of each row, findings.

    A second reading of the same file has the same digest unless data that it met has changed.
    """
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(repr((entry.place, entry.outcome.value, *_decided(entry))).encode())
    for finding in sorted(map(repr, findings)):
        digest.update(finding.encode())
    return digest.hexdigest()


def _decided(entry: Entry) -> tuple[object, ...]:
    """Return what would be stored, or what is stored already."""
    if entry.outcome == RowOutcome.CHANGED:
        return entry.record.pk, entry.record.updated_at, entry.changes
    if entry.stored is not None:
        return (entry.stored.pk,)
    return entry.is_another, *entry.values_of(_content_of(entry.model))


@cache
def _content_of(model: type[Submission]) -> tuple[str, ...]:
    """Return the columns that a clerk fills in."""
    return tuple(field.attname for field in content_fields(model))
