"""What Celery runs of the wiring: uploads, and what was kept long enough."""

import datetime

from celery import shared_task
from django.conf import settings

from accounts.webhooks.sending import clear_sent
from config.ledgers import KINDS
from reviews.ledger.jobs import waiting, work_on
from reviews.retention import clear_uploads, remove_strays

#: No upload takes so long: a file that no row names by then is nobody's.
_STRAY_AFTER = datetime.timedelta(days=1)


@shared_task
def work_on_import(job_pk: int) -> None:
    """Check or store an upload. Idempotent."""
    work_on(job_pk, KINDS)


@shared_task
def take_up_imports() -> int:
    """Every half minute: uploads whose worker or message was lost are sent again."""
    jobs = waiting()
    for job_pk in jobs:
        work_on_import.delay(job_pk)
    return len(jobs)


@shared_task
def clear_files() -> None:
    """Every night. Idempotent."""
    clear_uploads(datetime.timedelta(days=settings.IMPORT_FILE_DAYS))
    remove_strays(_STRAY_AFTER)
    clear_sent()
