"""The page of a figure and the data-quality page."""

from __future__ import annotations

import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from indicators.models import Plan
from indicators.progress.explain import build_explanation
from indicators.progress.services import (
    NotFound,
    day_asked,
    find_indicator,
    plans_of_area,
    read_day,
    read_year,
)
from indicators.quality.panel import build_quality
from running.db_snapshot import read_snapshot


@login_required
def figure(request: HttpRequest, plan: str, indicator: str, area: str) -> HttpResponse:
    """Show one figure: rule, parts, areas, records and what is missing; 404 if out of scope."""
    found = get_object_or_404(Plan, code=plan)
    place = get_object_or_404(Area, code=area)
    user = user_of(request)
    if not user.covers(place.code) or found not in plans_of_area(place.code):
        raise Http404
    try:
        one = find_indicator(found, indicator)
    except NotFound:
        raise Http404 from None
    year = asked_year(request)
    day = day_asked(found, asked_day(request), year)
    with read_snapshot():
        explanation = build_explanation(one, place, day, user, year)
    context = {
        "title": f"{place.short_name}：{one.name}",
        "plan": found,
        "area": place,
        "day": day,
        "year": year,
        "trail": Area.objects.visible_to(user).filter(code__in=place.ancestor_codes),
        **explanation,
    }
    # `?part=1`: only the content, for a figure that opens in a drawer of another page.
    template = "figure_body" if request.GET.get("part") == "1" else "figure"
    return page(request, f"indicators/{template}.html", context)


@login_required
def quality(request: HttpRequest, area: str) -> HttpResponse:
    """Show the records of an area that deserve a second look; 404 if out of scope."""
    place = get_object_or_404(Area, code=area)
    user = user_of(request)
    if not user.covers(place.code):
        raise Http404
    day = asked_day(request) or timezone.localdate()
    context = {
        "title": f"{place.short_name}数据质量",
        **build_quality(place, day, user),
    }
    return page(request, "indicators/quality.html", context)


def asked_year(request: HttpRequest) -> int | None:
    """Return `?year=`; 404 if it is not a year."""
    text = request.GET.get("year")
    try:
        return read_year(text) if text else None
    except ValueError:
        raise Http404 from None


def asked_day(request: HttpRequest, name: str = "on") -> datetime.date | None:
    """Return `?on=`; 404 if it is not a day."""
    text = request.GET.get(name)
    try:
        return read_day(text) if text else None
    except ValueError:
        raise Http404 from None
