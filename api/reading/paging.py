"""Keyset pagination: rows that share a timestamp are neither lost nor repeated."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as FieldError
from django.db import models
from django.db.models import Model, Q, QuerySet
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from typing_extensions import override

from api.reading.filters import DayField, KeyField, MomentField, WholeField
from reviews.fields import AnyField, field_of

PAGE, MOST = 50, 1000
CURSOR, PAGE_SIZE, ORDERING = "cursor", "page_size", "ordering"


def ordering_asked(request: Request, allowed: Sequence[str]) -> str:
    """Return the requested order, such as `-updated_at`; the list's default without the parameter.

    ValidationError (400) for a field that does not order the list.
    """
    choices = orderings(allowed)
    asked = request.query_params.get(ORDERING) or choices[0]
    if asked not in choices:
        message = f"不能按“{asked[:40]}”排序，可用：{'、'.join(choices)}"
        raise ValidationError({ORDERING: [ErrorDetail(message, "invalid_choice")]})
    return asked


def orderings(allowed: Sequence[str]) -> list[str]:
    """Return all values of the parameter `ordering`, the default first."""
    usual = allowed[0]
    both = [f"{sign}{name.lstrip('-')}" for name in allowed for sign in ("", "-")]
    return [usual, *(name for name in both if name != usual)]


def in_order(rows: QuerySet[Model], ordering: str) -> QuerySet[Model]:
    """Order rows by the field, then by primary key."""
    sign = "-" if ordering.startswith("-") else ""
    return rows.order_by(*dict.fromkeys((ordering, f"{sign}pk")))


def from_cursor(rows: QuerySet[Model], request: Request, ordering: str) -> QuerySet[Model]:
    """Order the rows and keep those behind the row that the cursor names; all without a cursor."""
    cursor = request.query_params.get(CURSOR)
    found = in_order(rows, ordering)
    return found.filter(_behind(rows, ordering, cursor)) if cursor else found


class KeysetPages(BasePagination):
    """Pages `{"next": address or null, "results": […]}`; a cursor names the last row of a page."""

    @override
    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of one page and remember whether there is a next one."""
        self.request = request
        size = page_size_asked(request)
        ordering = ordering_asked(request, view.order_fields)
        found = list(from_cursor(queryset, request, ordering)[: size + 1])
        self.next = _cursor(found[size - 1], ordering) if len(found) > size else None
        return found[:size]

    @override
    def get_paginated_response(self, data: object) -> Response:
        return Response({"next": self._address(), "results": data})

    def _address(self) -> str | None:
        if self.next is None:
            return None
        return str(replace_query_param(self.request.build_absolute_uri(), CURSOR, self.next))

    @override
    def get_paginated_response_schema(self, schema: Mapping[str, object]) -> dict[str, object]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "下一页的地址；没有下一页时为 null",
                },
                "results": schema,
            },
        }

    @override
    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, object]]:
        return [
            _parameter(CURSOR, {"type": "string", "minLength": 1}, "上一页给出的位置"),
            _parameter(
                PAGE_SIZE,
                {"type": "integer", "minimum": 1, "maximum": MOST},
                f"每页条数，默认{PAGE}",
            ),
            _parameter(ORDERING, {"type": "string", "enum": orderings(view.order_fields)}, "排序"),
        ]


def _parameter(name: str, schema: dict[str, object], words: str) -> dict[str, object]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


def page_size_asked(request: Request) -> int:
    """Return the requested page size, 1 to 1000; ValidationError (400) for any other value."""
    text = request.query_params.get(PAGE_SIZE)
    try:
        size = WholeField().to_python(text) if text is not None else PAGE
        if not isinstance(size, int) or not 1 <= size <= MOST:
            raise FieldError("")
    except FieldError:
        message = f"每页条数应为1至{MOST}的整数"
        raise ValidationError({PAGE_SIZE: [ErrorDetail(message, "invalid")]}) from None
    return size


def _field(model: type[Model], name: str) -> AnyField:
    return model._meta.pk if name == "pk" else field_of(model, name)


def _cursor(row: Model, ordering: str) -> str:
    name = ordering.lstrip("-")
    field = _field(type(row), name)
    position = [field.value_to_string(row), str(row.pk)]
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def _read(field: AnyField, text: str) -> object:
    """Return a value from a cursor; ValueError or FieldError unless this module wrote it."""
    if isinstance(field, models.DateTimeField):
        value = MomentField().to_python(text)
    elif isinstance(field, models.DateField):
        value = DayField().to_python(text)
    elif isinstance(field, models.IntegerField):
        value = KeyField().to_python(text)
    else:
        value = field.clean(text, None)
    if value is None:
        raise ValueError
    return value


def _behind(rows: QuerySet[Model], ordering: str, cursor: str) -> Q:
    """Return the condition of the rows behind the one that the cursor names; NotFound for a bad
    cursor."""
    name = ordering.lstrip("-")
    field, key = _field(rows.model, name), _field(rows.model, "pk")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        value, pk = (
            each if isinstance(each, str) and each.isprintable() else "" for each in position
        )
        after, pk_after = _read(field, value), _read(key, pk)
    except (ValueError, TypeError, OverflowError, RecursionError, FieldError):
        raise NotFound("没有这一页；请从第一页重新读取", "cursor") from None
    way = "lt" if ordering.startswith("-") else "gt"
    behind = Q(**{f"pk__{way}": pk_after})
    if field.primary_key:
        return behind
    return Q(**{f"{name}__{way}": after}) | Q(**{name: after}) & behind
