"""When the beat starts which task."""

from celery.schedules import crontab

TIMETABLE: dict[str, dict[str, object]] = {
    "prepare-reports": {
        "task": "reports.tasks.prepare_due_reports",
        "schedule": crontab(hour=6, minute=30),
    },
    "mail-reminders": {
        "task": "reports.tasks.mail_due_reminders",
        "schedule": crontab(minute="*/10"),
    },
    "deliver-subscriptions": {
        "task": "reports.exports.tasks.deliver_subscriptions",
        "schedule": crontab(hour=7, minute=0),
    },
    "mail-deliveries": {
        "task": "reports.exports.tasks.mail_deliveries",
        "schedule": crontab(minute="*/10"),
    },
    "take-up-files": {"task": "reports.exports.tasks.take_up_files", "schedule": 30.0},
    "clear-exports": {
        "task": "reports.exports.tasks.clear_exports",
        "schedule": crontab(hour=2, minute=45),
    },
    "send-due-webhooks": {
        "task": "accounts.webhooks.tasks.send_due_webhooks",
        "schedule": crontab(),
    },
    "take-up-imports": {"task": "ledgers.tasks.take_up_imports", "schedule": 30.0},
    "clear-logins": {
        "task": "accounts.access.tasks.clear_logins",
        "schedule": crontab(hour=2, minute=15),
    },
    "erase-persons": {
        "task": "ledgers.tasks.erase_persons",
        "schedule": crontab(hour=1, minute=15),
    },
    "clear-files": {"task": "ledgers.tasks.clear_files", "schedule": crontab(hour=2, minute=30)},
    # The log: what a page could not tie to the chain, what is kept no longer, and the check of all.
    "tie-log": {"task": "audit.tasks.tie_log", "schedule": 300.0},
    "clear-log": {"task": "audit.tasks.clear_log", "schedule": crontab(hour=3, minute=0)},
    "back-up": {"task": "backups.tasks.back_up", "schedule": crontab(hour=1, minute=30)},
    "check-integrity": {
        "task": "desks.log.tasks.check_integrity",
        "schedule": crontab(hour=3, minute=30),
    },
}
