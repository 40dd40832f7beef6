"""The page and the file of the statistical form."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from reports.statistics.numbers import fill_form
from reports.statistics.workbook import file_name, form_file
from reviews.downloads import file_response, marked_for


@login_required
def org_statistics(request: HttpRequest, area: str) -> HttpResponse:
    """Show the form of an area at the end of a day (`?on=`, by default today); 404 if out of scope."""
    place = _place(request, area)
    day = _day(request)
    context = {
        "title": f"{place.short_name}社区社会组织统计表",
        "area": place,
        "day": day,
        "today": timezone.localdate(),
        "trail": Area.objects.visible_to(user_of(request)).filter(code__in=place.ancestor_codes),
        "form": fill_form(place.code, day),
    }
    return page(request, "statistics/orgs.html", context)


@login_required
def org_statistics_file(request: HttpRequest, area: str) -> HttpResponse:
    """Answer with the form of the page as a workbook."""
    place, day = _place(request, area), _day(request)
    with marked_for(user_of(request)):
        content = form_file(place, day, fill_form(place.code, day))
    return file_response(content, file_name(place, day))


def _place(request: HttpRequest, area: str) -> Area:
    place = get_object_or_404(Area, code=area)
    user = user_of(request)
    if not user.sees_records or not user.covers(place.code):
        raise Http404
    return place


def _day(request: HttpRequest) -> datetime.date:
    """Return the asked day, at most today; today, with a message, where it is none."""
    today, text = timezone.localdate(), request.GET.get("on", "").strip()
    if not text:
        return today
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        messages.error(request, f"“统计时点”“{text[:20]}”不是日期，应写作2026-12-31；现按今天统计")
        return today
    if day > today or day.year < 1949:
        messages.error(request, f"“统计时点”应在1949年至今天之间，现为{day}；现按今天统计")
        return today
    return day
