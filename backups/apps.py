"""App registration: 备份与恢复."""

from django.apps import AppConfig
from typing_extensions import override


class BackupsConfig(AppConfig):
    """Backups of all data and files, and their restore; it has no models."""

    name = "backups"
    verbose_name = "备份与恢复"

    @override
    def ready(self) -> None:
        """Finish a restore that died in its last step."""
        from backups.restoring.staging import finish_at_start

        finish_at_start()
