"""Pages of charities, community organisations, teams and trainings."""

from django.contrib import admin

from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from reviews.record_admin import RecordAdmin


@admin.register(Charity)
class CharityAdmin(RecordAdmin):
    """慈善组织."""

    kind_filters = ("has_public_fundraising", "legal_form")

    def list_fields(self) -> tuple[str, ...]:
        """Registration and 公开募捐资格."""
        return ("registered_on", "has_public_fundraising")


@admin.register(CommunityOrg)
class CommunityOrgAdmin(RecordAdmin):
    """社区社会组织."""

    kind_filters = ("category", "tier")

    def list_fields(self) -> tuple[str, ...]:
        """Kind, tier and day."""
        return ("category", "tier", "registered_on")


@admin.register(VolunteerTeam)
class VolunteerTeamAdmin(RecordAdmin):
    """志愿服务队伍."""

    def list_fields(self) -> tuple[str, ...]:
        """Day and size."""
        return ("founded_on", "volunteers")


@admin.register(Training)
class TrainingAdmin(RecordAdmin):
    """人才培训."""

    def list_fields(self) -> tuple[str, ...]:
        """Day and 人次."""
        return ("held_on", "person_times")
