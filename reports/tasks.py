"""The Celery tasks of reports."""

from celery import shared_task

from reports.filing.preparing import prepare_reports
from reports.filing.reminding import mail_reminders, remind


@shared_task
def prepare_due_reports() -> int:
    """Prepare every due report and store its reminders; return how many reports are new.

    Runs daily; running it twice changes nothing.
    """
    created = len(prepare_reports())
    remind()
    mail_due_reminders.delay()
    return created


@shared_task
def mail_due_reminders() -> int:
    """Mail the reminders that are waiting; return how many mails went out.

    Runs every ten minutes; running it twice changes nothing.
    """
    return mail_reminders()
