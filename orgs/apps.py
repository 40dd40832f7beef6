"""App registration: 社会组织与队伍."""

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Charities, community organisations, volunteer teams and trainings."""

    name = "orgs"
    verbose_name = "社会组织与队伍"
