"""API of the record kinds."""

from api.records import RecordViewSet
from projects.models import Aid, Project


class AidViewSet(RecordViewSet):
    """Aid records in scope."""

    queryset = Aid.objects.all()
    example = {
        "area": "500103001003",
        "helped_on": "2026-03-03",
        "group": "elderly",
        "content": "助餐",
        "person_times": 12,
        "amount_yuan": "600.00",
    }


class ProjectViewSet(RecordViewSet):
    """Project records in scope."""

    queryset = Project.objects.all()
    example = {
        "area": "500103001003",
        "name": "华一坡社区助老项目",
        "for_elderly": True,
        "is_aid": True,
        "starts_on": "2026-03-01",
        "budget_yuan": "20000.00",
    }
