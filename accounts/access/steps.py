"""What has to be done after logging in before anything else, and what a session may show at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.access.secrets.passwords import is_expired
from accounts.access.secrets.second_factor import is_demanded
from accounts.access.sessions import asks_code, has_given_code
from accounts.access.store import DISPLAY, SessionStore
from accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Addresses that pages ask by themselves: they are no sign that somebody is there.
_ASKED_BY_PAGES = frozenset({"import-progress", "export-progress"})


@dataclass(frozen=True)
class Step:
    """Something that an account's owner must do first: its page, and why."""

    address: str
    message: str


def restrict_display(request: HttpRequest) -> None:
    """Let the session of a big screen show its one page and nothing else, as if nobody were there."""
    page = request.session.get(DISPLAY)
    if page and not _shows(request, page):
        request.user = AnonymousUser()


def next_step(request: HttpRequest) -> Step | None:
    """Return what the session's owner must do before anything else; None if nothing, or nobody."""
    user = request.user
    if not isinstance(user, User) or request.session.get(DISPLAY):
        return None
    step = _code_step(request, user) or _password_step(request, user)
    return step if step and not _is_open(request, step) else None


def way_to(request: HttpRequest, step: Step) -> str:
    """Return the address of a step's page, which says why and leads on to where the person was going."""
    messages.warning(request, step.message)
    if request.method != "GET" or request.path == "/":
        return step.address
    return f"{step.address}?{urlencode({'next': request.get_full_path()}, safe='/')}"


def keep_alive(request: HttpRequest) -> None:
    """Put off the end of the session, unless a page has asked by itself."""
    match = request.resolver_match
    is_asked_by_page = match is not None and match.url_name in _ASKED_BY_PAGES
    if isinstance(request.session, SessionStore) and not (
        is_asked_by_page or request.GET.get("screen")
    ):
        request.session.touch()


def has_session(request: HttpRequest) -> bool:
    """Return whether the request names a session, which then has to be read anyway."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def _code_step(request: HttpRequest, user: User) -> Step | None:
    if has_given_code(request) or not (is_demanded(user) or asks_code(request)):
        return None
    return Step(reverse("second-factor"), "请先完成两步验证。")


def _password_step(request: HttpRequest, user: User) -> Step | None:
    if request.session.get(BACKEND_SESSION_KEY) == settings.OIDC_BACKEND:
        return None  # the password is the provider's
    if user.must_change_password:
        why = "初次登录或口令被重置后，请先修改口令。"
    elif is_expired(user):
        why = f"口令已使用超过{settings.PASSWORD_DAYS}天，请先修改口令。"
    else:
        return None
    return Step(reverse("admin:password_change"), why)


def _is_open(request: HttpRequest, step: Step) -> bool:
    """Return whether an address may be used before the step is done."""
    others = (reverse("admin:logout"), reverse("admin:jsi18n"))
    return request.path.startswith(step.address) or request.path in others


def _shows(request: HttpRequest, page: str) -> bool:
    is_reading = request.method in ("GET", "HEAD")
    return is_reading and request.path == page and bool(request.GET.get("screen"))
