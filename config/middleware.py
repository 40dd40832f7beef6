"""Middleware that refuses bad requests before any view sees them."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class RefuseNul:
    """Refuse a NUL byte with 400: no honest input has one, and PostgreSQL cannot store it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look for NUL bytes in the address, the query and the form."""
        values = [request.path]
        values += [value for _, found in request.GET.lists() for value in found]
        # The API reads its bodies itself and refuses everything that is not JSON.
        is_api = request.path.startswith("/api/")
        if not is_api and request.content_type in _FORMS:
            values += [value for _, found in request.POST.lists() for value in found]
        if any("\x00" in value for value in values):
            raise SuspiciousOperation
        return self.get_response(request)
