"""待确认变更: the list, and the page on which a second person confirms or refuses a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from audit.acts import Act
from audit.acts import Outcome as Ending
from audit.events import record
from proposals.kinds import MASK, Line, ProposalRefused
from proposals.models import ChangeState, PendingChange
from proposals.services import confirm, is_outdated, may_decide, readable_by, refuse, withdraw

if TYPE_CHECKING:
    from proposals.kinds import Outcome

_ON_A_PAGE = 50
#: What a line shows for no value.
_NOTHING = ("—", "未填")


def changes_for(user: User) -> QuerySet[PendingChange]:
    """Return the changes that a user may read; an auditor reads all."""
    rows = PendingChange.objects.select_related("proposed_by", "decided_by")
    return rows if user.is_auditor else rows.filter(readable_by(user))


def waiting_for(user: User) -> QuerySet[PendingChange]:
    """Return the changes that wait for a decision and that the user reads but has not proposed."""
    rows = changes_for(user).filter(state=ChangeState.WAITING)
    return rows.exclude(proposed_by=user)


def has_to_confirm(user: User) -> bool:
    """Whether the user's role has anything to do with changes that a second person confirms."""
    return user.is_active and (
        user.is_administrator or user.manages_accounts or user.is_auditor or user.is_reviewer
    )


def may_read(user: User) -> bool:
    """Whether the user may read changes: a clerk reads the own ones (of personal data) only."""
    return has_to_confirm(user) or (user.is_active and user.is_clerk)


@login_required
def changes(request: HttpRequest) -> HttpResponse:
    """Show the changes that the user may read, those that wait first."""
    user = _reader(request)
    state = request.GET.get("state", "")
    rows = changes_for(user)
    if state in ChangeState.values:
        rows = rows.filter(state=state)
    shown = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "变更确认",
        "rows": shown,
        "states": ChangeState.choices,
        "state": state,
        "mine": {row.pk for row in shown if may_decide(row, user)},
        "second_person": settings.SECOND_PERSON,
    }
    return page(request, "proposals/list.html", context)


@login_required
@never_cache
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a change before and after; confirm, refuse or withdraw it when that is sent."""
    user = _reader(request)
    row = changes_for(user).filter(pk=pk).first()
    if row is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            return _decided(request, row, user)
        except ProposalRefused as refused:
            problem = str(refused)
            row.refresh_from_db()
            record(Act.CONFIRMED, about=row, outcome=Ending.REFUSED, user=user, detail=problem)
    context = {
        "title": row.title,
        "change": row,
        "lines": [_shown(Line(*line), user) for line in row.lines],
        "may_decide": may_decide(row, user),
        "is_own": row.proposed_by_id == user.pk,
        "is_outdated": row.is_waiting and is_outdated(row),
        "problem": problem,
        "decision": request.POST.get("decision", ""),
    }
    return page(request, "proposals/change.html", context, status=409 if problem else 200)


def _shown(line: Line, user: User) -> Line:
    """Return a line as the user may see it: an auditor sees that personal data changed, not which."""
    if not (user.is_auditor and line.is_personal):
        return line
    before, after = (MASK if value not in _NOTHING else value for value in line[1:3])
    return Line(line.label, before, after, line.is_personal)


def _reader(request: HttpRequest) -> User:
    user = user_of(request)
    if not may_read(user):
        raise PermissionDenied
    return user


def _decided(request: HttpRequest, row: PendingChange, user: User) -> HttpResponse:
    if "confirm" in request.POST:
        _, outcome = confirm(row.pk, by=user)
        if outcome.secret:
            return secret_page(request, row, outcome)
        messages.success(request, f"{outcome.said}，已生效")
    elif "refuse" in request.POST:
        refuse(row.pk, by=user, reason=request.POST.get("decision", ""))
        messages.success(request, "已退回，没有生效")
    elif "withdraw" in request.POST:
        withdraw(row.pk, by=user)
        messages.success(request, "已撤回")
    return redirect("pending-change", pk=row.pk)


def secret_page(request: HttpRequest, row: PendingChange, outcome: Outcome) -> HttpResponse:
    """Show what was made by the change, this once: it is stored nowhere in clear."""
    context = {"title": outcome.said, "change": row, "outcome": outcome, "text": outcome.secret}
    answer = page(request, "proposals/secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
