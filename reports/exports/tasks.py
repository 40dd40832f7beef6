"""Celery tasks of exports and subscriptions. All are idempotent."""

import datetime

from celery import shared_task
from django.conf import settings

from reports.exports import jobs, retention, subscribing

#: No file takes longer to make: an older one that no row names is left over.
_STRAY_AFTER = datetime.timedelta(days=1)


@shared_task
def make_file(name: str, pk: int) -> None:
    """Make the file of an export or a delivery."""
    jobs.work_on(name, pk)
    if name == "delivery":
        mail_deliveries.delay()


@shared_task
def take_up_files() -> int:
    """Every half minute: start the files whose worker died or whose message was lost; how many."""
    found = jobs.waiting()
    for name, pk in found:
        make_file.delay(name, pk)
    return len(found)


@shared_task
def deliver_subscriptions() -> int:
    """Daily: store the deliveries that are due or were missed, and start them; how many."""
    number = subscribing.create_deliveries()
    take_up_files.delay()
    return number


@shared_task
def mail_deliveries() -> int:
    """Every ten minutes: mail the files that were made; how many were handled."""
    return subscribing.mail_deliveries()


@shared_task
def clear_exports() -> None:
    """Every night: delete old files and left-over ones."""
    retention.clear_files(datetime.timedelta(days=settings.EXPORT_FILE_DAYS))
    retention.remove_strays(_STRAY_AFTER)
