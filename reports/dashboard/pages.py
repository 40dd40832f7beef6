"""The views of the dashboard: page, big screen, print and workbook."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from indicators.models import Plan
from indicators.progress.services import day_asked, plans_of_area
from indicators.views import asked_day, asked_year
from reports.dashboard.board import DashboardQuery
from reports.dashboard.export import export, file_name
from reports.dashboard.page import build_dashboard
from reviews.downloads import file_response
from running.db_snapshot import read_snapshot

_TEMPLATES = {"screen": "dashboard/screen.html", "print": "dashboard/print.html"}


@login_required
def dashboard(request: HttpRequest, plan: str, area: str) -> HttpResponse:
    """Show one plan for one area. Whatever is out of scope is a 404, in every parameter.

    `?on=`, `?year=` and `?rank=` choose day, target year and ranking; `?with=` and `?against=`
    compare with another area and day; `?screen=1` is the big screen, `?print=1` one page of A4.
    """
    with read_snapshot():
        question = _question(request, plan, area)
        context = build_dashboard(
            question,
            rank=request.GET.get("rank", ""),
            other=_other(request, question),
            against=asked_day(request, "against"),
        )
    context = {"title": f"{question.area.short_name}指标看板", **context}
    template = next((_TEMPLATES[name] for name in _TEMPLATES if request.GET.get(name) == "1"), "")
    if template:  # without the frame of the site
        return TemplateResponse(request, template, context)
    return page(request, "dashboard/page.html", context)


@login_required
def dashboard_export(request: HttpRequest, plan: str, area: str) -> HttpResponse:
    """Answer with the same figures as a workbook."""
    with read_snapshot():
        question = _question(request, plan, area)
        content = export(question)
    return file_response(content, file_name(question))


def _question(request: HttpRequest, plan: str, area: str) -> DashboardQuery:
    found = get_object_or_404(Plan, code=plan)
    place = get_object_or_404(Area, code=area)
    user = user_of(request)
    if not user.covers(place.code) or found not in plans_of_area(place.code):
        raise Http404
    year = asked_year(request)
    return DashboardQuery(found, place, day_asked(found, asked_day(request), year), user, year)


def _other(request: HttpRequest, question: DashboardQuery) -> Area | None:
    """Return the area to compare with; it has to be in scope and covered by the plan."""
    code = request.GET.get("with")
    if not code:
        return None
    place = get_object_or_404(Area, code=code)
    if not question.user.covers(place.code) or question.plan not in plans_of_area(place.code):
        raise Http404
    return place
