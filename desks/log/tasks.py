"""Celery tasks of the desks."""

from celery import shared_task

from desks.log.night import check_the_night


@shared_task
def check_integrity() -> str:
    """Check log, records, figures and editions (every night); return the result in Chinese."""
    return check_the_night().sentence
