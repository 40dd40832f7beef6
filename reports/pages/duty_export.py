"""The instances of a plan's duties below an area as a .csv file, for other programs."""

from __future__ import annotations

import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import user_of
from areas.models import Area
from indicators.duties.instances import Asked, DutyState, page_of
from indicators.models import Plan
from indicators.progress.services import plans_of_area
from indicators.views import asked_day
from reports.columns import Column
from reports.exports.renderers import csv_lines
from reviews.downloads import headers_of
from running.db_snapshot import read_snapshot

_AROUND = datetime.timedelta(days=366)


def _columns(areas: dict[str, str]) -> list[Column]:
    return [
        Column("履责事项", "text", lambda each: each.duty.name, is_wide=True),
        Column("履责主体", "text", lambda each: each.debtor.name, is_wide=True),
        Column("地区", "text", lambda each: areas.get(each.debtor.area_code, "")),
        Column("地区代码", "text", lambda each: each.debtor.area_code),
        Column("期次", "text", lambda each: each.period_text),
        Column("期限", "day", lambda each: each.period.due_on),
        Column("状态", "text", lambda each: each.state.label),
        Column("完成日期", "day", lambda each: each.done_on),
        Column("免除理由", "text", lambda each: each.excuse.reason if each.excuse else ""),
        Column("条款", "text", lambda each: each.duty.clause),
    ]


@login_required
def duty_export(request: HttpRequest, plan: str, area: str) -> HttpResponse:
    """Answer with the file; 404 where area or plan are out of the user's scope.

    `?on=` the day of the states, `?first=` and `?last=` the due days (default: a year around it),
    `?duty=` and `?state=` only those.
    """
    found, place = get_object_or_404(Plan, code=plan), get_object_or_404(Area, code=area)
    if not user_of(request).covers(place.code) or found not in plans_of_area(place.code):
        raise Http404
    day = asked_day(request) or timezone.localdate()
    first = asked_day(request, "first") or day - _AROUND
    last = asked_day(request, "last") or day + _AROUND
    duties = found.duties.select_related("plan")
    if code := request.GET.get("duty"):
        duties = duties.filter(code=code)
    asked = Asked(place.code, day, first, last, states=_states(request))
    with read_snapshot():
        rows = page_of(list(duties), asked).rows
        areas = dict(Area.objects.within(place.code).values_list("code", "short_name"))
    return HttpResponse(
        "".join(csv_lines(_columns(areas), rows)),
        content_type="text/csv; charset=utf-8",
        headers=headers_of(f"{place.short_name}履责事项（{day.isoformat()}）.csv"),
    )


def _states(request: HttpRequest) -> list[DutyState]:
    text = request.GET.get("state", "")
    if text and text not in DutyState.values:
        raise Http404
    return [DutyState(text)] if text else []
