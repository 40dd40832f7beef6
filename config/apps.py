"""App registration of the wiring package (it owns the `serve` command)."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes the `serve` command discoverable."""

    name = "config"
    verbose_name = "平台"
