"""The Celery application; its broker is Redis if REDIS_URL is set, otherwise the file system."""

import os
from typing import Any

from celery import Celery, Task
from celery.signals import (
    beat_init,
    celeryd_init,
    heartbeat_sent,
    worker_process_init,
    worker_shutting_down,
)
from django.conf import settings
from kombu.exceptions import OperationalError
from typing_extensions import override

from audit.context import Acting, acting
from reviews.leases import excuse_this_worker
from running.heartbeat import heartbeat
from running.memory import bound_memory
from running.outages import patience
from running.private import write_privately

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class OutOfMemory(Exception):
    """A task needed more memory than `WORKER_MEMORY_MB`: Celery would end the worker for MemoryError."""


class PromptTask(Task):
    """A task whose message is sent at once or not at all: what it does is due in the database."""

    @override
    def __call__(self, *args: Any, **options: Any) -> Any:
        """Run the task; OutOfMemory when it needs too much."""
        try:
            with acting(Acting(task=str(self.name))):
                return super().__call__(*args, **options)
        except MemoryError as error:
            raise OutOfMemory(self.name) from error

    @override
    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Send the message; OperationalError without waiting while the broker does not answer."""
        if patience.rests:
            raise OperationalError("the broker did not answer a moment ago")
        try:
            return super().apply_async(*args, **options)
        except OperationalError as error:
            patience.note_failure(error)
            raise


app = Celery("config", task_cls=PromptTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Packages inside apps, which the line above does not search.
app.autodiscover_tasks(
    ["accounts.access", "accounts.webhooks", "accounts.confirming", "reports.exports", "desks.log"]
)


@celeryd_init.connect
@beat_init.connect
def be_patient(**_: object) -> None:
    """Let workers and the beat wait for a slow broker, try again to send a message, and write
    privately."""
    write_privately()
    patience.grow()
    app.conf.task_publish_retry = True
    if settings.REDIS_URL:
        app.conf.broker_transport_options = {}


@worker_process_init.connect
def bound_the_memory(**_: object) -> None:
    """Bound the memory of each process that runs tasks."""
    bound_memory(settings.WORKER_MEMORY_MB)


@heartbeat_sent.connect
def tell_that_it_lives(**_: object) -> None:
    """Let /readyz know of this worker."""
    heartbeat.beat()


@worker_shutting_down.connect
def excuse_the_jobs(**_: object) -> None:
    """Blame no job for the end of a worker that was told to stop."""
    excuse_this_worker()
