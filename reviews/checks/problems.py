"""The findings of checks, and what checks need to know of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models


@dataclass(frozen=True)
class Problem:
    """A finding about one field; a warning does not block the submission."""

    code: str
    field: str
    message: str
    is_warning: bool = False


Check = Callable[[Any], Iterable[Problem]]
#: A check of a whole batch of any kinds; yields (position in the batch, problem).
SetCheck = Callable[[Sequence[Any]], Iterable[tuple[int, Problem]]]


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


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that block a submission, without the warnings."""
    return [problem for problem in problems if not problem.is_warning]
