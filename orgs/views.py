"""API of the record kinds."""

from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from reviews.views import RecordViewSet


class CharityViewSet(RecordViewSet):
    """Charity records in scope."""

    queryset = Charity.objects.all()


class CommunityOrgViewSet(RecordViewSet):
    """CommunityOrg records in scope."""

    queryset = CommunityOrg.objects.all()


class TrainingViewSet(RecordViewSet):
    """Training records in scope."""

    queryset = Training.objects.all()


class VolunteerTeamViewSet(RecordViewSet):
    """VolunteerTeam records in scope."""

    queryset = VolunteerTeam.objects.all()
