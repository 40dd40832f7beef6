"""Pages inside the frame of the site: side bar, user menu, messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib import admin
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from django.http import HttpRequest


def page(
    request: HttpRequest, template: str, context: Mapping[str, object], status: int = 200
) -> TemplateResponse:
    """Return a template as a page of the site; `context` wins over what the frame sets."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, **context}, status=status)
