"""Filters in the address of a list; invalid values and unknown parameters are rejected."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from typing_extensions import override

from api.fields import AREA_CODE, DAY, MOST_KEY, MOST_WHOLE, searches_persons
from areas.codes import level_of
from reviews.fields import AnyField, label_of, related_model
from reviews.models import ChoiceListField, Status, Submission
from reviews.models.choice_lists import SEPARATOR
from reviews.privacy import sensitive_fields
from reviews.trail.differences import content_fields

_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_WHOLE = re.compile(r"[0-9]{1,19}", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,2})?", re.ASCII)


class _PatternField(forms.Field):
    """A value with exactly one notation, which a subclass defines."""

    pattern: re.Pattern[str]
    words = ""

    @override
    def to_python(self, value: object) -> object:
        """Return the parsed value; None for an empty one, ValidationError for any other notation."""
        if value in (None, ""):
            return None
        try:
            if not isinstance(value, str) or not self.pattern.fullmatch(value):
                raise ValueError
            return self.read(value)
        except (ValueError, OverflowError):
            message = f"“%(value)s”{self.words}"
            raise forms.ValidationError(message, "invalid", {"value": str(value)[:40]}) from None

    def read(self, text: str) -> object:
        """Return the value of a text that matches the pattern; ValueError when it has none."""
        raise NotImplementedError


class DayField(_PatternField):
    """A day as YYYY-MM-DD."""

    pattern, words = DAY, "不是日期，应写成 YYYY-MM-DD"

    @override
    def read(self, text: str) -> datetime.date:
        return datetime.date.fromisoformat(text)


class MomentField(_PatternField):
    """A time in RFC 3339 with a time zone."""

    pattern, words = _MOMENT, "不是时间，应写成 2026-06-30T08:00:00+08:00（地址中“+”写作 %%2B）"

    @override
    def read(self, text: str) -> datetime.datetime:
        """Return the time in UTC."""
        moment = parse_datetime(text)
        if moment is None:
            raise ValueError
        return moment.astimezone(datetime.UTC)


class WholeField(_PatternField):
    """A whole number up to `most`."""

    pattern, words, most = _WHOLE, "不是可用的整数", MOST_WHOLE

    @override
    def read(self, text: str) -> int:
        if int(text) > self.most:
            raise ValueError
        return int(text)


class KeyField(WholeField):
    """A primary key of a record."""

    most = MOST_KEY


class AmountField(_PatternField):
    """A decimal in plain digits."""

    pattern, words = _AMOUNT, "不是数，最多14位整数、2位小数"

    @override
    def read(self, text: str) -> Decimal:
        return Decimal(text)


class TrueFalseField(_PatternField):
    """`true` or `false`."""

    pattern, words = re.compile("true|false"), "应为 true 或 false"

    @override
    def read(self, text: str) -> bool:
        return text == "true"


class AreaCodeField(_PatternField):
    """A well-formed area code, whether the area exists or not."""

    pattern, words = re.compile(AREA_CODE, re.ASCII), "应为2、4、6、9或12位区划代码"

    @override
    def read(self, text: str) -> str:
        """Return the code; ValueError for a length that no level has."""
        level_of(text)
        return text


class ListedFilter(django_filters.MultipleChoiceFilter):
    """Words of a list such as `访视、看护照料`; a record with any of them is kept."""

    @override
    def filter(self, qs: QuerySet[Model], value: list[str]) -> QuerySet[Model]:
        if not value:
            return qs
        edge = Value(SEPARATOR)
        listed = Concat(edge, F(self.field_name), edge, output_field=models.TextField())
        named = (Q(listed__contains=f"{SEPARATOR}{word}{SEPARATOR}") for word in value)
        return qs.alias(listed=listed).filter(reduce(or_, named))


def _filter(field: type[forms.Field], schema: dict[str, object]) -> type[django_filters.Filter]:
    made: type[django_filters.Filter] = type(
        f"{field.__name__}Filter", (django_filters.Filter,), {"field_class": field}
    )
    return extend_schema_field(schema)(made)


DayFilter = _filter(DayField, {"type": "string", "format": "date"})
MomentFilter = _filter(MomentField, {"type": "string", "format": "date-time"})
WholeFilter = _filter(WholeField, {"type": "integer", "minimum": 0, "maximum": MOST_WHOLE})
KeyFilter = _filter(KeyField, {"type": "integer", "minimum": 0, "maximum": MOST_KEY})
AmountFilter = _filter(AmountField, {"type": "string", "pattern": f"^{_AMOUNT.pattern}$"})
TrueFalseFilter = _filter(TrueFalseField, {"type": "boolean"})
AreaFilter = _filter(AreaCodeField, {"type": "string", "pattern": AREA_CODE})


class SubtreeFilter(AreaFilter):  # type: ignore[valid-type, misc]
    """An area with its subtree."""

    @override
    def filter(self, qs: QuerySet[Model], value: str | None) -> QuerySet[Model]:
        """Keep the rows of the subtree; none for a code without an area."""
        return qs.within(value) if value else qs  # type: ignore[attr-defined]


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 200})
class TextFilter(django_filters.CharFilter):
    """An exact text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, strip=False, **kwargs)


