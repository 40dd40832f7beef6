"""App registration: 工作台."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """The desk (工作台) of each role: its start page."""

    name = "desks"
    verbose_name = "工作台"

    def ready(self) -> None:
        """Enter the page of the log into the administration."""
        import desks.log.pages  # noqa: F401
