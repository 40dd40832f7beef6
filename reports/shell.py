"""What every page of a report obeys: out of scope is not found; who only reads is refused what writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from accounts.requests import user_of
from reports.models import Report

View = Callable[..., HttpResponseBase]


def for_readers(view: View) -> View:
    """Roles that see records; nobody else finds the page."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not user_of(request).sees_records:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def find_report(request: HttpRequest, pk: int) -> Report:
    """The report in the user's scope."""
    rows = Report.objects.visible_to(user_of(request)).select_related("plan", "area")
    return get_object_or_404(rows, pk=pk)


def page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """In the shell."""
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), **context}, status=status
    )
