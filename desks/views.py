"""The start page: each role's desk, and the dashboard of the user's own area."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access.sessions import before_login, tell_without_desk
from accounts.models import Role, User
from accounts.requests import user_of
from accounts.shell import page
from desks.changes import changes_on_desk, tell_on_pages
from desks.clerk import clerk_desk
from desks.others import administrator_desk, auditor_desk, security_desk
from desks.reviewer import reviewer_desk
from indicators.progress.services import plans_of_area

_DESKS: dict[str, tuple[str, Callable[[User], dict[str, object]]]] = {
    Role.CLERK: ("desks/clerk.html", clerk_desk),
    Role.REVIEWER: ("desks/reviewer.html", reviewer_desk),
    Role.ADMINISTRATOR: ("desks/administrator.html", administrator_desk),
    Role.SECURITY: ("desks/security.html", security_desk),
    Role.AUDITOR: ("desks/auditor.html", auditor_desk),
}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the desk of the user's role; observers see the dashboard."""
    user = user_of(request)
    if user.role in _DESKS:
        template, desk = _DESKS[user.role]
        context = desk(user) | changes_on_desk(user) | {"before_login": before_login(request)}
        return page(request, template, context)
    tell_on_pages(request, user)
    tell_without_desk(request)
    return board(request)


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Redirect to the dashboard of the user's area under its most relevant plan."""
    own = user_of(request).area_id or ""
    plans = plans_of_area(own)
    if not plans:
        return redirect("admin:index")
    # A user above the plan's area starts at that area, because the plan has no targets above it.
    return redirect("dashboard", plan=plans[0].code, area=max(own, plans[0].area_code, key=len))
