"""API of scenes's record kinds."""

from scenes.models import Activity, Scene
from reviews.views import RecordViewSet


class ActivityViewSet(RecordViewSet):
    """Activity records in scope."""

    queryset = Activity.objects.all()


class SceneViewSet(RecordViewSet):
    """Scene records in scope."""

    queryset = Scene.objects.all()
