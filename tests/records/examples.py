"""Records made from the example of each kind's declaration, with as few values as are required."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any

from django.db import models

from areas.models import Area
from reviews.checks import OneOf, Problem, checks_of
from reviews.fields import AnyField, AnyForeignKey, field_of
from reviews.models import ChoiceListField, Submission
from reviews.trail.differences import content_fields

#: The day of a record for which a test gives no other day.
DAY = datetime.date(2026, 3, 1)
HUAYIPO = "500103001003"

Values = dict[str, Any]  # values of fields of any kind


def example_values(kind: type[Submission], number: int) -> Values:
    """Values of an unsaved record; `number` distinguishes it from others of the kind.

    Optional fields are left out, and so are references except the area.
    """
    values = _typed(kind, _needed(kind)) | {"area_id": _place(kind)}
    if kind.date_field in values:
        values[kind.date_field] = DAY
    name = _told_apart_by(kind)
    if name in values:
        values[name] = _numbered(kind, name, values[name], number)
    return values


def sent_values(kind: type[Submission]) -> Values:
    """The declared example as a client sends it, without rows that belong to the record."""
    example = kind.declaration.example
    return {name: value for name, value in example.items() if not isinstance(value, list)}


@cache
def full_values(kind: type[Submission]) -> Values:
    """The declared example as a client sends it, with all further fields that it can have.

    Texts, choices, counts and amounts are added as long as no check of the record finds fault;
    days, flags and references are not added. Flags of the example that a check reports are left
    out.
    """
    said = sent_values(kind)
    if any(problem.field in said and said[problem.field] is True for problem in _said(kind, said)):
        said = {name: value for name, value in said.items() if value is not True}
    for field in content_fields(kind):
        for candidate in _candidates(field) if field.name not in said else ():
            if _said(kind, said | {field.name: candidate}) == _said(kind, said):
                said[field.name] = candidate
                break
    return said


def _said(kind: type[Submission], values: Values) -> list[Problem]:
    """The findings of the checks on a record as a client sends it, without its references."""
    apart = {"area", *(field.name for field in references(kind))}
    return _findings(kind, {name: value for name, value in values.items() if name not in apart})


def _candidates(field: AnyField) -> list[object]:
    if field.remote_field is not None:
        return []
    if field.choices:
        return [next(value for value, _ in field.flatchoices if value)]
    if isinstance(field, ChoiceListField):
        return [field.words[0]]
    if isinstance(field, models.CharField):
        return ["补充", "13800000000"]
    if isinstance(field, models.DecimalField):
        return ["7.00"]
    return [3] if isinstance(field, models.IntegerField) else []


def references(kind: type[Submission]) -> list[AnyForeignKey]:
    """The foreign keys of the example, without the area."""
    fields = (field for field in kind._meta.concrete_fields if field.name in sent_values(kind))
    return [
        field for field in fields if isinstance(field, models.ForeignKey) and field.name != "area"
    ]


def is_owed(kind: type[Submission], field: AnyField) -> bool:
    """Whether a record must have this reference of its example: by its column or by a check."""
    one_of = [check for check in checks_of(kind).single if isinstance(check, OneOf)]
    owed = {name for check in one_of if check.is_required for name in check.fields}
    return not field.null or field.name in owed


def _place(kind: type[Submission]) -> str:
    return str(kind.declaration.example.get("area", HUAYIPO))


def _typed(kind: type[Submission], names: frozenset[str]) -> Values:
    example = kind.declaration.example
    return {name: field_of(kind, name).to_python(example[name]) for name in sorted(names)}


@cache
def _needed(kind: type[Submission]) -> frozenset[str]:
    """The fields without which the database or a check of the record finds fault."""
    apart = {"area", *(field.name for field in references(kind))}
    offered = set(sent_values(kind)) - apart
    needed = {name for name in offered if _must_be_given(field_of(kind, name))}
    while more := (_faulty(kind, frozenset(needed)) & offered) - needed:
        needed |= more
    return frozenset(needed)


def _must_be_given(field: AnyField) -> bool:
    return not (field.null or field.blank or field.has_default())


def _faulty(
    kind: type[Submission], names: frozenset[str], changes: dict[str, str] | None = None
) -> set[str]:
    """Fields at which a record of these values has findings."""
    return {problem.field for problem in _findings(kind, _typed(kind, names) | (changes or {}))}


def _findings(kind: type[Submission], values: Values) -> list[Problem]:
    """The findings of the single-record checks on these values; no database query."""
    area = Area(code=_place(kind), name="华一坡社区居民委员会")
    area.derive()
    typed = {name: field_of(kind, name).to_python(value) for name, value in values.items()}
    record = kind(area=area, **typed)
    return [problem for check in checks_of(kind).single for problem in check(record)]


def _told_apart_by(kind: type[Submission]) -> str:
    """The text field that makes two records differ: from `identity`, else from `likeness`."""
    texts = [
        field.name
        for names in (kind.identity[::-1], kind.likeness)
        for name in names
        if isinstance(field := field_of(kind, name.removesuffix("_id")), models.CharField)
        and not field.choices
        and field.name in _needed(kind)
        and not _is_fixed(kind, field.name)
    ]
    return texts[-1] if texts else ""


def _is_fixed(kind: type[Submission], name: str) -> bool:
    """Whether a text such as a year cannot take a number; other records tell two apart then."""
    text = str(_typed(kind, frozenset({name}))[name])
    return name in _faulty(kind, _needed(kind), {name: _numbered(kind, name, text, 1)})


def _numbered(kind: type[Submission], name: str, text: str, number: int) -> str:
    """The text with the number at its end, or before a required last word (…基金)."""
    last = f"{text}{number}"
    is_fine = name not in _faulty(kind, _needed(kind), {name: last})
    return last if is_fine else f"{text[:-2]}{number}{text[-2:]}"
