"""Access to the pages of reports: a page that the user must not see answers 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.requests import user_of
from reports.models import Report

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def for_readers(view: View[P]) -> View[P]:
    """Decorate a view: only accounts whose role sees records; 404 for all others."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not user_of(request).sees_records:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def find_report(request: HttpRequest, pk: int) -> Report:
    """The report with its plan and area; 404 where it is not in the user's scope."""
    rows = Report.objects.visible_to(user_of(request)).select_related("plan", "area")
    return get_object_or_404(rows, pk=pk)
