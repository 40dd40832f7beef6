"""What an event changed, in the words of the pages: names of fields and choices in Chinese."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from accounts.models import Role
from audit.models import AuditEvent

_YES = {True: "是", False: "否"}


def before_of(event: AuditEvent) -> str:
    """Return the values before, one per line."""
    return _lines(event.object_type, event.before)


def after_of(event: AuditEvent) -> str:
    """Return the values after, one per line."""
    return _lines(event.object_type, event.after)


def _lines(label: str, values: Mapping[str, Any] | None) -> str:
    lines = (_line(_field(label, name), name, value) for name, value in (values or {}).items())
    return "\n".join(lines)


def _line(field: models.Field[Any, Any] | None, name: str, value: object) -> str:
    label = str(field.verbose_name) if field is not None else name
    choices: dict[Any, Any] = dict(field.flatchoices) if field is not None else {}
    if not choices and name == "role":
        choices = dict(Role.choices)
    if isinstance(value, bool):
        return f"{label}：{_YES[value]}"
    if isinstance(value, str):
        return f"{label}：{choices.get(value, value)}"
    return f"{label}：{json.dumps(value, ensure_ascii=False)}"


@cache
def _field(label: str, name: str) -> models.Field[Any, Any] | None:
    """Return the field of a model by its name or its column; None where there is none."""
    try:
        found = apps.get_model(label)._meta.get_field(name.removesuffix("_id"))
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return found if isinstance(found, models.Field) else None
