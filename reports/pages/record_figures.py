"""From a record to the figures and sealed editions that count it."""

from __future__ import annotations

from django.apps import apps
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from areas.codes import is_within
from areas.successions import Successions, homes_of
from indicators.models import Plan
from indicators.progress.lineage import counted_quantity, places_of
from indicators.progress.services import seen_at, usual_day
from indicators.rules import rule_of
from indicators.rules.answers.values import quantity_text
from reports.models import Edition
from reviews.models import Status, Submission


@login_required
def record_figures(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Show the figures of today and the sealed editions that count a record; 404 out of scope."""
    user = user_of(request)
    model = _record_model(kind)
    if not user.sees_records:
        raise Http404
    rows = model._default_manager.visible_to(user).select_related("area", "reviewed_by")
    record = get_object_or_404(rows, pk=pk)
    context = {
        "title": f"{record}：计入情况",
        "record": record,
        "opts": model._meta,
        "counted": _counted(record, user) if record.status == Status.APPROVED else [],
        "editions": _editions(record, user),
    }
    return page(request, "reports/record_figures.html", context)


def _record_model(kind: str) -> type[Submission]:
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        raise Http404 from None
    if not issubclass(model, Submission):
        raise Http404
    return model


def _counted(record: Submission, user: User) -> list[dict[str, object]]:
    """Return the indicators that count the record and the quantity it adds, on each plan's day."""
    found = []
    for plan in _plans_over(record):
        day, seen = usual_day(plan), seen_at(plan, user)
        indicators = plan.indicators.select_related("plan").prefetch_related("targets")
        for indicator in indicators:
            quantity = counted_quantity(indicator, record, day)
            if quantity is not None:
                found.append(
                    {
                        "indicator": indicator,
                        "rule": rule_of(indicator).text,
                        "quantity": quantity_text(indicator, quantity),
                        "day": day,
                        "seen_at": seen,
                    }
                )
    return found


def _plans_over(record: Submission) -> list[Plan]:
    """Return the plans whose area covers the record on the day that their figures are shown for."""
    model = type(record)
    places = places_of(model, model._default_manager.filter(pk=record.pk))
    successions = Successions.stored()
    return [
        plan
        for plan in Plan.objects.order_by("pk")
        if any(
            is_within(home, plan.area_code)
            for home in homes_of(places, usual_day(plan), successions).values()
        )
    ]


def _editions(record: Submission, user: User) -> list[Edition]:
    """Return the sealed editions that contain the record and whose reports the user may read."""
    editions = Edition.objects.filter(
        members__kind=record._meta.label_lower, members__object_id=record.pk
    )
    shown = editions.select_related("report__area", "report__plan").defer("content")
    return [edition for edition in shown if user.covers(edition.report.area_id)]
