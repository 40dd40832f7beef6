"""App registration: 演示."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demonstration data and the command `demo`, which enters it."""

    name = "demo"
    verbose_name = "演示"
