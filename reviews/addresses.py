"""The addresses of the pages that every model has: list, add, change."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse


def page_address(model: type[Model], page: str, *arguments: object) -> str:
    """The address of a page by its name: `changelist`, `add`, `change` or `history` with a primary key."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=arguments)


def list_address(model: type[Model], **query: object) -> str:
    """The address of a model's list, filtered by the query."""
    return page_address(model, "changelist") + (f"?{urlencode(query)}" if query else "")


def record_address(record: Model) -> str:
    """The address of the page of one object."""
    return page_address(type(record), "change", record.pk)
