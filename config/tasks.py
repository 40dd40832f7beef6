"""What Celery runs of the wiring: uploads."""

from celery import shared_task

from config.ledgers import KINDS
from reviews.ledger.jobs import waiting, work_on


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
