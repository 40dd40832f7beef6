"""The collection of results (成果展示): a page to read, and a sheet to print or hand out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import user_of
from accounts.shell import page
from areas.models import Area
from reviews.downloads import file_response
from work.board.export import sheets_of
from work.showcase import MOST, Showcase, showcase_of

_HEADS = ("类别", "名称", "地区", "时间", "授予或认定单位", "简介")
_WIDTHS = (16, 34, 16, 12, 24, 70)


@login_required
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Redirect to the results of the user's area; 404 for roles that see no records."""
    user = user_of(request)
    if not user.sees_records:
        raise Http404
    return redirect("showcase", area=user.own_area.code)


@login_required
@require_safe
def showcase(request: HttpRequest, area: str) -> HttpResponse:
    """Show the results of an area, of one kind (`?kind=`) and year; `?print=1` as a sheet of paper.

    404 out of scope.
    """
    place, kind, year, found = _asked(request, area)
    is_print = "print" in request.GET
    context = {
        "title": f"{place.short_name}社区慈善成果展示",
        "area": place,
        "showcase": found,
        "kind": kind,
        "year": year,
        "most": MOST,
        "day": timezone.localdate(),
        "query": request.GET.urlencode(),
    }
    template = "work/showcase_print.html" if is_print else "work/showcase.html"
    return page(request, template, context)


@login_required
@require_safe
def showcase_export(request: HttpRequest, area: str) -> HttpResponse:
    """Answer with the same results as a workbook."""
    place, _, _, found = _asked(request, area)
    rows = [
        [each.kind, each.name, each.area, each.day, each.granted_by, each.text]
        for group in found.groups.values()
        for each in group
    ]
    title = f"{place.name}社区慈善成果展示"
    content = sheets_of([("成果展示", title, _HEADS, rows, _WIDTHS)])
    return file_response(content, f"{place.short_name}社区慈善成果展示.xlsx")


def _asked(request: HttpRequest, area: str) -> tuple[Area, str, str, Showcase]:
    place, user = get_object_or_404(Area, code=area), user_of(request)
    if not user.sees_records or not user.covers(place.code):
        raise Http404
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    return place, kind, year, showcase_of(place.code, kind, year)
