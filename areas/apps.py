"""App registration: 行政区划."""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """The tree of administrative areas, to which every record belongs."""

    name = "areas"
    verbose_name = "行政区划"
