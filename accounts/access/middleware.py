"""Middleware that holds a session to what it may do."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access.endings import explained
from accounts.access.steps import (
    has_session,
    keep_alive,
    next_step,
    restrict_display,
    way_to,
)


class FinishLogin:
    """Let a session do only what it may: first the steps after logging in, then everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at sessions only: calls with a token have none."""
        if not has_session(request):
            return self.get_response(request)
        restrict_display(request)
        if step := next_step(request):
            if not request.path.startswith("/api/"):
                return redirect(way_to(request, step))
            request.user = AnonymousUser()  # the API knows nobody before that
        response = self.get_response(request)
        keep_alive(request)
        return explained(request, response)
