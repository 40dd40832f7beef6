"""Middleware that refuses or cleans texts before any view sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict

from guards.bodies import is_public_form
from guards.invisible import without_invisible
from guards.refusals import is_of_the_api

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class CleanTexts:
    """Refuses a NUL byte with 400 and drops characters that nobody sees, except from passwords.

    No honest input has a NUL byte, and PostgreSQL cannot store it. A name with a zero-width blank
    would be another name that looks the same. A form is looked at only once its address has been
    found and its length allowed; the API reads its bodies itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at address and query."""
        _refuse_nul([request.path, *_values(request.GET)])
        _clean(request, "GET")
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[object, ...],
        options: Mapping[str, object],
    ) -> None:
        """Look at the form, where there is one."""
        is_form = request.method == "POST" and request.content_type in _FORMS
        if is_form and not is_of_the_api(request) and not is_public_form(view):
            _refuse_nul(_values(request.POST))
            _clean(request, "POST")


def _values(sent: QueryDict) -> Iterator[str]:
    return (value for _, found in sent.lists() for value in found)


def _refuse_nul(texts: Iterator[str] | list[str]) -> None:
    if any("\x00" in text for text in texts):
        raise SuspiciousOperation


def _clean(request: HttpRequest, part: str) -> None:
    """Put fields without what nobody sees in the place of those sent, unless they are the same."""
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
