"""The page on which the other signatories of a joint report sign it (会签)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts.requests import user_of
from accounts.shell import page
from reports import workflow
from reports.editions.content import content_of
from reports.pages.figure_rows import figure_rows
from reports.schema.shown import ShownContent
from reports.shell import find_report, for_readers
from reports.signatures import signings_of, signs_for
from reports.workflow import HandlingError


@for_readers
def report_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is to be sealed (GET), then sign exactly that for the user's signatories (POST)."""
    found, user = find_report(request, pk), user_of(request)
    own = signs_for(user, found)
    if not found.plan.report_joint or not own:
        raise PermissionDenied
    error, before = "", ShownContent()
    if request.method == "POST":
        before = ShownContent.read(request.POST.get("shown", ""))
        try:
            workflow.sign(found, by=user, shown=before)
        except HandlingError as refused:
            error = str(refused)
        else:
            messages.success(request, f"已以{'、'.join(each.name for each in own)}名义会签")
            return redirect("report", pk)
    content = content_of(found, found.as_of(timezone.localdate())).content
    now = ShownContent.of(content)
    context = {
        "title": f"会签{found}",
        "report": found,
        "error": error,
        "own": own,
        "signings": [(each, each.holds(now.digest)) for each in signings_of(found)],
        "shown": content,
        "rows": figure_rows(content),
        "seen": now.text,
        "changes": before.changes_to(now),
    }
    return page(request, "reports/sign.html", context, status=400 if error else 200)
