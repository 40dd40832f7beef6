"""API of the record kinds."""

from reviews.api.rows import Rows
from reviews.views import RecordViewSet
from scenes.models import Activity, ActivityReach, Scene


class ActivityViewSet(RecordViewSet):
    """Activity records in scope."""

    queryset = Activity.objects.all()
    related = (Rows("communities", "reaches", ActivityReach, "activity", ("area",)),)


class SceneViewSet(RecordViewSet):
    """Scene records in scope."""

    queryset = Scene.objects.all()
