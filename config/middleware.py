"""What is refused before any view sees it."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class RefuseNul:
    """A NUL byte is in no honest input, and PostgreSQL cannot store it: 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the address, the query and the form."""
        values = [request.path]
        values += [value for _, found in request.GET.lists() for value in found]
        # The API reads its bodies itself, and refuses what is no JSON.
        is_api = request.path.startswith("/api/")
        if not is_api and request.content_type in _FORMS:
            values += [value for _, found in request.POST.lists() for value in found]
        if any("\x00" in value for value in values):
            raise SuspiciousOperation
        return self.get_response(request)
