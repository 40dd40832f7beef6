"""App registration: 台账导入."""

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    """Reads ledgers (Excel) into records."""

    name = "ledgers"
    verbose_name = "台账导入"
