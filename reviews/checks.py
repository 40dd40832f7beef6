"""What is looked at before a record is submitted: one list for form, import and API.

A check is a function of one record that yields Problems. Checks that need many records at once
(repeated names) are run over the whole set, so that an import of 100,000 rows stays a few queries.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from reviews.models import Submission


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
_CHUNK = 500


def find_problems(record: Submission) -> list[Problem]:
    """All findings about one record, in the order of its checks."""
    return find_all_problems([record])[0]


def find_all_problems(records: Sequence[Submission]) -> list[list[Problem]]:
    """Findings per record, same order as `records`; a constant number of queries per 500."""
    found = [
        [problem for check in record.checks for problem in check(record)] for record in records
    ]
    set_checks = dict.fromkeys(check for record in records for check in record.set_checks)
    for check in set_checks:
        for position, problem in check(records):
            found[position].append(problem)
    return found


def blocking(problems: Iterable[Problem]) -> list[Problem]:
    """Those that forbid a submission."""
    return [problem for problem in problems if not problem.is_warning]


def _identity(record: Submission) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in record.identity)


def repeated(records: Sequence[Submission]) -> Iterator[tuple[int, Problem]]:
    """A record whose identity an earlier one of the set, or a stored one, already has."""
    by_model: dict[type[Submission], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        if record.identity and all(_identity(record)):
            by_model[type(record)].append(position)
    for model, positions in by_model.items():
        seen: set[tuple[object, ...]] = set()
        taken = _stored_identities(model, [records[position] for position in positions])
        for position in positions:
            key = _identity(records[position])
            stored = taken.get(key, set()) - {records[position].pk}
            if stored or key in seen:
                yield position, _repeated_problem(records[position], is_stored=bool(stored))
            seen.add(key)


def _stored_identities(
    model: type[Submission], records: Sequence[Submission]
) -> dict[tuple[object, ...], set[int]]:
    taken: dict[tuple[object, ...], set[int]] = defaultdict(set)
    titles = sorted({getattr(record, model.title_field) for record in records})
    for start in range(0, len(titles), _CHUNK):
        rows = model._default_manager.exclude(status="void").filter(
            **{f"{model.title_field}__in": titles[start : start + _CHUNK]}
        )
        for pk, *key in rows.values_list("pk", *model.identity):
            taken[tuple(key)].add(pk)
    return taken


#: Code of a finding that an identical record is stored already; an import refuses it.
SAME_RECORD = "same_record"


def identical(records: Sequence[Submission]) -> Iterator[tuple[int, Problem]]:
    """Kinds without a name of their own: the same facts twice are probably one fact twice."""
    by_model: dict[type[Submission], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        if record.likeness:
            by_model[type(record)].append(position)
    for model, positions in by_model.items():
        seen: set[tuple[object, ...]] = set()
        stored = _stored_likenesses(model, [records[position] for position in positions])
        for position in positions:
            record = records[position]
            key = tuple(getattr(record, name) for name in model.likeness)
            name = model._meta.verbose_name
            if stored.get(key, set()) - {record.pk}:
                message = f"系统中已有完全相同的{name}，请勿重复填报"
                yield position, Problem(SAME_RECORD, model.date_field, message, is_warning=True)
            elif key in seen:
                message = f"本表中有完全相同的{name}，请核对是否重复"
                yield position, Problem("same_row", model.date_field, message, is_warning=True)
            seen.add(key)


def _stored_likenesses(
    model: type[Submission], records: Sequence[Submission]
) -> dict[tuple[object, ...], set[int]]:
    taken: dict[tuple[object, ...], set[int]] = defaultdict(set)
    days = sorted({day for record in records if (day := getattr(record, model.date_field))})
    areas = {record.area_id for record in records}
    for start in range(0, len(days), _CHUNK):
        rows = model._default_manager.exclude(status="void").filter(
            **{f"{model.date_field}__in": days[start : start + _CHUNK]}
        )
        for pk, area, *key in rows.values_list("pk", "area_id", *model.likeness):
            if area in areas:
                taken[tuple(key)].add(pk)
    return taken


#: SQLite keeps decimals with 15 digits: what is larger would come back as another number, or not at all.
MOST_DIGITS = 15


@cache
def _amounts_of(model: type[models.Model]) -> list[models.DecimalField[Any, Any]]:
    return [each for each in model._meta.concrete_fields if isinstance(each, models.DecimalField)]


def amount_faults(record: models.Model) -> Iterator[Problem]:
    """Amounts that not every database keeps to the last digit."""
    for field in _amounts_of(type(record)):
        value = getattr(record, field.attname)
        if isinstance(value, Decimal) and abs(value) >= 10 ** (MOST_DIGITS - field.decimal_places):
            most = MOST_DIGITS - field.decimal_places
            message = f"“{field.verbose_name}”过大（{value:,f}），整数部分不应超过{most}位"
            yield Problem("too_large", field.name, message)


def exact_amounts(records: Sequence[Submission]) -> Iterator[tuple[int, Problem]]:
    """The same of a whole batch; for every kind."""
    for position, record in enumerate(records):
        for problem in amount_faults(record):
            yield position, problem


def _repeated_problem(record: Submission, *, is_stored: bool) -> Problem:
    where = "系统中已有" if is_stored else "本表中已有"
    name = record._meta.verbose_name
    return Problem(
        "repeated", record.title_field, f"同一地区{where}同名{name}“{record}”，请勿重复填报"
    )


# --- checks that several record kinds share -------------------------------------------------


def field_label(record: models.Model, field: str) -> str:
    """The Chinese name of a field."""
    return str(record._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def required(*fields: str) -> Check:
    """These fields must not be empty."""

    def check(record: Submission) -> Iterator[Problem]:
        for field in fields:
            if getattr(record, record._meta.get_field(field).attname) in (None, ""):  # type: ignore[union-attr]
                yield Problem("required", field, f"“{field_label(record, field)}”不能为空")

    return check


def not_in_future(*fields: str) -> Check:
    """These days must not lie after today."""

    def check(record: Submission) -> Iterator[Problem]:
        today = timezone.localdate()
        for field in fields:
            value = getattr(record, field)
            if value is not None and value > today:
                label = field_label(record, field)
                yield Problem("future", field, f"“{label}”{value}晚于今天（{today}），请核对")

    return check


def not_before_1949(*fields: str) -> Check:
    """A day before 1949-10-01 is a slip of the keyboard."""
    earliest = datetime.date(1949, 10, 1)

    def check(record: Submission) -> Iterator[Problem]:
        for field in fields:
            value = getattr(record, field)
            if value is not None and value < earliest:
                yield Problem(
                    "too_early", field, f"“{field_label(record, field)}”{value}过早，请核对年份"
                )

    return check


def in_order(first: str, last: str) -> Check:
    """`last` must not lie before `first`."""

    def check(record: Submission) -> Iterator[Problem]:
        start, end = getattr(record, first), getattr(record, last)
        if start is not None and end is not None and end < start:
            yield Problem(
                "order",
                last,
                f"“{field_label(record, last)}”{end}早于“{field_label(record, first)}”{start}",
            )

    return check


def not_negative(*fields: str) -> Check:
    """Money and counts are zero or more."""

    def check(record: Submission) -> Iterator[Problem]:
        for field in fields:
            value = getattr(record, field)
            if value is not None and value < 0:
                yield Problem(
                    "negative", field, f"“{field_label(record, field)}”不能为负数（现为{value}）"
                )

    return check


def positive(*fields: str) -> Check:
    """A record of nothing is no record: the quantity must be more than zero."""

    def check(record: Submission) -> Iterator[Problem]:
        for field in fields:
            value = getattr(record, field)
            if value is not None and value <= 0:
                yield Problem(
                    "not_positive", field, f"“{field_label(record, field)}”应大于0（现为{value}）"
                )

    return check


@dataclass(frozen=True)
class OnlyWith:
    """A field that means something only where another one has one of these values.

    As a check it warns of what was left in the field elsewhere; the entry form reads the same rule
    to show or hide the field.
    """

    field: str
    other: str
    values: tuple[object, ...]

    def holds(self, value: object) -> bool:
        """Whether the other field's value gives this field a meaning."""
        return value in self.values

    def __call__(self, record: Submission) -> Iterator[Problem]:
        """A warning where the field is filled for nothing."""
        other = getattr(record, self.other)
        if other in (None, "") or self.holds(other) or not getattr(record, self.field):
            return
        label, where = field_label(record, self.field), field_label(record, self.other)
        fault = f"“{where}”为否" if other is False else f"“{where}”不是{self._words(record)}"
        yield Problem("not_applicable", self.field, f"{fault}，“{label}”应留空", is_warning=True)

    def _words(self, record: Submission) -> str:
        labels = dict(record._meta.get_field(self.other).flatchoices)  # type: ignore[union-attr]
        return "、".join(f"“{labels.get(value, value)}”" for value in self.values)


