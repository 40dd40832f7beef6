"""The Celery application; its broker is Redis if REDIS_URL is set, otherwise the file system."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Packages inside apps, which the line above does not search.
app.autodiscover_tasks(["accounts.webhooks", "reports.exports"])
