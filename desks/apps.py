"""App registration: 工作台."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """The desk (工作台) of each role: its start page."""

    name = "desks"
    verbose_name = "工作台"