_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = [pow(3, position, 31) for position in range(17)]
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_PATTERN = re.compile(rf"[{_CREDIT_ALPHABET}]{{18}}")


def credit_code_fault(code: str) -> str | None:
    """Why a 统一社会信用代码 is wrong (GB 32100-2015), or None."""
    if len(code) != 18:
        return f"应为18位，现为{len(code)}位"
    if not _CREDIT_PATTERN.fullmatch(code):
        wrong = next(sign for sign in code if sign not in _CREDIT_ALPHABET)
        hint = {"O": "，是否应为数字0", "I": "，是否应为数字1"}.get(wrong, "")
        return f"含有不允许的字符“{wrong}”{hint}"
    total = sum(
        _CREDIT_ALPHABET.index(sign) * weight
        for sign, weight in zip(code, _CREDIT_WEIGHTS, strict=False)
    )
    expected = _CREDIT_ALPHABET[(31 - total % 31) % 31]
    return None if code[17] == expected else "校验位不符，请与证书逐位核对"


def organisation_code_holds(code: str) -> bool:
    """Whether characters 9-17 pass the check of GB 11714."""
    total = sum(
        int(sign, 36) * weight
        for sign, weight in zip(code[8:16], _ORGANISATION_WEIGHTS, strict=True)
    )
    return code[16] == "0123456789X0"[11 - total % 11]


