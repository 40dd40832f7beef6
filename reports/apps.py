"""App registration: 进展报告."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Seals figures and carries them up the tree."""

    name = "reports"
    verbose_name = "进展报告"
