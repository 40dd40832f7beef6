"""Registers this package as an app, so that Django finds its command `serve`."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The package with the command `serve`."""

    name = "config"
    verbose_name = "平台"
