"""App registration: 工作台."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """The start page of each role."""

    name = "desks"
    verbose_name = "工作台"
