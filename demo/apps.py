"""App registration: 演示."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demonstration data; owns the demo command."""

    name = "demo"
    verbose_name = "演示"
