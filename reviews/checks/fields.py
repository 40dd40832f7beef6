"""Checks of one record that several record kinds use."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.db import models
from django.utils import timezone
from typing_extensions import override

from reviews.checks.narrow import FieldCheck, NarrowCheck
from reviews.checks.problems import Check, CheckedRecord, Problem
from reviews.fields import choice_labels, column_name, field_of, label_of
from reviews.privacy import is_erased

_ONE_DAY = datetime.timedelta(days=1)


def field_label(record: models.Model, field: str) -> str:
    """Return the Chinese name of a field."""
    return label_of(record, field)


def required(*fields: str) -> Check:
    """Return a check that these fields are not empty."""

    @cache
    def columns_of(model: type[models.Model]) -> list[tuple[str, str]]:
        return [(field, column_name(model, field)) for field in fields]

    def check(record: CheckedRecord) -> Iterator[Problem]:
        for field, column in columns_of(type(record)):
            if getattr(record, column) in (None, ""):
                yield Problem("required", field, f"“{field_label(record, field)}”不能为空")

    return FieldCheck(fields, lambda *values: None in values or "" in values, check)


def not_in_future(*fields: str) -> Check:
    """Return a check that these days are not after today."""

    def check(record: CheckedRecord) -> Iterator[Problem]:
        for field in fields:
            value = getattr(record, field)
            if value is not None and value > (today := timezone.localdate()):
                label = field_label(record, field)
                yield Problem("future", field, f"“{label}”{value}晚于今天（{today}），请核对")

    return FieldCheck(fields, _is_near_or_later, check)


def _is_near_or_later(*days: datetime.date | None) -> bool:
    """Return whether a day is not past in every time zone; asking for the local day takes far longer."""
    past = datetime.datetime.now(datetime.UTC).date() - _ONE_DAY
    return any(day is not None and day >= past for day in days)


def not_before_1949(*fields: str) -> Check:
    """Return a check that these days are not before 1949-10-01, which would be a typing error."""
    earliest = datetime.date(1949, 10, 1)

    def check(record: CheckedRecord) -> Iterator[Problem]:
        for field in fields:
            value = getattr(record, field)
            if value is not None and value < earliest:
                yield Problem(
                    "too_early", field, f"“{field_label(record, field)}”{value}过早，请核对年份"
                )

    return FieldCheck(
        fields,
        lambda *days: any(day is not None and day < earliest for day in days),
        check,
    )


def in_order(first: str, last: str) -> Check:
    """Return a check that `last` is not before `first`."""

    def check(record: CheckedRecord) -> Iterator[Problem]:
        start, end = getattr(record, first), getattr(record, last)
        if start is not None and end is not None and end < start:
            yield Problem(
                "order",
                last,
                f"“{field_label(record, last)}”{end}早于“{field_label(record, first)}”{start}",
            )

    return FieldCheck(
        (first, last),
        lambda start, end: start is not None and end is not None and end < start,
        check,
    )


def not_negative(*fields: str) -> Check:
    """Return a check that these amounts and counts are not negative."""

    def check(record: CheckedRecord) -> Iterator[Problem]:
        for field in fields:
            value = getattr(record, field)
            if value is not None and value < 0:
                yield Problem(
                    "negative", field, f"“{field_label(record, field)}”不能为负数（现为{value}）"
                )

    return FieldCheck(
        fields, lambda *values: any(each is not None and each < 0 for each in values), check
    )


def positive(*fields: str) -> Check:
    """Return a check that these quantities are more than zero."""

    def check(record: CheckedRecord) -> Iterator[Problem]:
        for field in fields:
            value = getattr(record, field)
            if value is not None and value <= 0:
                yield Problem(
                    "not_positive", field, f"“{field_label(record, field)}”应大于0（现为{value}）"
                )

    return FieldCheck(
        fields, lambda *values: any(each is not None and each <= 0 for each in values), check
    )


@dataclass(frozen=True)
class OnlyWith(NarrowCheck):
    """The rule that a field applies only when another field has one of these values.

    As a check it warns when the field is filled otherwise, and with `is_required` blocks when it is
    empty where it applies; the entry form uses the same rule to show or hide the field.
    """

    field: str
    other: str
    values: tuple[object, ...]
    #: Whether an empty other field says that the field does not apply, instead of nothing.
    is_empty_said: bool = False
    #: Whether the field must be filled where it applies: 其他 must be named.
    is_required: bool = False

    def holds(self, value: object) -> bool:
        """Return whether the field applies for this value of the other field."""
        return value in self.values

    @property
    @override
    def reads(self) -> tuple[str, ...]:
        return self.other, self.field

    @override
    def may_fail(self, *values: object) -> bool:
        other, value = values
        if self.holds(other):
            return self.is_required and not value
        is_unsaid = other in (None, "") and not self.is_empty_said
        return bool(value) and not is_unsaid

    @override
    def __call__(self, record: CheckedRecord) -> Iterator[Problem]:
        """Yield a warning when the field is filled although it does not apply; a problem when it is
        empty although it must be filled."""
        other = getattr(record, self.other)
        if not self.may_fail(other, getattr(record, self.field)):
            return
        label, where = field_label(record, self.field), field_label(record, self.other)
        if self.holds(other):
            message = f"“{where}”为{self._words(record)}时，应写明“{label}”"
            yield Problem(self.field, self.field, message)
            return
        fault = f"“{where}”为否" if other is False else f"“{where}”不是{self._words(record)}"
        yield Problem("not_applicable", self.field, f"{fault}，“{label}”应留空", is_warning=True)

    def _words(self, record: CheckedRecord) -> str:
        labels = choice_labels(field_of(record, self.other))
        return "、".join(f"“{labels.get(value, value)}”" for value in self.values)


@dataclass(frozen=True)
class OneOf:
    """The rule that exactly one of these references is filled; as a check it blocks.

    With `is_required` false, none may be filled, too; with `is_exclusive` false, several may.
    """

    fields: tuple[str, ...]
    is_required: bool = True
    is_exclusive: bool = True

    def __call__(self, record: CheckedRecord) -> Iterator[Problem]:
        """Yield a problem at the first reference when none is filled, else at the second one."""
        model = type(record)
        filled = [name for name in self.fields if getattr(record, column_name(model, name))]
        words = "".join(f"“{field_label(record, name)}”" for name in self.fields)
        if len(filled) > 1 and self.is_exclusive:
            yield Problem("one_of", filled[1], f"{words}只能选填一项，现填了{len(filled)}项")
        elif self.is_required and not filled:
            least = "应选填一项" if self.is_exclusive else "应至少选填一项"
            yield Problem("one_of", self.fields[0], f"{words}{least}")


_PHONE = re.compile(r"1[3-9]\d{9}|(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?|\d{5,10}|400-?\d{3}-?\d{4}")


def valid_phone(field: str) -> Check:
    """Return a check that warns of a text that is no mobile, landline or hotline number."""

    def check(record: CheckedRecord) -> Iterator[Problem]:
        value = getattr(record, field)
        if _is_no_phone(value):
            words = f"“{field_label(record, field)}”不像电话号码，请核对"
            yield Problem("phone", field, words, True, value)

    return FieldCheck((field,), _is_no_phone, check)


def _is_no_phone(value: str) -> bool:
    if not value or is_erased(value):
        return False
    return not _PHONE.fullmatch(re.sub(r"\s", "", value).removeprefix("+86"))
