"""Tells the audit log whose request runs, and records what no service has recorded."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from audit.acts import Act, Outcome
from audit.addresses import SAFE, change_of, hand_out_of, is_file, object_of
from audit.context import Acting, acting
from audit.events import record

_REFUSED, _FAILED = 403, 500


class KnowActor:
    """Let every event of a request name its account, address and agent; reads nothing itself.

    A request that changed or handed out something without an event of its own gets one here, by the
    name of its address (`audit.addresses`). So does one that was refused or that failed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the context of the request."""
        with acting(Acting(request=request)) as now:
            response = self.get_response(request)
            if not now.recorded and (found := _found(request, response)):
                act, outcome = found
                about = object_of(request)
                area = str((_arguments(request)).get("area", ""))
                record(act, outcome=outcome, area=area[:12], named=about)
            return response


def _arguments(request: HttpRequest) -> dict[str, object]:
    return request.resolver_match.kwargs if request.resolver_match else {}


def _found(request: HttpRequest, response: HttpResponse) -> tuple[Act, Outcome] | None:
    """Return the act of a request and how it ended; None where there is nothing to record."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or user is None or not user.is_authenticated:
        return None  # nobody changes or gets anything before logging in
    name, method = match.view_name, request.method or "GET"
    if method in SAFE:
        act = hand_out_of(name) if is_file(response) else None
        return (act, Outcome.DONE) if act else None
    act = change_of(name, method)
    outcome = _outcome(response)
    return (act, outcome) if act and outcome else None


def _outcome(response: HttpResponse) -> Outcome | None:
    """Return how a request ended that may change something; None where it changed nothing.

    A page that is shown again after a form (200) says what is wrong with it.
    """
    if response.status_code >= _FAILED:
        return Outcome.FAILED
    sent_to = response.headers.get("Location", "")
    if response.status_code == _REFUSED or sent_to.startswith(resolve_url(settings.LOGIN_URL)):
        return Outcome.REFUSED
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    is_done = response.status_code < 400 and not (response.status_code == 200 and is_page)
    return Outcome.DONE if is_done else None
