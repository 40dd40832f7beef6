"""Applications to be a demonstration: their list by year, and the page on which one is decided."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import user_of
from accounts.shell import page
from reviews.addresses import page_address, record_address
from reviews.evidence.attachments import living_attachments
from reviews.models import Status
from work.demonstration import (
    DecisionRefused,
    day_of,
    decide,
    default_year,
    dimensions_of,
    may_decide,
    sentence_of,
    standings,
    years_of,
)
from work.models import MOST_POINTS, Decision, DemonstrationApplication


@login_required
@require_safe
def demonstrations(request: HttpRequest) -> HttpResponse:
    """Show the approved applications of a year (`?year=`), the chosen ones first."""
    user = user_of(request)
    if not user.sees_records:
        raise Http404
    area = user.own_area
    years = years_of(area.code)
    year = request.GET.get("year", "")
    year = year if year in years else default_year(years)
    found = standings(area.code, year)
    context = {
        "title": f"{area.short_name}示范申报和评定",
        "years": years,
        "year": year,
        "sentence": sentence_of(year, found),
        "standings": found,
        "opened": [one.application.pk for one in found if user.covers(one.application.area_id)],
        "decision_words": Decision,
        "add_link": page_address(DemonstrationApplication, "add") if user.is_clerk else "",
    }
    return page(request, "work/demonstrations.html", context)


@login_required
@require_safe
def demonstration(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application: its points beside the figures, the decisions, the form of a decision."""
    user, application = user_of(request), _application(request, pk)
    day = day_of(application, timezone.localdate())
    is_fact = application.status == Status.APPROVED
    context = {
        "title": str(application),
        "application": application,
        "day": day,
        "dimensions": dimensions_of(application, day),
        "decision": application.decision,
        "decisions": list(application.decisions.all()),
        "files": list(living_attachments(application)),
        "choices": Decision.choices if is_fact and may_decide(user, application) else [],
        "most": MOST_POINTS,
        "record_link": record_address(application),
    }
    return page(request, "work/demonstration.html", context)


@login_required
@require_POST
def demonstration_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Store a decision and return to its page; 404 out of scope."""
    application, sent = _application(request, pk), request.POST
    points = {field: sent.get(field, "") for field in application.points}
    decision, reason = sent.get("decision", ""), sent.get("reason", "")
    try:
        given = decide(application, decision, points, reason, by=user_of(request))
    except DecisionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已评定为“{given.get_decision_display()}”")
    return redirect("demonstration", pk=pk)


def _application(request: HttpRequest, pk: int) -> DemonstrationApplication:
    """Return the application with its decisions; 404 out of the user's scope."""
    rows = DemonstrationApplication.objects.visible_to(user_of(request)).living()
    rows = rows.select_related("area").prefetch_related("decisions__by")
    found: DemonstrationApplication = get_object_or_404(rows, pk=pk)
    return found
