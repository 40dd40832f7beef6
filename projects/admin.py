"""Pages of projects and aid."""

from django.contrib import admin

from projects.models import Aid, Project
from reviews.record_admin import RecordAdmin


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    """公益慈善项目."""

    kind_filters = ("is_aid", "source")

    def list_fields(self) -> tuple[str, ...]:
        """帮扶, start and budget."""
        return ("is_aid", "starts_on", "budget_yuan")


@admin.register(Aid)
class AidAdmin(RecordAdmin):
    """帮扶记录."""

    kind_filters = ("group",)

    def list_fields(self) -> tuple[str, ...]:
        """Group, day, 人次."""
        return ("group", "helped_on", "person_times")
