"""The findings of checks, and what checks need to know of a record."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.db import models


@dataclass(frozen=True)
class Problem:
    """A finding about one field; a warning does not block the submission.

    `value`: what the finding is about, where the message may not say it.
    """

    code: str
    field: str
    message: str
    is_warning: bool = False
    value: str = dataclasses.field(default="", compare=False, repr=False)


Check = Callable[[Any], Iterable[Problem]]
#: A check of a whole batch of any kinds; yields (position in the batch, problem).
SetCheck = Callable[[Sequence[Any]], Iterable[tuple[int, Problem]]]
#: A check of all records of one kind in a batch; yields (position among them, problem).
KindCheck = Callable[[type[Any], Sequence[Any]], Iterable[tuple[int, Problem]]]


class CheckedRecord(models.Model):
    """Abstract base: what distinguishes two records of a kind, and the field that shows a finding."""

    area_id: str

    #: Fields that together identify a record: no two living records may share them. Empty: no
    #: identity.
    identity: ClassVar[tuple[str, ...]] = ()
    #: Fields by which two records of a kind without identity count as the same fact. Empty: never.
    likeness: ClassVar[tuple[str, ...]] = ()
    #: Numbers of receipts or filings: two records with one number are probably one fact.
    numbers: ClassVar[tuple[str, ...]] = ()
    #: The reference within which a number is given once. Empty: within the county.
    number_scope: ClassVar[str] = ""
    #: Fields that together make another record probably the same fact, if all of them are filled.
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = ()
    #: The field at which a repeated identity is reported.
    title_field: ClassVar[str] = "name"
    #: The date field by which lists of these records are filtered.
    date_field: ClassVar[str] = "created_at"

    class Meta:
        abstract = True

    @classmethod
    def not_voided(cls) -> models.QuerySet[Any]:
        """Return the stored records of the kind that still stand; subclasses define them."""
        raise NotImplementedError


_R = TypeVar("_R", bound=CheckedRecord, covariant=True)


class RecordBatch(Sequence[_R], ABC):
    """Many records that are built as they are read, while single columns of them are at hand."""

    @abstractmethod
    def at(self, positions: Sequence[int]) -> RecordBatch[_R]:
        """Return the records at some positions."""

    @abstractmethod
    def kinds(self) -> Iterator[type[_R]]:
        """Yield the kind of each record."""

    @abstractmethod
    def values_of(self, names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the values of some columns of each record."""


def records_at(
    records: Sequence[CheckedRecord], positions: Sequence[int]
) -> Sequence[CheckedRecord]:
    """Return the records at some positions of a batch."""
    if len(positions) == len(records):
        return records
    if isinstance(records, RecordBatch):
        return records.at(positions)
    return [records[at] for at in positions]


def kinds_of(records: Sequence[CheckedRecord]) -> Iterator[type[CheckedRecord]]:
    """Yield the kind of each record."""
    return records.kinds() if isinstance(records, RecordBatch) else map(type, records)


def values_of(
    records: Sequence[CheckedRecord], names: tuple[str, ...]
) -> Iterator[tuple[Any, ...]]:
    """Yield the values of some columns, which all the kinds have, of each record."""
    if isinstance(records, RecordBatch):
        return records.values_of(names)
    return (tuple([getattr(record, name) for name in names]) for record in records)


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that block a submission, without the warnings."""
    return [problem for problem in problems if not problem.is_warning]
