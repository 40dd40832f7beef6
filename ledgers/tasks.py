"""Celery tasks of imports, and the nightly deletion of files past their retention."""

import datetime

from celery import shared_task
from django.conf import settings
from django.db import transaction

from accounts.webhooks.sending import clear_sent
from api.writing.replaying import clear_replays
from ledgers import jobs
from ledgers.registry import KINDS
from reviews.evidence.retention import clear_uploads, remove_strays
from reviews.evidence.thumbnails import clear_thumbnails
from reviews.models import ImportJob
from reviews.trail.keeping import announce_ending, erase_ended

#: No upload takes this long, so a file that no row refers to by then is an orphan.
_STRAY_AFTER = datetime.timedelta(days=1)


@shared_task
def work_on_import(job_pk: int) -> None:
    """Check or store an upload. Idempotent."""
    jobs.work_on(job_pk, KINDS)


def start_import(job: ImportJob) -> None:
    """Process a small upload at once; hand a large one to a worker.

    Without broker or cache it stays as it is, and `take_up_imports` finds it.
    """
    if jobs.is_short(bytes(job.content)):
        jobs.work_on(job.pk, KINDS)
    else:
        transaction.on_commit(lambda: work_on_import.delay(job.pk), robust=True)


@shared_task
def take_up_imports() -> int:
    """Send uploads again whose worker or message was lost (every half minute); return how many."""
    left = jobs.unattended_jobs()
    for job_pk in left:
        work_on_import.delay(job_pk)
    return len(left)


@shared_task
def clear_files() -> None:
    """Delete files, deliveries and stored answers past their retention (every night). Idempotent."""
    clear_uploads(datetime.timedelta(days=settings.IMPORT_FILE_DAYS))
    remove_strays(_STRAY_AFTER)
    clear_thumbnails()
    clear_sent()
    clear_replays()


@shared_task
def erase_persons() -> None:
    """Erase the personal data whose keeping has ended, and announce the next (every night). Idempotent."""
    erase_ended()
    announce_ending()
