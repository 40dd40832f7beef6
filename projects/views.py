"""API of the record kinds."""

from projects.models import Aid, Project
from reviews.views import RecordViewSet


class AidViewSet(RecordViewSet):
    """Aid records in scope."""

    queryset = Aid.objects.all()


class ProjectViewSet(RecordViewSet):
    """Project records in scope."""

    queryset = Project.objects.all()
