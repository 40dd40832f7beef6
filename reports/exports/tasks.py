"""Celery tasks of exports and subscriptions. All are idempotent."""

import datetime

from celery import shared_task
from django.conf import settings

from reports.exports import jobs, retention, subscribing

#: No file takes longer to make, so an older one that no row names is an orphan.
_STRAY_AFTER = datetime.timedelta(days=1)


@shared_task
def make_file(name: str, pk: int) -> None:
    """Make the file of an export or a delivery."""
    jobs.work_on(name, pk)
    if name == "delivery":
        mail_deliveries.delay()


@shared_task
def take_up_files() -> int:
    """Start files whose worker or message was lost (every half minute); return how many."""
    found = jobs.waiting()
    for name, pk in found:
        make_file.delay(name, pk)
    return len(found)


@shared_task
def deliver_subscriptions() -> int:
    """Store the deliveries that are due or were missed, and start them (daily); return how many."""
    number = subscribing.create_deliveries()
    take_up_files.delay()
    return number


@shared_task
def mail_deliveries() -> int:
    """Mail the finished files (every ten minutes); return how many were handled."""
    return subscribing.mail_deliveries()


@shared_task
def clear_exports() -> None:
    """Delete old and orphaned files (every night)."""
    retention.clear_files(datetime.timedelta(days=settings.EXPORT_FILE_DAYS))
    retention.remove_strays(_STRAY_AFTER)