class WordsFilter(TextFilter):
    """The parameter `q`: words that must all occur, each in any of some fields."""

    def __init__(self, *names: str, **kwargs: Any) -> None:
        self.names = names
        super().__init__(**kwargs)

    @override
    def filter(self, qs: QuerySet[Model], value: str) -> QuerySet[Model]:
        """Keep the rows with all words; names of persons are searched for those who see them only."""
        sees_all = self._sees_persons(qs.model)
        for word in value.split() if value else ():
            qs = qs.filter(
                reduce(or_, (_holds(qs.model, name, word, sees_all) for name in self.names))
            )
        return qs

    def _sees_persons(self, model: type[Model]) -> bool:
        """Return whether the caller may search what is masked."""
        if not any(name in sensitive_fields(model) for name in self.names):
            return True
        request = self.parent.request
        return request is not None and searches_persons(request)


def _holds(model: type[Model], name: str, word: str, sees_all: bool) -> Q:
    """Return the condition that a text holds a word, as far as the caller may know.

    A name of a person is stored encrypted: it must be the whole word.
    """
    mark = sensitive_fields(model).get(name)
    if mark is None:
        return Q(**{f"{name}__icontains": word})
    is_word = Q(**{name: word})
    if sees_all:
        return is_word
    return is_word & mark.open_rows if mark.open_rows is not None else Q(pk__in=())


def record_filterset(model: type[Submission]) -> type[django_filters.FilterSet]:
    """Build the filters of a record kind: status, area, days, words, and one per suitable field."""
    day = model.date_field
    filters: dict[str, django_filters.Filter] = {
        "status": django_filters.MultipleChoiceFilter(
            choices=Status.choices, label="状态，可给多个"
        ),
        "within": SubtreeFilter(field_name="area_id", label="地区及其下级"),
        "since": DayFilter(field_name=day, lookup_expr="gte", label=f"{_label(model, day)}不早于"),
        "until": DayFilter(field_name=day, lookup_expr="lte", label=f"{_label(model, day)}不晚于"),
        "updated_since": MomentFilter(
            field_name="updated_at", lookup_expr="gte", label="此后有过变化的，用于同步"
        ),
        "q": WordsFilter(*_words(model), label="关键词"),
    }
    for field in content_fields(model):
        if field.name not in (*model.declaration.prose, *sensitive_fields(model)):
            filters |= _filters_of(field)
    return type(f"{model.__name__}FilterSet", (django_filters.FilterSet,), filters)


def _words(model: type[Submission]) -> list[str]:
    names = (model.title_field, *model.declaration.searched, "area__short_name")
    return list(dict.fromkeys(names))


def _label(model: type[models.Model], name: str) -> str:
    return label_of(model, name)


def _filters_of(field: AnyField) -> dict[str, django_filters.Filter]:
    name, label = field.name, str(field.verbose_name)
    if field.remote_field is not None:
        kind = AreaFilter if related_model(field)._meta.model_name == "area" else KeyFilter
        return {name: kind(field_name=field.attname, label=label)}
    if isinstance(field, ChoiceListField):
        words = [(word, word) for word in field.words]
        return {name: ListedFilter(field_name=name, choices=words, label=f"{label}含有")}
    if field.choices:
        chosen = django_filters.MultipleChoiceFilter(choices=field.choices, label=label)
        return {name: chosen}
    if isinstance(field, models.BooleanField):
        return {name: TrueFalseFilter(field_name=name, label=label)}
    if isinstance(field, models.DateField):
        found = _range(name, label, DayFilter, ("since", "until"), ("不早于", "不晚于"))
        if field.null:
            empty = TrueFalseFilter(field_name=name, lookup_expr="isnull", label=f"{label}为空")
            found[f"{name}_empty"] = empty
        return found
    if isinstance(field, models.DecimalField):
        return _range(name, label, AmountFilter)
    if isinstance(field, models.IntegerField):
        return _range(name, label, WholeFilter)
    return {name: TextFilter(field_name=name, label=label)}


def _range(
    name: str,
    label: str,
    kind: type[django_filters.Filter],
    ends: tuple[str, str] = ("min", "max"),
    words: tuple[str, str] = ("不小于", "不大于"),
) -> dict[str, django_filters.Filter]:
    lookups = ("gte", "lte")
    return {
        f"{name}_{end}": kind(field_name=name, lookup_expr=lookup, label=f"{label}{word}")
        for end, lookup, word in zip(ends, lookups, words, strict=True)
    }


def refuse_unknown(request: Request, known: set[str], repeatable: set[str]) -> None:
    """Reject (400) parameters that are unknown, empty, or repeated where only one value counts."""
    problems = {}
    for name, values in request.query_params.lists():
        if name not in known:
            problems[name] = [ErrorDetail("没有这个查询参数", "unknown")]
        elif "" in values:
            problems[name] = [ErrorDetail("没有给值；不作限定的，去掉这个参数", "blank")]
        elif len(values) > 1 and name not in repeatable:
            problems[name] = [ErrorDetail("只能给一个值", "repeated")]
    if problems:
        raise ValidationError(problems)
