"""个人信息到期: which records' personal data will be erased when, and 暂缓, which puts it off."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.requests import user_of
from accounts.shell import page
from reviews.addresses import page_address
from reviews.models import Submission
from reviews.privacy import sees_persons
from reviews.trail.keeping import NotKept, keep_longer, open_notices

_ON_A_PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def persons_ending(request: HttpRequest) -> HttpResponse:
    """Show the announced erasures to those who see the records' personal data; a reviewer may put one off."""
    user = user_of(request)
    if not sees_persons(user, user.area_id or ""):
        raise PermissionDenied
    fault = ""
    if request.method == "POST":
        sent = request.POST.get("notice", "")
        try:
            pk = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else 0
            notice = keep_longer(pk, by=user, reason=request.POST.get("reason", ""))
        except NotKept as refused:
            fault = str(refused)
        else:
            messages.success(request, f"已暂缓，到{notice.due_on.isoformat()}再删除")
            return redirect("persons-ending")
    rows = open_notices(user).select_related("area", "content_type").prefetch_related("record")
    shown = Paginator(rows.order_by("due_on", "pk"), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "个人信息到期删除",
        "rows": [(notice, _address(notice.record)) for notice in shown],
        "page": shown,
        "fault": fault,
        "days": settings.PERSONS_NOTICE_DAYS,
        "may_keep": user.is_reviewer,
    }
    return page(request, "reviews/persons_ending.html", context, status=400 if fault else 200)


def _address(record: object) -> str:
    return page_address(type(record), "change", record.pk) if isinstance(record, Submission) else ""
