"""A record kind as JSON: every field but the internal ones, decimals as texts, people by their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from typing_extensions import override

from api.faults import problem_json
from api.fields import MOST_WHOLE, Amount, AreaCode, Chosen, Day, Key, Text, TrueFalse, Whole
from api.rows import Rows
from reviews.checks import MOST_DIGITS, find_problems
from reviews.models import REASON_LENGTH, Submission
from reviews.trail.differences import content_fields

_INTERNAL = ("transition_id", "import_batch")
_PEOPLE = ("created_by", "submitted_by", "reviewed_by")
#: How many rows one record may have.
MOST_ROWS = 5000


class ProblemSerializer(serializers.Serializer[Any]):
    """What the checks say of a record; a warning does not block."""

    field = serializers.CharField(help_text="字段；为空时是整条记录")
    code = serializers.CharField(help_text="固定的问题代码")
    message = serializers.CharField(help_text="说明")
    is_warning = serializers.BooleanField(help_text="仅提示：写明理由即可提交")


class Strict(serializers.Serializer[Any]):
    """Nothing is dropped unsaid: an unknown name is refused."""

    default_error_messages = {"invalid": "应为一个对象"}

    @override
    def run_validation(self, data: Any = empty) -> Any:
        """No object is no object, `null` too."""
        if data is None and not self.allow_null:
            message = self.error_messages["invalid"]
            raise serializers.ValidationError({"non_field_errors": [message]}, code="invalid")
        return super().run_validation(data)

    @override
    def to_internal_value(self, data: Any) -> Any:
        """Only known names."""
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
    """Base of the kinds' serializers; `rows` names what belongs to a record."""

    model: type[Submission]
    related: Sequence[Rows] = ()


class DetailMixin(serializers.Serializer[Any]):
    """One record, and what its checks say now."""

    problems = serializers.SerializerMethodField(help_text="提交前的检查结果")

    @extend_schema_field(ProblemSerializer(many=True))
    def get_problems(self, record: Submission) -> list[dict[str, Any]]:
        """In the order of the checks."""
        return [problem_json(problem) for problem in find_problems(record)]


def record_serializers(
    model: type[Submission], related: Sequence[Rows]
) -> tuple[type[RecordSerializer], type[RecordSerializer]]:
    """Of one record kind: for lists and writing, and for one record with its problems."""
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


def _trail_fields(model: type[Submission]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if (not field.editable and field.name not in _INTERNAL)
        or field.name in ("created_at", "updated_at")
    ]


def _trail(field: Any) -> Any:
    label = str(field.verbose_name)
    words: dict[str, Any] = {"read_only": True, "label": label, "help_text": label}
    if field.name in _PEOPLE:
        return serializers.StringRelatedField(allow_null=field.null, **words)
    if isinstance(field, models.DateTimeField):
        return serializers.DateTimeField(allow_null=field.null, **words)
    if field.choices:
        return Chosen(choices=field.choices, **words)
    return serializers.CharField(**words)


def _written(field: Any) -> Any:
    """A field that a clerk fills in. A draft may lack any text; not a day, a number or a place."""
    label = str(field.verbose_name)
    hint = f"{label}。{field.help_text}" if field.help_text else label
    words: dict[str, Any] = {"label": label, "help_text": hint}
    is_text = isinstance(field, models.CharField | models.TextField)
    if field.has_default() or field.null or is_text:
        words["required"] = False
    if field.null:
        words["allow_null"] = True
    if field.remote_field is not None:
        is_area = field.related_model._meta.model_name == "area"
        if is_area and field.model.area_from:  # taken over from what the record belongs to
            words["required"] = False
        source = {"source": field.attname}
        return AreaCode(**words, **source) if is_area else Key(**words, **source)
    if isinstance(field, models.DecimalField):
        return Amount(MOST_DIGITS - field.decimal_places, field.decimal_places, **words)
    if field.choices:
        return Chosen(choices=field.choices, allow_blank=True, **words)
    if is_text:
        return Text(max_length=field.max_length, allow_blank=True, **words)
    if isinstance(field, models.BooleanField):
        return TrueFalse(**words)
    if isinstance(field, models.DateField):
        return Day(**words)
    if isinstance(field, models.IntegerField):
        return Whole(min_value=0, max_value=MOST_WHOLE, **words)
    raise TypeError(f"{field} has no JSON form")


def _rows_field(rows: Rows) -> Any:
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


def _row_field(column: Any) -> Any:
    label: dict[str, Any] = {"help_text": str(column.verbose_name)}
    if column.choices:
        return Chosen(choices=column.choices, **label)
    return Text(
        max_length=column.max_length, required=not column.blank, allow_blank=column.blank, **label
    )


class RowsField(serializers.ListField):
    """A record's rows; told from what was fetched with it."""

    def __init__(self, rows: Rows, **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(**kwargs)

    @override
    def get_attribute(self, instance: Any) -> Any:
        """Through `Rows`."""
        return self.rows.representation(instance)


class ReasonSerializer(Strict):
    """Why; asked for where warnings stand."""

    reason = Text(required=False, allow_blank=True, max_length=REASON_LENGTH, help_text="理由")


class OwedReasonSerializer(Strict):
    """Why: somebody is overruled, and told."""

    reason = Text(allow_blank=True, max_length=REASON_LENGTH, help_text="理由，不能为空")


class NothingSerializer(Strict):
    """No words needed."""
