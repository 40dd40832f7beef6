"""What a draft may contain: everything that the database accepts, but no identity numbers. Form and API report the same
faults."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from reviews.checks import Problem, blocking, field_label, find_problems, personal_faults, repeated
from reviews.models import Submission


def draft_faults(
    record: Submission, faulty: Collection[str] = (), shown_fields: Collection[str] | None = None
) -> Iterator[Problem]:
    """Yield why the database would refuse a record: a check's message, else that of the constraint.

    `faulty` holds fields that have an error already. `shown_fields` holds the fields at which a
    message may appear (default: all); a problem of any other field has an empty field name.
    """
    reported = set(faulty)
    for model, constraints in record.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, record, exclude=set(faulty))
            except ValidationError as error:
                for problem in _problems_of(record, constraint, error, reported, shown_fields):
                    reported.add(problem.field)
                    yield problem
    for _, problem in personal_faults(type(record), [record]):
        if not problem.is_warning and problem.field not in reported:
            reported.add(problem.field)
            yield problem
    # Another spelling, which the constraints do not know:
    for _, problem in repeated(type(record), [record]):
        if problem.field not in reported:
            is_shown = shown_fields is None or problem.field in shown_fields
            yield problem if is_shown else replace(problem, field="")


def _problems_of(
    record: Submission,
    constraint: models.BaseConstraint,
    error: ValidationError,
    reported: Collection[str],
    shown_fields: Collection[str] | None,
) -> list[Problem]:
    names = fields_of(constraint)
    shown = [name for name in names if shown_fields is None or name in shown_fields]
    field = shown[-1] if shown else ""
    if field and getattr(record, field) == "":
        label = field_label(record, field)
        message = f"该地区已有一条未填“{label}”的记录，请先填写“{label}”"
        return [Problem("required", field, message)]
    found = [each for each in blocking(find_problems(record)) if each.field in names]
    if found:
        return [problem for problem in found if problem.field not in reported]
    return [Problem(error.code or "constraint", field, error.messages[0])]


def fields_of(constraint: models.BaseConstraint) -> list[str]:
    """Return the names of the fields that a constraint compares."""
    if isinstance(constraint, models.UniqueConstraint):
        return list(constraint.fields)
    condition = getattr(constraint, "condition", None)
    return list(dict.fromkeys(_names(condition))) if isinstance(condition, Q) else []


def _names(condition: Q) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _names(child)
        elif isinstance(child, tuple):
            yield str(child[0]).split("__")[0]
