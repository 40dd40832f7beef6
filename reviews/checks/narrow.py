"""Checks that read few columns of a record, so that a batch needs to build only the records at fault."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from typing_extensions import override

from reviews.checks.problems import Check, CheckedRecord, Problem, values_of
from reviews.fields import column_name

#: The number of different values of which it is remembered whether they may be at fault.
_REMEMBERED = 2_000


class NarrowCheck(ABC):
    """A check of one record whose finding depends on a few fields."""

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """The fields that it reads."""

    @abstractmethod
    def may_fail(self, *values: object) -> bool:
        """Return whether these values of the fields may be at fault; False where they are surely not."""

    @abstractmethod
    def __call__(self, record: CheckedRecord) -> Iterable[Problem]:
        """Yield the findings about a record."""

    def suspects(
        self, kind: type[CheckedRecord], records: Sequence[CheckedRecord]
    ) -> Iterator[int]:
        """Yield the positions of the records of a kind that may be at fault."""
        names = tuple(column_name(kind, name) for name in self.reads)
        known: dict[tuple[object, ...], bool] = {}
        for at, values in enumerate(values_of(records, names)):
            try:
                is_suspect = known.get(values)
            except TypeError:  # a list or the like has no hash
                is_suspect = True
            if is_suspect is None:
                is_suspect = self.may_fail(*values)
                if len(known) < _REMEMBERED:
                    known[values] = is_suspect
            if is_suspect:
                yield at


@dataclass(frozen=True, eq=False)
class FieldCheck(NarrowCheck):
    """A narrow check of functions: `is_suspect` of the values of `fields`, and the check itself."""

    fields: tuple[str, ...]
    is_suspect: Callable[..., bool]
    check: Check

    @property
    @override
    def reads(self) -> tuple[str, ...]:
        return self.fields

    @override
    def may_fail(self, *values: object) -> bool:
        return self.is_suspect(*values)

    @override
    def __call__(self, record: CheckedRecord) -> Iterable[Problem]:
        return self.check(record)
