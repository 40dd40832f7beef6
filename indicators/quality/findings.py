"""The input and output of data-quality checks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from areas.codes import LENGTHS, TOWNSHIP_LEVEL, subtree_end
from areas.models import Area
from reviews.addresses import record_address
from reviews.models import Submission

#: How many findings of an issue are listed.
LISTED = 200
#: The length of a township's code; a record with a shorter code belongs to a level above.
TOWNSHIP_DIGITS = LENGTHS[TOWNSHIP_LEVEL - 1]

Day = datetime.date
Kind = type[Submission]


class Issue(models.TextChoices):
    """The kinds of problems."""

    MISSING_DATE = "missing_date", "日期缺失"
    SILENT = "silent", "本期未报"
    JUMP = "jump", "数量突增"
    DUPLICATE = "duplicate", "跨街道重复"
    PEOPLE = "people", "人次存疑"
    ABOLISHED = "abolished", "撤销区划遗留"
    OPENING = "opening", "期初数重叠"


@dataclass(frozen=True)
class Finding:
    """One problem in one place: a sentence with the problem and the correct form."""

    issue: Issue
    sentence: str
    area_code: str
    area_name: str
    link: str


#: The findings to list, and the number of all findings.
Found = tuple[list[Finding], int]


@dataclass(frozen=True)
class Tally:
    """The living records of one kind in one area: submitted this period, not settled, approved."""

    kind: Kind
    area: str
    submitted: int
    unsettled: int
    approved: int


@dataclass(frozen=True)
class QualityContext:
    """The area and day that checks look at, and what several checks need to know about it.

    Records are taken in their present state; the day limits their own dates.
    """

    root: Area
    day: Day
    #: The first day of the reporting period.
    since: Day
    #: Every area from the root down.
    names: dict[str, str]
    tallies: list[Tally]
    #: Whether the reader sees drafts.
    sees_drafts: bool = True

    def records(self, kind: Kind) -> QuerySet[Any]:
        """Return living records below the root that have no date or one up to the day."""
        dated = Q(**{f"{kind.date_field}__lte": self.day})
        undated = Q(**{f"{kind.date_field}__isnull": True})
        rows: Any = kind._default_manager.all()
        seen = Q() if self.sees_drafts else ~Q(status="draft")
        return rows.living().within(self.root.code).filter(dated | undated, seen)

    def name(self, code: str) -> str:
        """Return an area's name.

        Above the townships the name means what is registered at that area itself.
        """
        return self.names[code] + ("（本级）" if len(code) < TOWNSHIP_DIGITS else "")


def listed(findings: Iterable[Finding]) -> Found:
    """Return the first findings and the number of all."""
    rest = iter(findings)
    first = list(islice(rest, LISTED))
    return first, len(first) + sum(1 for _ in rest)


def of_record(issue: Issue, record: Any, text: str) -> Finding:
    """Return a finding on a record: `…街道慈善组织“…”（已通过）` and the text, with a link.

    The record's area has to be loaded.
    """
    meta = record._meta
    state = record.get_status_display()
    sentence = f"{record.area}{meta.verbose_name}“{record}”（{state}）{text}"
    return Finding(issue, sentence, record.area_id, str(record.area), record_address(record))


def below(code: str) -> dict[str, str]:
    """Return the filter of a list for a subtree."""
    return {"area__gte": code, "area__lt": subtree_end(code)}
