"""Middleware that refuses or cleans input before any view sees it."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict

from api.answering import plain_fault
from areas.spelling import without_invisible

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _is_form(request: HttpRequest) -> bool:
    """Return whether the body is a form; the API reads its bodies itself and takes only JSON."""
    return not request.path.startswith("/api/") and request.content_type in _FORMS


class RefuseHuge:
    """Refuse a request beyond `MOST_REQUEST_BYTES` with 413, before its files fill the disk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the length that the request tells; the server reads no more than that."""
        told = str(request.META.get("CONTENT_LENGTH") or "")
        if told.isascii() and told.isdigit() and int(told) > settings.MOST_REQUEST_BYTES:
            most = settings.MOST_REQUEST_BYTES // (1024 * 1024)
            message = f"上传的内容超过{most}兆，没有接收：请分几次上传"
            if request.path.startswith("/api/"):
                return plain_fault(request, 413, "too_large", message)
            return HttpResponse(message, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class RefuseNul:
    """Refuse a NUL byte with 400: no honest input has one, and PostgreSQL cannot store it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look for NUL bytes in the address, the query and the form."""
        values = [request.path]
        values += [value for _, found in request.GET.lists() for value in found]
        if _is_form(request):
            values += [value for _, found in request.POST.lists() for value in found]
        if any("\x00" in value for value in values):
            raise SuspiciousOperation
        return self.get_response(request)


class DropInvisible:
    """Drop characters that nobody sees from the fields of forms and queries, except passwords.

    A name with a zero-width blank would be another name that looks the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put cleaned values in the place of those sent."""
        _clean(request, "GET")
        if _is_form(request):
            _clean(request, "POST")
        return self.get_response(request)


def _clean(request: HttpRequest, part: str) -> None:
    sent: QueryDict = getattr(request, part)
    found = {
        name: [without_invisible(value) for value in values]
        for name, values in sent.lists()
        if "password" not in name
    }
    if any(sent.getlist(name) != values for name, values in found.items()):
        cleaned = sent.copy()
        for name, values in found.items():
            cleaned.setlist(name, values)
        setattr(request, part, cleaned)
