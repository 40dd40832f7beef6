"""Checks of the order in which the steps of a case are taken (`supervision.life`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from reviews.checks import CheckedRecord, Problem
from reviews.models import Status, Submission
from supervision.life import Step, faults
from supervision.models import (
    STEPS,
    Complaint,
    GuidanceVisit,
    Inspection,
    Rectification,
    Referral,
    steps_of,
)

_Case = Inspection | GuidanceVisit | Complaint
_Step = Rectification | Referral
#: The states of steps that hold: those that were submitted.
SUBMITTED = (Status.PENDING, Status.APPROVED)


def steps_in_order(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Refuse a step that its case does not allow after the steps that were submitted already.

    Locks the cases, so that two steps submitted at one time see each other.
    """
    for kind, links in STEPS.items():
        positions: dict[int, list[tuple[int, _Step]]] = defaultdict(list)
        for at, record in enumerate(records):
            for step_kind, link in links:
                if isinstance(record, step_kind) and (pk := getattr(record, f"{link}_id")):
                    positions[pk].append((at, record))
        if positions:
            yield from _faults_of_new_steps(kind, positions)


def _faults_of_new_steps(
    kind: type[_Case], positions: dict[int, list[tuple[int, _Step]]]
) -> Iterator[tuple[int, Problem]]:
    cases = locked(kind, positions)
    stored = steps_of(kind, positions, SUBMITTED)
    for pk, found in positions.items():
        case = cases[pk].case if pk in cases else None
        batch = {(type(record), record.pk) for _, record in found if record.pk}
        new = [(at, record, step) for at, record in found if (step := record.step) is not None]
        if case is None:
            for at, record, _ in new:
                said = "所属记录的日期或结果没有填写，请先补填"
                yield at, Problem("case", _link_of(record), said)
            continue
        others = [step for step in stored[pk] if _key(step) not in batch]
        known = {id(step) for step, _ in faults(case, others)}
        told = faults(case, [*others, *(step for _, _, step in new)])
        own = {id(step): (at, record) for at, record, step in new}
        wrong = [(own[id(step)], message) for step, message in told if id(step) in own]
        for (at, record), message in wrong:
            yield at, Problem("step", record.date_field, message)
        broken = [(step, message) for step, message in told if id(step) not in {*own, *known}]
        if broken and new and not wrong:
            (step, message), (at, record, _) = broken[0], new[-1]
            said = f"与已登记的“{step.key}”冲突：{message}"
            yield at, Problem("step", record.date_field, said)


def _link_of(record: _Step) -> str:
    return next(name for name in record.area_from if getattr(record, f"{name}_id"))


def _key(step: Step) -> object:
    """Return what distinguishes a stored step: its kind and key, as two kinds may share a key."""
    return (type(step.key), step.key.pk) if isinstance(step.key, Submission) else None


def locked(kind: type[_Case], pks: Iterable[int]) -> dict[int, _Case]:
    """Return the cases as they are stored now; within a transaction they are locked."""
    rows = kind._default_manager.filter(pk__in=sorted(pks)).order_by("pk")
    if connection.in_atomic_block and connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return {each.pk: each for each in rows}


def follow_ups_fit(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Refuse a change of a case that its submitted steps contradict."""
    for kind in STEPS:
        cases = {
            each.pk: at for at, each in enumerate(records) if isinstance(each, kind) and each.pk
        }
        if not cases:
            continue
        stored = steps_of(kind, cases, SUBMITTED)
        for pk, at in cases.items():
            record = records[at]
            case = record.case if isinstance(record, kind) else None
            for step, message in faults(case, stored[pk]) if case else ():
                said = f"与已登记的“{step.key}”冲突：{message}"
                yield at, Problem("follow_up", record.date_field, said)
                break
