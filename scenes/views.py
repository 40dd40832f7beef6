"""API of scenes's record kinds."""

from reviews.views import RecordViewSet
from scenes.models import Activity, Scene


class ActivityViewSet(RecordViewSet):
    """Activity records in scope."""

    queryset = Activity.objects.all()


class SceneViewSet(RecordViewSet):
    """Scene records in scope."""

    queryset = Scene.objects.all()
