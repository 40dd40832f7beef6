"""What Celery runs of webhooks."""

from celery import shared_task

from accounts.webhooks import sending

#: The next beat finds what is due again: messages do not pile up behind a slow receiver.
_EXPIRES = 60


@shared_task
def send_webhook(pk: int) -> None:
    """Send a delivery. Idempotent; who comes second finds it taken."""
    sending.send(pk)


@shared_task
def send_due_webhooks() -> int:
    """Every minute: what failed and is due again, and what lost its message. Returns how many."""
    found = sending.due()
    for pk in found:
        send_webhook.apply_async((pk,), expires=_EXPIRES)
    return len(found)
