"""App registration: 台账导入."""

from django.apps import AppConfig
from typing_extensions import override


class LedgersConfig(AppConfig):
    """Imports ledgers (Excel files) as records."""

    name = "ledgers"
    verbose_name = "台账导入"

    @override
    def ready(self) -> None:
        # Needs the models of all apps, so it is imported here.
        from ledgers.registry import collect

        collect()