def valid_credit_code(field: str, *, is_organisation: bool = True) -> Check:
    """GB 32100-2015; the inner check of GB 11714 and the kind of body are warnings only."""

    def check(record: Submission) -> Iterator[Problem]:
        code = getattr(record, field)
        if not code:
            return
        fault = credit_code_fault(code)
        label = field_label(record, field)
        if fault:
            yield Problem("credit_code", field, f"“{label}”{fault}")
            return
        if not organisation_code_holds(code):
            yield Problem(
                "credit_code_inner", field, f"“{label}”第17位主体标识校验不符，请核对", True
            )
        if is_organisation and code[:2] not in {"51", "52", "53"}:
            yield Problem(
                "credit_code_kind", field, f"“{label}”不是社会组织代码（应以51、52或53开头）", True
            )

    return check


_PHONE = re.compile(r"1[3-9]\d{9}|(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?|\d{5,10}|400-?\d{3}-?\d{4}")


def valid_phone(field: str) -> Check:
    """A mobile, a landline or a hotline; anything else is a warning."""

    def check(record: Submission) -> Iterator[Problem]:
        value = getattr(record, field)
        if value and not _PHONE.fullmatch(re.sub(r"\s", "", value).removeprefix("+86")):
            yield Problem(
                "phone", field, f"“{field_label(record, field)}”“{value}”不像电话号码，请核对", True
            )

    return check


def money(value: Decimal) -> str:
    """`12,345.60元` for a message."""
    return f"{value:,.2f}元"
