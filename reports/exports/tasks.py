"""What Celery runs of exports and subscriptions."""

import datetime

from celery import shared_task
from django.conf import settings

from reports.exports import jobs, retention, subscribing

#: No file takes so long: one that no row names by then is nobody's.
_STRAY_AFTER = datetime.timedelta(days=1)


@shared_task
def make_file(name: str, pk: int) -> None:
    """Make an export or a delivery. Idempotent."""
    jobs.work_on(name, pk)
    if name == "delivery":
        mail_deliveries.delay()


@shared_task
def take_up_files() -> int:
    """Every half minute: files whose worker or message was lost are sent again."""
    found = jobs.waiting()
    for name, pk in found:
        make_file.delay(name, pk)
    return len(found)


@shared_task
def deliver_subscriptions() -> int:
    """Daily: what is due today and what was missed. Idempotent; how many periods were new."""
    number = subscribing.set_down()
    take_up_files.delay()
    return number


@shared_task
def mail_deliveries() -> int:
    """Every ten minutes: mail what was made. Idempotent."""
    return subscribing.mail_deliveries()


@shared_task
def clear_exports() -> None:
    """Every night. Idempotent."""
    retention.clear_files(datetime.timedelta(days=settings.EXPORT_FILE_DAYS))
    retention.remove_strays(_STRAY_AFTER)
