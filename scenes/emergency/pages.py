"""The page of areas with and without an emergency plan (应急预案覆盖)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from scenes.emergency.numbers import LEVELS, preparedness, sentence_of


@login_required
def emergency_page(request: HttpRequest, area: str) -> HttpResponse:
    """Show which areas of an area have an emergency plan and which have none; 404 if out of scope."""
    place = get_object_or_404(Area, code=area)
    user = user_of(request)
    if not user.sees_records or not user.covers(place.code):
        raise Http404
    day = timezone.localdate()
    found = preparedness(place.code, day)
    context = {
        "title": f"{place.short_name}应急预案覆盖",
        "area": place,
        "day": day,
        "trail": Area.objects.visible_to(user).filter(code__in=place.ancestor_codes),
        "may_enter": user.is_clerk,
        "levels": LEVELS.values(),
        "rows": found.rows,
        "total": found.total,
        "missing": found.missing,
        "sentence": sentence_of(place, found.total),
    }
    return page(request, "scenes/emergency.html", context)
