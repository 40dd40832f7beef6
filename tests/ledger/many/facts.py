"""The oracle of many files: what a reading says, and whether it says the truth or tells that it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts.models import User
from ledgers.cells import as_text
from ledgers.reading.findings import Finding
from ledgers.workbooks.limits import UnusableFile
from reviews.models import Submission
from tests.ledger.many.plain import WORKBOOK_OF
from tests.ledger.workbooks import read

#: Fields that say how a record came here, and not what it is.
_ORIGIN = {"id", "import_batch", "import_cell", "created_at", "updated_at", "created_by", "status"}
Fact = tuple[tuple[str, str], ...]


@dataclass
class Outcome:
    """What a file was read as: its facts, the findings, or the sentence that refuses it."""

    facts: Counter[Fact]
    problems: Sequence[Finding] = ()
    warnings: Sequence[Finding] = ()
    refusal: str = ""


def fact_of(record: Submission) -> Fact:
    """Return what a record says, as texts: fields that are empty say nothing."""
    said: list[tuple[str, str]] = [("kind", record._meta.model_name or "")]
    for field in record._meta.concrete_fields:
        value: Any = getattr(record, field.attname)
        if field.name in _ORIGIN or value in (None, "", False):
            continue
        said.append((field.name, as_text(str(value)).casefold().replace(" ", "")))
    return tuple(said)


def outcome(kind: str, content: bytes, by: User) -> Outcome:
    """Check a file as a clerk would; a refusal is an outcome, anything else that is raised is not."""
    try:
        reading = read(WORKBOOK_OF.get(kind, kind), content, by)
    except UnusableFile as refusal:
        return Outcome(Counter(), refusal=str(refusal))
    facts = Counter(map(fact_of, reading.records))
    return Outcome(facts, reading.problems, reading.warnings)


class Verdict(StrEnum):
    """How an outcome stands to the plain ledger; the last two are faults."""

    SAME = "same facts"
    ASKED = "asked or refused"
    WARNED = "other facts, with a warning"
    SILENT = "a wrong fact without a word"
    UNTOLD = "nothing was told"


FAULTS = {Verdict.SILENT, Verdict.UNTOLD}


def verdict(plain: Outcome, found: Outcome, *, is_told: bool) -> Verdict:
    """Judge an outcome; with `is_told` the clerk must be told something even if the facts are right.

    A problem or a refusal blocks the file, so that nothing of it is stored. A warning blocks nothing:
    it must be one that the plain ledger has not.
    """
    if found.refusal or found.problems:
        return Verdict.ASKED
    known = Counter(finding.message for finding in plain.warnings)
    is_warned = bool(Counter(finding.message for finding in found.warnings) - known)
    if found.facts != plain.facts:
        return Verdict.WARNED if is_warned else Verdict.SILENT
    return Verdict.UNTOLD if is_told and not is_warned else Verdict.SAME


def difference(plain: Outcome, found: Outcome) -> str:
    """Return the facts that only one of two outcomes has."""
    missing = [str(fact) for fact in plain.facts - found.facts]
    extra = [str(fact) for fact in found.facts - plain.facts]
    return "\n".join([*(f"  - {fact}" for fact in missing), *(f"  + {fact}" for fact in extra)])
