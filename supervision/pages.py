"""The page of open items of supervision (监管待办)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from supervision.open_items import LISTED, OpenKind, open_items, open_rows, sentence_of, sums_of


@login_required
def open_page(request: HttpRequest, area: str) -> HttpResponse:
    """Show the open items of an area, by area and one by one; 404 if out of scope."""
    place = get_object_or_404(Area, code=area)
    user = user_of(request)
    if not user.covers(place.code):
        raise Http404
    day = timezone.localdate()
    rows = open_rows(place.code, day)
    sums = sums_of(rows)
    context = {
        "title": f"{place.short_name}监管待办",
        "area": place,
        "day": day,
        "trail": Area.objects.visible_to(user).filter(code__in=place.ancestor_codes),
        "open_kinds": OpenKind,
        "may_enter": user.is_clerk,
        "open_rows": rows,
        "sentence": sentence_of(place, sums),
        "groups": [
            {
                "kind": kind,
                "count": count,
                "items": open_items(kind, place.code, day) if count.number else [],
                "more": max(count.number - LISTED, 0),
            }
            for kind, count in sums
        ],
    }
    return page(request, "supervision/open_items.html", context)
