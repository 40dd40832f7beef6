"""An event becomes deliveries: rows in the transaction that makes the event, sent after its commit.

So there is no delivery of what was rolled back, and none is lost with a message.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.webhooks.models import DeliveryState, Event, Webhook, WebhookDelivery
from accounts.webhooks.tasks import send_due_webhooks, send_webhook
from areas.codes import is_within

#: So many records one delivery names.
RECORDS_AT_ONCE = 1000
_ROWS_AT_ONCE = 500


def announce_approved(records: QuerySet[Any]) -> None:
    """Tell of records of one kind that were approved just now; a constant number of queries per 1,000.

    Each webhook is told of what lies in its area. Without an active webhook: one query.
    """
    webhooks = _interested({Event.RECORD_APPROVED})
    if not webhooks:
        return
    kind = records.model._meta.label_lower
    # Sorted here: in the order of their keys SQLite would read the whole table.
    rows = sorted(records.order_by().values_list("pk", "area_id"))
    deliveries = []
    for webhook in webhooks:
        own = ({"id": pk, "area": code} for pk, code in rows if is_within(code, webhook.area_id))
        for part in _parts(own):
            data = {"kind": kind, "area": webhook.area_id, "records": part}
            deliveries.append(_delivery(webhook, Event.RECORD_APPROVED, webhook.area_id, data))
    _put_down(deliveries)


def announce(events: Sequence[Event], area_code: str, data: Mapping[str, Any]) -> None:
    """Tell of something that happened at an area; `data`: ids, codes and digests, no business words."""
    deliveries = [
        _delivery(webhook, event, area_code, data)
        for webhook in _interested(set(events))
        for event in events
        if event in webhook.events and is_within(area_code, webhook.area_id)
    ]
    _put_down(deliveries)


def send_again(deliveries: QuerySet[Any]) -> int:
    """发送失败 → 等待发送, with all its attempts before it; returns how many."""
    number = deliveries.filter(state=DeliveryState.DEAD).update(
        state=DeliveryState.WAITING,
        attempts=0,
        next_attempt_at=timezone.now(),
        settled_at=None,
    )
    transaction.on_commit(lambda: send_due_webhooks.apply_async(retry=False), robust=True)
    return number


def _interested(events: set[Event]) -> list[Webhook]:
    """Active webhooks for any of the events: they are few, and SQLite cannot ask a JSON list."""
    return [each for each in Webhook.objects.filter(is_active=True) if events & set(each.events)]


def _parts(records: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while part := list(islice(records, RECORDS_AT_ONCE)):
        yield part


def _delivery(
    webhook: Webhook, event: Event, area_code: str, data: Mapping[str, Any]
) -> WebhookDelivery:
    stamp, now = uuid.uuid4(), timezone.now()
    at = timezone.localtime(now).isoformat(timespec="seconds")
    return WebhookDelivery(
        webhook=webhook,
        event_id=stamp,
        event=event,
        area_code=area_code,
        payload={"id": str(stamp), "event": event.value, "at": at, **data},
        next_attempt_at=now,
    )


def _put_down(deliveries: list[WebhookDelivery]) -> None:
    if not deliveries:
        return
    made = WebhookDelivery.objects.bulk_create(deliveries, batch_size=_ROWS_AT_ONCE)
    # Robust: without a broker the work that was done stands, and the beat finds what is due.
    transaction.on_commit(lambda: _start([each.pk for each in made]), robust=True)


def _start(pks: list[int]) -> None:
    for pk in pks:
        send_webhook.apply_async((pk,), retry=False)
