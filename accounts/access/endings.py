"""What a person is told whose session has ended, and where they go on after the next login."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

#: Of the login page's address: the session has ended; a form was sent after that.
ENDED, SENT = "ended", "sent"


def explained(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the way to the login page say that the session has ended.

    A form that was sent is not stored: the page that it stood on is opened after the login, and
    the browser fills in what it kept (`static/js/kept.js`).
    """
    login = reverse("admin:login")
    if not isinstance(response, HttpResponseRedirect) or request.user.is_authenticated:
        return response
    parts = urlsplit(response.url)
    if parts.path != login or request.path in (login, reverse("admin:logout")):
        return response
    asked = parse_qs(parts.query).get(REDIRECT_FIELD_NAME, [""])[0]
    if not asked:  # somebody failed to log in, and asked for no page
        return response
    came_from = _own_page(request) if request.method == "POST" else ""
    query = {REDIRECT_FIELD_NAME: came_from or asked}
    query[SENT if request.method == "POST" else ENDED] = "1"
    response["Location"] = f"{login}?{urlencode(query, safe='/')}"
    return response


def _own_page(request: HttpRequest) -> str:
    """Return path and query of the page of this site that a form was sent from; empty for another."""
    referer = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        return ""
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
