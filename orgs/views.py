"""API of the record kinds."""

from api.records import RecordViewSet
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam


class CharityViewSet(RecordViewSet):
    """Charity records in scope."""

    queryset = Charity.objects.all()
    example = {
        "area": "500103",
        "name": "重庆市渝中区慈善会",
        "legal_form": "association",
        "registered_on": "2010-06-01",
    }


class CommunityOrgViewSet(RecordViewSet):
    """CommunityOrg records in scope."""

    queryset = CommunityOrg.objects.all()
    example = {
        "area": "500103001003",
        "name": "华一坡社区邻里互助会",
        "category": "charity",
        "tier": "street",
        "number": "渝中社备000001",
        "registered_on": "2025-03-01",
        "members": 20,
    }


class TrainingViewSet(RecordViewSet):
    """Training records in scope."""

    queryset = Training.objects.all()
    example = {
        "area": "500103001",
        "name": "慈善骨干培训",
        "held_on": "2026-05-04",
        "person_times": 40,
    }


class VolunteerTeamViewSet(RecordViewSet):
    """VolunteerTeam records in scope."""

    queryset = VolunteerTeam.objects.all()
    example = {
        "area": "500103001003",
        "name": "华一坡社区志愿服务队",
        "founded_on": "2024-05-01",
        "volunteers": 35,
    }
