"""导出与订阅: ask for a ledger or for figures that come by themselves, watch, download.

A file belongs to whoever asked for it, as long as its area is theirs; nobody else finds it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import user_of
from reports.exports import jobs
from reports.exports.forms import ExportForm, SubscriptionForm
from reports.exports.ledger import Refused
from reports.exports.subscribing import next_due
from reports.exports.tasks import make_file
from reports.models.exports import Delivery, Export, MadeFile, Subscription
from reports.shell import for_readers
from reviews.downloads import type_of
from reviews.leases import Progress

_LISTED = 20


@for_readers
def exports(request: HttpRequest) -> HttpResponseBase:
    """Own ledgers and subscriptions; ask for a ledger."""
    user = user_of(request)
    form = ExportForm(user, request.POST or None) if request.method == "POST" else ExportForm(user)
    if request.method == "POST" and form.is_valid():
        try:
            export = jobs.ask(form.export())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            transaction.on_commit(lambda: make_file.delay("export", export.pk))
            return redirect("export", export.pk)
    return _page(request, export_form=form)


@require_POST
@for_readers
def subscribe(request: HttpRequest) -> HttpResponseBase:
    """Ask for figures every month."""
    user = user_of(request)
    form = SubscriptionForm(user, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                form.subscription().save()
        except IntegrityError:  # the same from another window
            form.add_error("area", "已订阅该地区该方案的定期报表")
        else:
            messages.success(request, "已订阅")
            return redirect("exports")
    return _page(request, subscription_form=form)


@require_POST
@for_readers
def unsubscribe(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Own subscriptions end, even of areas that are not the user's any more."""
    rows = Subscription.objects.filter(user=user_of(request))
    subscription = get_object_or_404(rows, pk=pk)
    rows.filter(pk=subscription.pk, cancelled_at=None).update(cancelled_at=timezone.now())
    messages.success(request, f"已取消订阅{subscription}")
    return redirect("exports")


@require_GET
@for_readers
def export_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far it is; once made, where to get it."""
    export = _own(request, pk)
    context = {
        **admin.site.each_context(request),
        "title": f"导出{export.kind_name}台账",
        "export": export,
        "progress": jobs.progress_of("export", pk),
        "kept_days": settings.EXPORT_FILE_DAYS,
    }
    return TemplateResponse(request, "exports/export.html", context)


@require_GET
@for_readers
def export_progress(request: HttpRequest, pk: int) -> HttpResponseBase:
    """`{"state", "is_at_work", "step", "done", "total"}` for the progress bar."""
    export = _own(request, pk)
    told = jobs.progress_of("export", pk) or Progress("排队中", 0, 0)
    state = {"state": export.state, "is_at_work": export.is_at_work}
    return JsonResponse({**state, **vars(told)})


@require_GET
@for_readers
def export_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file itself."""
    export = _own(request, pk)
    return _file(export, export.download_name)


@require_GET
@for_readers
def delivery_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of one period of an own subscription."""
    user = user_of(request)
    rows = Delivery.objects.select_related("subscription__area")
    delivery = get_object_or_404(rows, pk=pk, subscription__user=user)
    if not user.covers(delivery.subscription.area_id):
        raise Http404
    return _file(delivery, delivery.download_name)


def _own(request: HttpRequest, pk: int) -> Export:
    """The user's own export of an area still theirs; nobody else finds it."""
    user = user_of(request)
    export = get_object_or_404(Export.objects.select_related("area"), pk=pk, requested_by=user)
    if not user.covers(export.area_id):
        raise Http404
    return export


def _file(made: MadeFile, name: str) -> HttpResponseBase:
    if not made.is_there:
        raise Http404
    try:
        stream = made.path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(
        stream, as_attachment=True, filename=name, content_type=type_of(name), headers=headers
    )


def _page(
    request: HttpRequest,
    export_form: ExportForm | None = None,
    subscription_form: SubscriptionForm | None = None,
) -> HttpResponse:
    user = user_of(request)
    is_wrong = any(form is not None and form.is_bound for form in (export_form, subscription_form))
    files = Export.objects.filter(requested_by=user).select_related("area")
    context = {
        **admin.site.each_context(request),
        "title": "导出与订阅",
        "export_form": export_form or ExportForm(user),
        "subscription_form": subscription_form or SubscriptionForm(user),
        "exports": [one for one in files[:_LISTED] if user.covers(one.area_id)],
        "subscriptions": _subscriptions(user),
        "deliveries": _deliveries(user),
        "kept_days": settings.EXPORT_FILE_DAYS,
        "has_mail": bool(user.email),
    }
    status = 400 if is_wrong else 200
    return TemplateResponse(request, "exports/list.html", context, status=status)


def _subscriptions(user: Any) -> list[dict[str, Any]]:
    rows = Subscription.objects.filter(user=user, cancelled_at=None).select_related("area", "plan")
    today = timezone.localdate()
    return [{"one": each, "next": next_due(each, today)} for each in rows]


def _deliveries(user: Any) -> list[Delivery]:
    rows = Delivery.objects.filter(subscription__user=user)
    shown = rows.select_related("subscription__area", "subscription__plan")[:_LISTED]
    return [each for each in shown if user.covers(each.subscription.area_id)]
