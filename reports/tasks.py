"""What Celery runs."""

from celery import shared_task

from reports.preparing import prepare_reports


@shared_task
def prepare_due_reports() -> int:
    """Daily: have every due report ready. Idempotent; returns how many were new."""
    return len(prepare_reports())
