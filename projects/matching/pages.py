"""The page 需求 → 项目 → 资源 (供需对接) of an area."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from projects.matching.fitting import LISTED, free_resources, open_needs
from projects.matching.numbers import Place, numbers_by_area, sentence_of, total_of
from projects.models import SATISFACTION, ProjectStage


@login_required
def matching_page(request: HttpRequest, area: str) -> HttpResponse:
    """Show what an area needs and has, and what would fit; 404 if out of scope."""
    place = get_object_or_404(Area, code=area)
    user = user_of(request)
    if not user.sees_records or not user.covers(place.code):
        raise Http404
    day = timezone.localdate()
    here = Place.on(place.code, day)
    rows = numbers_by_area(here)
    total = total_of(rows)
    context = {
        "title": f"{place.short_name}供需对接",
        "area": place,
        "day": day,
        "trail": Area.objects.visible_to(user).filter(code__in=place.ancestor_codes),
        "may_enter": user.is_clerk,
        "rows": rows,
        "total": total,
        "stages": [*ProjectStage.labels, "未填阶段"],
        "dimensions": list(SATISFACTION.values()),
        "sentence": sentence_of(place, total),
        "needs": open_needs(here, user) if total.open_needs else [],
        "more_needs": max(total.open_needs - LISTED, 0),
        "resources": free_resources(here) if total.free_resources else [],
        "more_resources": max(total.free_resources - LISTED, 0),
    }
    return page(request, "projects/matching.html", context)
