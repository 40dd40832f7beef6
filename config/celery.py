"""The Celery application: Redis where REDIS_URL is set, the file system otherwise."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Packages of apps, which the line above leaves out.
app.autodiscover_tasks(["accounts.webhooks", "reports.exports"])
