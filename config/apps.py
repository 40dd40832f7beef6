"""Registers this package as an app, so that Django finds its command `serve`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from typing_extensions import override

from running.private import close_data_dir


class ConfigConfig(AppConfig):
    """The package with the command `serve`."""

    name = "config"
    verbose_name = "平台"

    @override
    def ready(self) -> None:
        """Close the data folder whenever an installation is brought up to date."""
        post_migrate.connect(close_data_dir, sender=self)
