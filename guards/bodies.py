"""How large a body an address takes: refused by the length that is told, before any of it is read.

An address says what it takes beside its view: `takes_body` for a function, `upload_pages` of an admin
class (ending of the address's name → bytes), `most_body_bytes` of a view class of the API. All others
take a form without files. Who is not logged in sends a login form, no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from guards.refusals import is_of_the_api, refusal

_View = TypeVar("_View", bound=Callable[..., Any])

#: The most bytes of a form before its sender has logged in.
MOST_OF_A_STRANGER = 64 * 1024
#: The most bytes of a JSON body; the parser of the API counts them again.
MOST_OF_JSON = 16 * 1024 * 1024
#: What a form takes beside the file in it: other fields, and the frame of its parts.
BESIDE_A_FILE = 64 * 1024


def takes_body(
    most_bytes: int, *, told: str = "", is_public: bool = False
) -> Callable[[_View], _View]:
    """Declare what a view takes, and what is told where that is not enough.

    A public view takes it from everybody and reads its form itself.
    """

    def declare(view: _View) -> _View:
        vars(view).update(most_body_bytes=most_bytes, told_of_body=told, is_public_form=is_public)
        return view

    return declare


def is_public_form(view: Callable[..., Any]) -> bool:
    """Return whether a view reads a stranger's form itself, after it has counted the requests."""
    return bool(getattr(view, "is_public_form", False))


class BoundBodies:
    """Refuses a body without a length with 411, one that is too large for its address with 413.

    Who is not logged in is sent to the login page instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse a body sent in chunks of unknown number: nobody could say whether it is too large."""
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            return refusal(request, 411)
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[object, ...],
        options: Mapping[str, object],
    ) -> HttpResponse | None:
        """Compare the length that the request tells with what its address takes."""
        length = _told_length(request)
        if not length:
            return None
        most = most_body_bytes(request, view)
        if length <= most:
            return None
        login = resolve_url(settings.LOGIN_URL)
        if most == MOST_OF_A_STRANGER and request.path != login:  # perhaps a login that has ended
            return redirect_to_login(request.get_full_path(), login)
        is_declared = most == getattr(view, "most_body_bytes", 0)
        told = str(getattr(view, "told_of_body", "")) if is_declared else ""
        return refusal(request, 413, told or _too_large(most))


def _told_length(request: HttpRequest) -> int:
    """Return the length that the request tells; the server reads no more than that."""
    told = str(request.META.get("CONTENT_LENGTH") or "")
    return int(told) if told.isascii() and told.isdigit() else 0


def most_body_bytes(request: HttpRequest, view: Callable[..., Any]) -> int:
    """Return the most bytes that an address takes from whoever asks."""
    declared = getattr(view, "most_body_bytes", None) or _of_class(request, view)
    if is_of_the_api(request):  # it asks for the caller before it reads
        return declared or MOST_OF_JSON
    if not is_public_form(view) and not request.user.is_authenticated:
        return MOST_OF_A_STRANGER
    return declared or settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def _of_class(request: HttpRequest, view: Callable[..., Any]) -> int:
    """Return what a page of an admin class, or a view class of the API, declares; 0 for nothing."""
    pages: Mapping[str, int] = getattr(getattr(view, "model_admin", None), "upload_pages", {})
    name = str(request.resolver_match.url_name) if request.resolver_match else ""
    of_page = next((most for ending, most in pages.items() if name.endswith(ending)), 0)
    return of_page or int(getattr(getattr(view, "cls", None), "most_body_bytes", 0))


def _too_large(most: int) -> str:
    megabyte = 1024 * 1024
    size = f"{most // megabyte}兆" if most >= megabyte else f"{most // 1024}KB"
    return f"上传的内容超过{size}，没有接收：请分几次上传，或改用较小的文件"
