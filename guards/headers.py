"""Headers that tell the browser what a page may do, and that nothing of it is kept on the machine.

A page runs no script but this site's own files: nothing within the page, nothing from other hosts, no
text turned into code.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = "Content-Security-Policy"
#: Directive → sources. Styles of an element (the width of a bar) are no code; a style sheet within a page
#: bears the nonce of its request.
_SOURCES: dict[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_SWITCHED_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
_ALWAYS: dict[str, str] = {
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _SWITCHED_OFF),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def content_policy(changes: Mapping[str, str] | None = None) -> str:
    """Return the policy of a page; `changes` replace or add sources of a directive."""
    sources = _SOURCES | dict(changes or {})
    if settings.IS_SECURE:
        sources |= {"upgrade-insecure-requests": ""}
    return "; ".join(f"{name} {allowed}".strip() for name, allowed in sources.items())


class PageHeaders:
    """Sets the headers that a view has not set itself; what says nothing of caches is stored in none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Make the nonce that templates read as `request.csp_nonce`, and name it in the policy."""
        nonce = secrets.token_urlsafe(16)
        vars(request)["csp_nonce"] = nonce
        response = self.get_response(request)
        if POLICY not in response.headers:
            response[POLICY] = content_policy({"style-src": f"'self' 'nonce-{nonce}'"})
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
