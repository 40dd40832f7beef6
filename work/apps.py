"""App registration: 任务与工作."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """What areas do for the tasks of a plan: progress, single pieces of work, verdicts on goals."""

    name = "work"
    verbose_name = "任务与工作"
