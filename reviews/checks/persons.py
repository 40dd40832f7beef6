"""Checks that no record holds an identity number, nor stars in place of a name or a contact, and
warnings of mobile numbers in free texts.

个人信息保护法 art. 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from django.db import models

from reviews.checks.problems import CheckedRecord, Problem, values_of
from reviews.checks.texts import mobile_problem
from reviews.privacy import (
    IDENTITY_DIGITS,
    holds_identity_number,
    holds_mobile_number,
    is_masked,
    sensitive_fields,
)

#: The length of a mobile number.
_MOBILE_DIGITS = 11


@cache
def _texts_of(model: type[CheckedRecord]) -> list[tuple[str, str, bool]]:
    """Return name and label of each text of a kind, and whether it holds a number of a document.

    Such a number may look like an identity number: area, day and serial number.
    """
    return [
        (field.name, str(field.verbose_name), field.name.endswith(("number", "credit_code")))
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and field.editable
        and not field.choices
        and (field.max_length or IDENTITY_DIGITS) >= _MOBILE_DIGITS
    ]


def identity_faults(record: CheckedRecord) -> Iterator[Problem]:
    """Yield a problem for each text with an identity number; it does not repeat the number.

    In a field for numbers of documents it is a warning: such a number may look like one.
    """
    for name, label, is_number in _texts_of(type(record)):
        if not holds_identity_number(getattr(record, name)):
            continue
        if is_number:
            message = f"“{label}”像是身份证号码；确是编号的请说明，是身份证号码的请删去"
        else:
            message = f"“{label}”中有身份证号码，系统不登记身份证号码，请删去后再保存"
        yield Problem("identity_number", name, message, is_warning=is_number)


def mobile_warnings(record: CheckedRecord) -> Iterator[Problem]:
    """Yield a warning for each free text with a mobile number: it is not masked there.

    Whoever reads the record reads its free texts (个人信息保护法 arts. 5, 6).
    """
    marked = sensitive_fields(type(record))
    for name, label, is_number in _texts_of(type(record)):
        if name in marked or is_number or not holds_mobile_number(getattr(record, name)):
            continue
        yield mobile_problem(name, label)


def mask_faults(record: CheckedRecord) -> Iterator[Problem]:
    """Yield a problem for each name or contact that is masked: its stars stand for what is lost."""
    for name in sensitive_fields(type(record)):
        value = getattr(record, name)
        if isinstance(value, str) and is_masked(value):
            label = str(record._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            message = f"“{label}”中有“*”，是遮盖后的内容，请填写完整内容；不需要修改的不要填写"
            yield Problem("masked", name, message)


def personal_faults(
    model: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> Iterator[tuple[int, Problem]]:
    """Run these checks on a batch; every kind has them. Most records are told by their columns."""
    names = tuple(
        dict.fromkeys([*(name for name, *_ in _texts_of(model)), *sensitive_fields(model)])
    )
    for position, values in enumerate(values_of(records, names) if names else ()):
        if any(value and _is_suspect(value) for value in values):
            record = records[position]
            for check in _FAULTS:
                yield from ((position, problem) for problem in check(record))


def _is_suspect(value: str) -> bool:
    return is_masked(value) or holds_identity_number(value) or holds_mobile_number(value)


_FAULTS = (identity_faults, mask_faults, mobile_warnings)
