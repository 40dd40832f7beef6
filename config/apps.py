"""App registration of the wiring package (it owns the demonstration command)."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes the `demo` command discoverable."""

    name = "config"
    verbose_name = "平台"
