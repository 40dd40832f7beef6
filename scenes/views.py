"""API viewsets of kinds with rows: activities."""

from api.records import RecordViewSet
from api.rows import Rows
from scenes.models import Activity, ActivityReach


class ActivityViewSet(RecordViewSet):
    """Activities with the communities they reached."""

    queryset = Activity.objects.all()
    related = (Rows("communities", "reaches", ActivityReach, "activity", ("area",)),)
