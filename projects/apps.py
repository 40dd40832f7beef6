"""App registration: 项目与帮扶."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Charity projects and aid records."""

    name = "projects"
    verbose_name = "项目与帮扶"
