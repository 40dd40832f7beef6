"""App registration: 台账导入."""

from django.apps import AppConfig
from django.core.checks import register
from typing_extensions import override


class LedgersConfig(AppConfig):
    """Imports ledgers (Excel files) as records."""

    name = "ledgers"
    verbose_name = "台账导入"

    @override
    def ready(self) -> None:
        # Needs the models of all apps, so it is imported here.
        from ledgers.completeness import check_ledgers
        from ledgers.registry import collect_workbooks

        collect_workbooks()
        register(check_ledgers)
