"""Pages of one's own logins: the list of sessions, and a session for the big screen."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from typing_extensions import override

from accounts.access.addresses import device_of
from accounts.access.models import LoginSession
from accounts.access.pages.forms import OwnPasswordForm
from accounts.access.secrets.passwords import end_sessions
from accounts.access.secrets.second_factor import has_authenticator
from accounts.access.sessions import begin_display
from accounts.requests import user_of
from accounts.shell import page


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """List the open sessions of one's account, and end the others."""
    user = user_of(request)
    if request.method == "POST":
        number = end_sessions(user, but=request.session.session_key)
        messages.success(request, f"已退出其他登录{number}处")
        return redirect("login-sessions")
    rows = LoginSession.objects.filter(user=user, expire_date__gt=timezone.now())
    found = [
        {
            "row": row,
            "device": device_of(row.agent),
            "is_this": row.session_key == request.session.session_key,
        }
        for row in rows.order_by("-seen_at")
    ]
    context = {
        "title": "登录记录",
        "sessions": found,
        "idle": settings.SESSION_IDLE_MINUTES,
        "hours": settings.SESSION_HOURS,
        "days": settings.DISPLAY_DAYS,
        "has_authenticator": has_authenticator(user),
    }
    return page(request, "accounts/sessions.html", context)


class OwnPassword(LoginRequiredMixin, PasswordChangeView):
    """The page on which one changes one's password; every other session ends with the old one."""

    form_class = OwnPasswordForm
    template_name = "accounts/own_password.html"
    success_url = reverse_lazy("home")

    @override
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        frame = admin.site.each_context(self.request)
        return {**frame, **super().get_context_data(**more), "title": "修改口令"}

    @override
    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        answer = super().form_valid(form)
        end_sessions(user_of(self.request), but=self.request.session.session_key)
        messages.success(self.request, "口令已修改，其他登录已退出")
        return answer


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Ask, then turn this browser's session into one that shows one dashboard and nothing else."""
    user_of(request)
    to = str(request.GET.get("to", ""))
    if not settings.DISPLAY_DAYS or not _is_dashboard(to):
        raise Http404
    if request.method == "POST":
        begin_display(request, to, settings.DISPLAY_DAYS)
        return redirect(f"{to}?screen=1")
    context = {"title": "在大屏上长期显示", "to": to, "days": settings.DISPLAY_DAYS}
    return page(request, "accounts/display.html", context)


def _is_dashboard(path: str) -> bool:
    try:
        return resolve(path).url_name == "dashboard"
    except Resolver404:
        return False
