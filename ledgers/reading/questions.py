"""The questions of a checked upload, and the clerk's decisions, which the upload keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from ledgers.reading.entries import Entry, RowOutcome
from ledgers.reading.matching.decisions import Answer
from ledgers.reading.matching.rows import describe_change
from reviews.models import ImportJob, JobState

#: The most questions that an upload keeps at a time; further ones are asked after these.
MOST = 3000


class Option(TypedDict):
    """A stored record that a row may correct."""

    record: int
    title: str
    area: str
    status: str
    #: Whether a clerk may change it now.
    is_editable: bool
    #: What the row would change, in Chinese.
    changes: list[str]


class Question(TypedDict):
    """A doubtful row: does it correct one of these records, or is it another fact?"""

    #: Sheet and row: `Sheet1!5`.
    place: str
    sheet: str
    row: int
    title: str
    area: str
    options: list[Option]


def questions_of(entries: Sequence[Entry]) -> list[Question]:
    """Return the questions about the doubtful rows, in the order of the file."""
    doubtful = [entry for entry in entries if entry.outcome == RowOutcome.DOUBTFUL]
    return [
        {
            "place": entry.place,
            "sheet": entry.sheet,
            "row": entry.number + 1,
            "title": str(entry.record),
            "area": str(entry.record.area),
            "options": _options(entry),
        }
        for entry in doubtful[:MOST]
    ]


def _options(entry: Entry) -> list[Option]:
    return [
        {
            "record": each.record.pk,
            "title": str(each.record),
            "area": str(each.record.area),
            "status": each.record.get_status_display(),
            "is_editable": each.record.is_editable,
            "changes": [describe_change(each.record, change) for change in each.changes],
        }
        for each in entry.candidates
    ]


class NotAsked(ValueError):
    """The upload asks no such question, or does not offer this answer."""


def decide(job: ImportJob, chosen: Mapping[str, int | None], others: Answer = Answer.ASK) -> bool:
    """Keep decisions (place → record, or None for another fact) and check the upload again.

    `others` answers the questions that `chosen` leaves out. Return False when the upload is in
    another state by now. NotAsked when a place or a record was not asked about.
    """
    made: dict[str, dict[str, object]] = dict(job.decisions)
    asked = {question["place"]: question for question in job.found.get("questions", [])}
    if unknown := next((place for place in chosen if place not in asked), None):
        raise NotAsked(f"“{unknown}”没有需要选择的内容，请刷新后再试")
    for place, question in asked.items():
        records = [option["record"] for option in question["options"]]
        if place in chosen:
            record = chosen[place]
        elif others == Answer.NEW or (others == Answer.CHANGE and len(records) == 1):
            record = records[0] if others == Answer.CHANGE else None
        else:
            continue
        if record not in (None, *records):
            raise NotAsked(f"“{place}”不能选择编号为{record}的记录，请刷新后再试")
        made[place] = {"record": record, "asked": records}
    return _keep(job, made)


def reconsider(job: ImportJob) -> bool:
    """Forget all decisions and check the upload again; False when it is in another state by now."""
    return _keep(job, {})


def _keep(job: ImportJob, made: Mapping[str, object]) -> bool:
    return bool(
        ImportJob.objects.filter(pk=job.pk, state=JobState.CHECKED).update(
            decisions=made, state=JobState.CHECKING, message="", attempts=0
        )
    )
