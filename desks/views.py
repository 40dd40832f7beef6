"""The front door: each role's desk, and the dashboard of the user's own place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Role, User
from accounts.requests import user_of
from accounts.shell import page
from desks.clerk import clerk_desk
from desks.others import administrator_desk, auditor_desk
from desks.reviewer import reviewer_desk
from indicators.progress.services import plans_of_area

_DESKS: dict[str, tuple[str, Callable[[User], dict[str, Any]]]] = {
    Role.CLERK: ("desks/clerk.html", clerk_desk),
    Role.REVIEWER: ("desks/reviewer.html", reviewer_desk),
    Role.ADMINISTRATOR: ("desks/administrator.html", administrator_desk),
    Role.AUDITOR: ("desks/auditor.html", auditor_desk),
}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Each role's desk; whoever only looks goes to the figures."""
    user = user_of(request)
    if user.role in _DESKS:
        template, desk = _DESKS[user.role]
        return page(request, template, desk(user))
    return board(request)


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """The dashboard of the user's own place, under the plan that concerns it first."""
    own = user_of(request).area_id or ""
    plans = plans_of_area(own)
    if not plans:
        return redirect("admin:index")
    # Who stands above the plan's area begins where its targets are.
    return redirect("dashboard", plan=plans[0].code, area=max(own, plans[0].area_code, key=len))
