"""App registration: 待确认变更."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """Changes that one person proposes and another one confirms."""

    name = "proposals"
    verbose_name = "待确认变更"
