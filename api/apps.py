"""App registration: 接口."""

from django.apps import AppConfig
from django.core.checks import register
from typing_extensions import override


class ApiConfig(AppConfig):
    """The REST API of all record kinds."""

    name = "api"
    verbose_name = "接口"

    @override
    def ready(self) -> None:
        # Needs the models of all apps, so it is imported here.
        from api.routes import check_addresses, check_rows

        register(check_addresses)
        register(check_rows)
