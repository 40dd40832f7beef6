"""Celery tasks of webhooks."""

from celery import shared_task

from accounts.webhooks import sending

#: Seconds until a message expires; the next beat sends what is due, so messages do not pile up.
_EXPIRES = 60


@shared_task
def send_webhook(pk: int) -> None:
    """Send a delivery. Idempotent: a second worker finds it reserved."""
    sending.send_delivery(pk)


@shared_task
def send_due_webhooks() -> int:
    """Start every delivery that is due (every minute): retries, and those whose message was lost.
    Return how many."""
    found = sending.due_deliveries()
    for pk in found:
        send_webhook.apply_async((pk,), expires=_EXPIRES)
    return len(found)
