"""What a draft may hold: all that the database takes; a form and the API say in the same words why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from reviews.checks import Problem, blocking, field_label, find_problems
from reviews.models import Submission


def draft_faults(
    record: Submission, faulty: Collection[str] = (), places: Collection[str] | None = None
) -> Iterator[Problem]:
    """Why the database would refuse a record: the checks' own words, or those of the constraint.

    `faulty`: fields that something is said about already. `places`: fields a message may stand at
    (default: all); one of a constraint that has none there has an empty field.
    """
    told = set(faulty)
    for model, constraints in record.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, record, exclude=set(faulty))
            except ValidationError as error:
                for problem in _explained(record, constraint, error, told, places):
                    told.add(problem.field)
                    yield problem


def _explained(
    record: Submission,
    constraint: models.BaseConstraint,
    error: ValidationError,
    told: Collection[str],
    places: Collection[str] | None,
) -> list[Problem]:
    names = fields_of(constraint)
    place = next((name for name in reversed(names) if places is None or name in places), "")
    if place and getattr(record, place) == "":
        label = field_label(record, place)
        message = f"该地区已有一条未填“{label}”的记录，请先填写“{label}”"
        return [Problem("required", place, message)]
    found = [each for each in blocking(find_problems(record)) if each.field in names]
    if found:
        return [problem for problem in found if problem.field not in told]
    return [Problem(error.code or "constraint", place, error.messages[0])]


def fields_of(constraint: models.BaseConstraint) -> list[str]:
    """The fields a constraint speaks of."""
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
