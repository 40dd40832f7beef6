"""Tells the audit log whose request runs."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from audit.context import Acting, acting


class KnowActor:
    """Let every event of a request name its account, address and agent; reads nothing itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the context of the request."""
        with acting(Acting(request=request)):
            return self.get_response(request)
