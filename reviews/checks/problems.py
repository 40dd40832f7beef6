"""What a check finds, and what a check needs to know of a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models


@dataclass(frozen=True)
class Problem:
    """One finding about one field. A warning stays visible but does not block."""

    code: str
    field: str
    message: str
    is_warning: bool = False


Check = Callable[[Any], Iterable[Problem]]
#: Looks at all records of a batch, of whatever kind; yields (position in the batch, problem).
SetCheck = Callable[[Sequence[Any]], Iterable[tuple[int, Problem]]]


class CheckedRecord(models.Model):
    """Abstract: what tells two records of one kind apart, and where a finding is shown."""

    area_id: str

    #: Fields that together name a record; two living records may not share them. Empty: none do.
    identity: ClassVar[tuple[str, ...]] = ()
    #: Fields that together make two records of a kind without identity look like one. Empty: none.
    likeness: ClassVar[tuple[str, ...]] = ()
    #: The field a message about a repeated identity points to.
    title_field: ClassVar[str] = "name"
    #: The date field a list of these records is read by.
    date_field: ClassVar[str] = "created_at"

    class Meta:
        abstract = True

    @classmethod
    def not_voided(cls) -> models.QuerySet[Any]:
        """All stored records of the kind that still hold; a subclass says which these are."""
        raise NotImplementedError


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    """Those that forbid a submission."""
    return [problem for problem in problems if not problem.is_warning]
