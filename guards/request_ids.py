"""The id of a request: in its answer, on its error page and in the log, so that the three are found together."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
_now: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Return the id of the request that is being answered: 16 hexadecimal digits; empty outside of one."""
    return _now.get()


class RequestIds:
    """Gives each request an id of this site's own; what a caller sends as one is not taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name the id in the answer's header."""
        found = secrets.token_hex(8)
        token = _now.set(found)
        try:
            response = self.get_response(request)
        finally:
            _now.reset(token)
        response[HEADER] = found
        return response
