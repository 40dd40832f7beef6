"""App registration: 接口."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API of all record kinds."""

    name = "api"
    verbose_name = "接口"
