"""What Celery runs."""

from celery import shared_task

from reports.filing.preparing import prepare_reports
from reports.filing.reminding import mail_reminders, remind


@shared_task
def prepare_due_reports() -> int:
    """Daily: have every due report ready and set down the reminders. Idempotent; how many were new."""
    created = len(prepare_reports())
    remind()
    mail_due_reminders.delay()
    return created


@shared_task
def mail_due_reminders() -> int:
    """Every ten minutes: mail what was set down. Idempotent."""
    return mail_reminders()
