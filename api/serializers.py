"""A record kind as JSON: every field except internal ones, decimals as texts, people by their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from typing_extensions import override

from api.faults import problem_json
from api.fields import (
    MOST_WHOLE,
    Amount,
    AreaCode,
    Chosen,
    Day,
    Key,
    PersonalText,
    Text,
    TrueFalse,
    Whole,
    reads_whole,
)
from api.rows import Rows
from reviews.checks import MOST_DIGITS, find_problems
from reviews.fields import AnyField, related_model
from reviews.models import REASON_LENGTH, ChoiceListField, Submission
from reviews.models.choice_lists import SEPARATOR
from reviews.privacy import sensitive_fields
from reviews.trail.differences import content_fields

#: A JSON field; the types of its values are not known.
AnySerializerField = serializers.Field[Any, Any, Any, Any]

_INTERNAL = ("transition_id", "import_batch")
_PEOPLE = ("created_by", "submitted_by", "reviewed_by")
#: The largest number of rows of one record.
MOST_ROWS = 5000


class ProblemSerializer(serializers.Serializer[object]):
    """A finding of the checks; a warning does not block."""

    field = serializers.CharField(help_text="字段；为空时是整条记录")
    code = serializers.CharField(help_text="固定的问题代码")
    message = serializers.CharField(help_text="说明")
    is_warning = serializers.BooleanField(help_text="仅提示：写明理由即可提交")


class Strict(serializers.Serializer[object]):
    """A serializer that rejects unknown fields instead of ignoring them."""

    default_error_messages = {"invalid": "应为一个对象"}

    @override
    def run_validation(self, data: object = empty) -> object:
        """Reject `null` with the same message as any other value that is no object."""
        if data is None and not self.allow_null:
            message = self.error_messages["invalid"]
            raise serializers.ValidationError({"non_field_errors": [message]}, code="invalid")
        return super().run_validation(data)

    @override
    def to_internal_value(self, data: object) -> object:
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {
                str(name): [serializers.ErrorDetail("没有这个可填写的字段", "unknown")]
                for name in data
                if name not in writable
            }
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class RecordSerializer(Strict):
    """Base of the serializers of record kinds; `related` lists the rows that belong to a record."""

    model: type[Submission]
    related: Sequence[Rows] = ()


class DetailMixin(serializers.Serializer[object]):
    """Adds the findings of the checks to one record."""

    problems = serializers.SerializerMethodField(help_text="提交前的检查结果")

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, record: Submission) -> list[dict[str, object]]:
        """Return the findings in the order of the checks."""
        return [problem_json(problem) for problem in find_problems(record)]


def record_serializers(
    model: type[Submission], related: Sequence[Rows]
) -> tuple[type[RecordSerializer], type[RecordSerializer]]:
    """Build the serializers of a record kind: one for lists and input, one for a record with its
    problems."""
    fields = {
        "id": Key(read_only=True, label="编号", help_text="编号"),
        "area_name": serializers.CharField(
            source="area.short_name", read_only=True, label="地区名称", help_text="所属地区的简称"
        ),
        **{field.name: _written(field) for field in content_fields(model)},
        **{rows.name: _rows_field(rows) for rows in related},
        **{field.name: _trail(field) for field in _trail_fields(model)},
    }
    name = f"{model.__name__}Serializer"
    doc = {"__doc__": f"{model._meta.verbose_name}.", "model": model, "related": tuple(related)}
    plain = type(name, (RecordSerializer,), {**fields, **doc})
    detail = type(f"{model.__name__}DetailSerializer", (plain, DetailMixin), dict(doc))
    return plain, detail


def _trail_fields(model: type[Submission]) -> list[AnyField]:
    return [
        field
        for field in model._meta.concrete_fields
        if (not field.editable and field.name not in _INTERNAL)
        or field.name in ("created_at", "updated_at")
    ]


def _trail(field: AnyField) -> AnySerializerField:
    label = str(field.verbose_name)
    words: dict[str, Any] = {"read_only": True, "label": label, "help_text": label}
    if field.name in _PEOPLE:
        return serializers.StringRelatedField(allow_null=field.null, **words)
    if isinstance(field, models.DateTimeField):
        return serializers.DateTimeField(allow_null=field.null, **words)
    if field.choices:
        return Chosen(choices=field.choices, **words)
    return serializers.CharField(**words)


def _written(field: AnyField) -> AnySerializerField:
    """Return the JSON field of a column that a clerk fills in.

    A draft may lack any text, but not a day, a number or an area. TypeError for an unsupported
    column.
    """
    label = str(field.verbose_name)
    hint = f"{label}。{field.help_text}" if field.help_text else label
    if isinstance(field, ChoiceListField):
        hint = f"{hint}：可填几项，用“{SEPARATOR}”隔开，可选：{SEPARATOR.join(field.words)}"
    words: dict[str, Any] = {"label": label, "help_text": hint}
    is_text = isinstance(field, models.CharField | models.TextField)
    if field.has_default() or field.null or is_text:
        words["required"] = False
    if field.null:
        words["allow_null"] = True
    if field.remote_field is not None:
        is_area = related_model(field)._meta.model_name == "area"
        if (
            is_area and issubclass(field.model, Submission) and field.model.area_from
        ):  # the area is taken over from the record it belongs to
            words["required"] = False
        source = {"source": field.attname}
        return AreaCode(**words, **source) if is_area else Key(**words, **source)
    if isinstance(field, models.DecimalField):
        return Amount(MOST_DIGITS - field.decimal_places, field.decimal_places, **words)
    if field.choices:
        return Chosen(choices=field.choices, allow_blank=True, **words)
    if is_text:
        kind = PersonalText if field.name in sensitive_fields(field.model) else Text
        return kind(max_length=field.max_length, allow_blank=True, **words)
    if isinstance(field, models.BooleanField):
        return TrueFalse(**words)
    if isinstance(field, models.DateField):
        return Day(**words)
    if isinstance(field, models.IntegerField):
        return Whole(min_value=0, max_value=MOST_WHOLE, **words)
    raise TypeError(f"{field} has no JSON form")


def _rows_field(rows: Rows) -> RowsField:
    columns = rows.columns()
    label = str(rows.model._meta.verbose_name)
    inner = {column.name: _row_field(column) for column in columns}
    shape = {**inner, "__doc__": f"{label}."}
    child = (
        AreaCode()
        if rows.is_plain
        else type(f"{rows.model.__name__}Serializer", (Strict,), shape)()
    )
    return RowsField(
        rows, child=child, required=False, max_length=MOST_ROWS, label=label, help_text=label
    )


def _row_field(column: AnyField) -> AnySerializerField:
    label: dict[str, Any] = {"help_text": str(column.verbose_name)}
    if column.choices:
        return Chosen(choices=column.choices, **label)
    return Text(
        max_length=column.max_length, required=not column.blank, allow_blank=column.blank, **label
    )


class RowsField(serializers.ListField):
    """The rows of a record, read from the prefetched relation."""

    def __init__(self, rows: Rows, **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(**kwargs)

    @override
    def get_attribute(self, instance: models.Model) -> list[object]:
        is_whole = reads_whole(self.context.get("request"), instance)
        return self.rows.representation(instance, is_whole=is_whole)


class ReasonSerializer(Strict):
    """A reason, which is needed only when there are warnings, or for stepping in for a lower level."""

    reason = Text(required=False, allow_blank=True, max_length=REASON_LENGTH, help_text="理由")


class OwedReasonSerializer(Strict):
    """A reason that must not be empty, because the action overrules someone."""

    reason = Text(allow_blank=True, max_length=REASON_LENGTH, help_text="理由，不能为空")


class NothingSerializer(Strict):
    """An empty body."""
