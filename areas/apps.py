"""App registration: 行政区划."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """The tree every record hangs on."""

    name = "areas"
    verbose_name = "行政区划"
