"""Turns an event into deliveries, which are stored in the event's transaction and sent after its
commit.

So nothing is sent for an event that is rolled back, and a lost task message loses no delivery.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from accounts.webhooks.tasks import send_due_webhooks, send_webhook
from areas.codes import is_within

#: The number of records that one delivery names at most.
RECORDS_AT_ONCE = 1000
_ROWS_AT_ONCE = 500


def announce_records(event: str, records: QuerySet[Model]) -> None:
    """Announce what has just happened to records of one kind; a constant number of queries per 1,000
    records.

    Each webhook learns of the records in its area. Without an active webhook it takes one query.
    """
    webhooks = _interested({event})
    if not webhooks:
        return
    kind = records.model._meta.label_lower
    # Sorted in Python: to order by key, SQLite would read the whole table.
    rows = sorted(records.order_by().values_list("pk", "area_id"))
    deliveries = []
    for webhook in webhooks:
        own = ({"id": pk, "area": code} for pk, code in rows if is_within(code, webhook.area_id))
        for part in _parts(own):
            data = {"kind": kind, "area": webhook.area_id, "records": part}
            deliveries.append(_delivery(webhook, event, webhook.area_id, data))
    _store(deliveries)


def announce(events: Sequence[str], area_code: str, data: Mapping[str, object]) -> None:
    """Announce an event at an area; `data` holds ids, area codes and digests, never business text."""
    deliveries = [
        _delivery(webhook, event, area_code, data)
        for webhook in _interested(set(events))
        for event in events
        if event in webhook.events and is_within(area_code, webhook.area_id)
    ]
    _store(deliveries)


def announce_to_all(event: str, data: Mapping[str, object]) -> None:
    """Announce an event of the whole platform to every webhook that subscribes to it."""
    _store([_delivery(each, event, each.area_id, data) for each in _interested({event})])


def send_again(deliveries: QuerySet[WebhookDelivery]) -> int:
    """Set failed deliveries back to waiting with all attempts ahead; return their number."""
    number = deliveries.filter(state=DeliveryState.DEAD).update(
        state=DeliveryState.WAITING,
        attempts=0,
        next_attempt_at=timezone.now(),
        settled_at=None,
    )
    transaction.on_commit(lambda: send_due_webhooks.apply_async(retry=False), robust=True)
    return number


def _interested(events: set[str]) -> list[Webhook]:
    """Return the active webhooks that subscribe to any of the events.

    There are few webhooks, and SQLite cannot query a JSON list, so they are filtered here.
    """
    return [each for each in Webhook.objects.filter(is_active=True) if events & set(each.events)]


def _parts(records: Iterator[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    while part := list(islice(records, RECORDS_AT_ONCE)):
        yield part


def _delivery(
    webhook: Webhook, event: str, area_code: str, data: Mapping[str, object]
) -> WebhookDelivery:
    stamp, now = uuid.uuid4(), timezone.now()
    at = timezone.localtime(now).isoformat(timespec="seconds")
    return WebhookDelivery(
        webhook=webhook,
        event_id=stamp,
        event=event,
        area_code=area_code,
        payload={"id": str(stamp), "event": event, "at": at, **data},
        next_attempt_at=now,
    )


def _store(deliveries: list[WebhookDelivery]) -> None:
    if not deliveries:
        return
    made = WebhookDelivery.objects.bulk_create(deliveries, batch_size=_ROWS_AT_ONCE)
    # Robust: without a broker the event stays committed, and the beat sends what is due.
    transaction.on_commit(lambda: _start([each.pk for each in made]), robust=True)


def _start(pks: list[int]) -> None:
    for pk in pks:
        send_webhook.apply_async((pk,), retry=False)
