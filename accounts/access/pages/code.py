"""The page of the second factor: its set-up, and the question for a code after the password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access.guard import admit, note_success
from accounts.access.handler import attempt_of, record_failure
from accounts.access.pages.forms import REFUSED
from accounts.access.secrets.second_factor import (
    begin,
    confirm,
    has_authenticator,
    picture_of,
    secret_of,
    verify,
)
from accounts.access.sessions import has_given_code, note_code
from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page

_WRONG = "验证码不正确。请核对手机时间，输入当前显示的6位验证码，或一个还没用过的备用码。"


@login_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code, or set the authenticator up where the account has none yet."""
    user = user_of(request)
    if has_given_code(request):
        return redirect(_next(request))
    is_new = not has_authenticator(user)
    fault = ""
    if request.method == "POST":
        answer = _tried(request, user, is_new=is_new)
        if answer is not None:
            return answer
        fault = _WRONG
    if is_new:
        return _set_up(request, user, fault)
    context = {"title": "两步验证", "fault": fault, "next": _next(request)}
    return page(request, "accounts/code.html", context)


def _tried(request: HttpRequest, user: User, *, is_new: bool) -> HttpResponse | None:
    """Try the code that was sent; None for a wrong one. Wrong codes count as failed logins do."""
    attempt = attempt_of(request, user.username)
    if not admit(attempt):
        logout(request)
        messages.error(request, REFUSED)
        return redirect("admin:login")
    code = str(request.POST.get("code", ""))
    paper = confirm(user, code) if is_new else []
    if not paper and (is_new or not verify(user, code)):
        record_failure(attempt)
        return None
    note_code(request, user, note_success(attempt))
    if not paper:
        return redirect(_next(request))
    context = {"title": "备用码", "paper": paper, "next": _next(request)}
    return page(request, "accounts/paper_codes.html", context)


def _set_up(request: HttpRequest, user: User, fault: str) -> HttpResponse:
    device = begin(user)
    context = {
        "title": "启用两步验证",
        "fault": fault,
        "next": _next(request),
        "picture": mark_safe(picture_of(device)),  # noqa: S308 - drawn by us, not typed by anybody
        "secret": secret_of(device),
    }
    return page(request, "accounts/code_set_up.html", context)


def _next(request: HttpRequest) -> str:
    """Return where the person was going: a path of this site, else the desk."""
    to = str(request.POST.get("next") or request.GET.get("next") or "")
    is_ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return to if is_ours and to.startswith("/") else "/"
