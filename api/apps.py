"""App registration: 接口."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API that every record kind shares."""

    name = "api"
    verbose_name = "接口"
