"""Background work that stands still: what has been waiting for a worker too long, or was given up."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Min
from django.utils import timezone

from accounts.webhooks.models import DeliveryState, WebhookDelivery
from ledgers.jobs import unattended_jobs
from reports.exports import jobs as export_jobs
from reports.models.exports import Delivery, Export
from reviews.leases import MOST_BREAKS
from reviews.models import ImportJob, JobState

#: The beat looks every half minute: whoever waits longer than this has no worker.
_PATIENCE = datetime.timedelta(minutes=5)
#: A slow receiver may keep its own deliveries waiting.
_PATIENCE_WITH_RECEIVERS = datetime.timedelta(minutes=30)
#: Files of subscriptions are started at seven in the morning of their day.
_STARTED_AT = datetime.time(7)
_LISTED = 20


class Waiting(NamedTuple):
    """Work of one kind that waits for a worker: how much, and since when the oldest waits."""

    title: str
    number: int
    since: datetime.datetime


def standing_still(now: datetime.datetime | None = None) -> list[Waiting]:
    """Return the work that no worker has taken up in good time; empty while all is well."""
    moment = now or timezone.now()
    work = ((_uploads(), _PATIENCE), (_exports(), _PATIENCE), (_deliveries(), _PATIENCE))
    found = [*work, (_webhooks(moment), _PATIENCE_WITH_RECEIVERS)]
    return [each for each, patience in found if each and moment - each.since > patience]


def sentence_about(waiting: Sequence[Waiting], now: datetime.datetime | None = None) -> str:
    """Return what stands still and what to do, in Chinese; empty while all is well."""
    if not waiting:
        return ""
    moment = now or timezone.now()
    parts = [
        f"{each.title}{each.number}份（最早的已等{_span(moment - each.since)}）" for each in waiting
    ]
    return (
        f"后台任务没有进展：{'、'.join(parts)}等候处理。请检查后台任务（celery worker）、"
        "定时任务（celery beat）和 Redis 是否在运行；恢复后会自动处理，不必重新提交。"
    )


def _span(span: datetime.timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes}分钟"
    return f"{minutes // 60}小时" if minutes < 48 * 60 else f"{minutes // (24 * 60)}天"


def _uploads() -> Waiting | None:
    rows = ImportJob.objects.filter(pk__in=unattended_jobs())
    return _waiting("上传的台账", list(rows.values_list("asked_at", flat=True)))


def _exports() -> Waiting | None:
    keys = [pk for name, pk in export_jobs.waiting() if name == "export"]
    rows = Export.objects.filter(pk__in=keys)
    return _waiting("导出的台账", list(rows.values_list("requested_at", flat=True)))


def _deliveries() -> Waiting | None:
    keys = [pk for name, pk in export_jobs.waiting() if name == "delivery"]
    days = Delivery.objects.filter(pk__in=keys).values_list("due_on", flat=True)
    moments = [datetime.datetime.combine(day, _STARTED_AT) for day in days]
    return _waiting("定期报表", [timezone.make_aware(moment) for moment in moments])


def _webhooks(now: datetime.datetime) -> Waiting | None:
    due = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_attempt_at__lte=now)
    first = due.aggregate(first=Min("next_attempt_at"))["first"]
    return Waiting("回调通知", due.count(), first) if first else None


def _waiting(title: str, moments: Sequence[datetime.datetime]) -> Waiting | None:
    return Waiting(title, len(moments), min(moments)) if moments else None


def given_up_uploads() -> list[ImportJob]:
    """Return the newest uploads that were given up and whose file is still there."""
    rows = ImportJob.objects.filter(
        state=JobState.REFUSED, attempts__gte=MOST_BREAKS, cleared_at__isnull=True
    )
    return list(rows.select_related("area").defer("content", "found")[:_LISTED])
