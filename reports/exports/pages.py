"""导出与订阅: request a ledger or a monthly workbook, watch its progress, download it.

Only the account that requested a file finds it, and only while the file's area is in its scope;
everything else answers 404.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from reports.exports import jobs
from reports.exports.forms import ExportForm, SubscriptionForm
from reports.exports.ledger import Refused
from reports.exports.subscribing import next_due
from reports.exports.tasks import make_file
from reports.models.exports import Delivery, Export, MadeFile, Subscription
from reports.shell import for_readers
from reviews.downloads import type_of

#: How many exports and deliveries the page lists.
_LISTED = 20


class ListedSubscription(NamedTuple):
    """A subscription and the next day on which a file is made; None after the last one."""

    one: Subscription
    next: datetime.date | None


@for_readers
def exports(request: HttpRequest) -> HttpResponseBase:
    """Show the user's exports and subscriptions; POST requests an export."""
    user = user_of(request)
    form = ExportForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            export = jobs.request_export(form.export())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            # Robust: without a broker the export stands, and the beat takes it up.
            transaction.on_commit(lambda: make_file.delay("export", export.pk), robust=True)
            return redirect("export", export.pk)
    return _list_page(request, export_form=form)


@require_POST
@for_readers
def subscribe(request: HttpRequest) -> HttpResponseBase:
    """Subscribe to a monthly workbook."""
    form = SubscriptionForm(user_of(request), request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                form.subscription().save()
        except IntegrityError:  # the same subscription, sent from another window
            form.add_error("area", "已订阅该地区该方案的定期报表")
        else:
            messages.success(request, "已订阅")
            return redirect("exports")
    return _list_page(request, subscription_form=form)


@require_POST
@for_readers
def unsubscribe(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Cancel a subscription of the user, even one of an area outside the user's scope."""
    rows = Subscription.objects.filter(user=user_of(request))
    subscription = get_object_or_404(rows, pk=pk)
    rows.filter(pk=subscription.pk, cancelled_at=None).update(cancelled_at=timezone.now())
    messages.success(request, f"已取消订阅{subscription}")
    return redirect("exports")


@require_GET
@for_readers
def export_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the progress of an export and, once it is made, the link to the file."""
    export = _own_export(request, pk)
    context = {
        "title": f"导出{export.kind_name}台账",
        "export": export,
        "progress": jobs.shown_progress(export),
        "kept_days": settings.EXPORT_FILE_DAYS,
    }
    return page(request, "exports/export.html", context)


@require_GET
@for_readers
def export_progress(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return `{"state", "is_at_work", "step", "done", "total"}` as JSON for the progress bar."""
    export = _own_export(request, pk)
    progress = jobs.shown_progress(export)
    state = {"state": export.state, "is_at_work": export.is_at_work}
    return JsonResponse({**state, **vars(progress)})


@require_GET
@for_readers
def export_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the workbook of an export."""
    export = _own_export(request, pk)
    return _file(export, export.download_name)


@require_GET
@for_readers
def delivery_download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Return the workbook of one period of a subscription."""
    user = user_of(request)
    rows = Delivery.objects.select_related("subscription__area")
    delivery = get_object_or_404(rows, pk=pk, subscription__user=user)
    if not user.covers(delivery.subscription.area_id):
        raise Http404
    return _file(delivery, delivery.download_name)


def _own_export(request: HttpRequest, pk: int) -> Export:
    """An export that the user requested and whose area is still in scope; else 404."""
    user = user_of(request)
    export = get_object_or_404(Export.objects.select_related("area"), pk=pk, requested_by=user)
    if not user.covers(export.area_id):
        raise Http404
    return export


def _file(made: MadeFile, name: str) -> HttpResponseBase:
    """The file as a download; 404 where it is not made, or not kept any more."""
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


# --- the list -------------------------------------------------------------------------------


def _list_page(
    request: HttpRequest,
    export_form: ExportForm | None = None,
    subscription_form: SubscriptionForm | None = None,
) -> HttpResponse:
    """The page with both forms; status 400 where the submitted one has an error."""
    user = user_of(request)
    has_error = any(form is not None and form.is_bound for form in (export_form, subscription_form))
    files = Export.objects.filter(requested_by=user).select_related("area")
    context = {
        "title": "导出与订阅",
        "export_form": export_form or ExportForm(user),
        "subscription_form": subscription_form or SubscriptionForm(user),
        "exports": [one for one in files[:_LISTED] if user.covers(one.area_id)],
        "subscriptions": _subscriptions(user),
        "deliveries": _deliveries(user),
        "kept_days": settings.EXPORT_FILE_DAYS,
        "has_mail": bool(user.email),
    }
    return page(request, "exports/list.html", context, status=400 if has_error else 200)


def _subscriptions(user: User) -> list[ListedSubscription]:
    rows = Subscription.objects.filter(user=user, cancelled_at=None).select_related("area", "plan")
    today = timezone.localdate()
    return [ListedSubscription(each, next_due(each, today)) for each in rows]


def _deliveries(user: User) -> list[Delivery]:
    rows = Delivery.objects.filter(subscription__user=user)
    shown = rows.select_related("subscription__area", "subscription__plan")[:_LISTED]
    return [each for each in shown if user.covers(each.subscription.area_id)]
