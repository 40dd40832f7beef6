"""API of the record kinds that have rows of their own."""

from api.records import RecordViewSet
from api.rows import Rows
from scenes.models import Activity, ActivityReach


class ActivityViewSet(RecordViewSet):
    """Activities in scope, with the communities that they reached."""

    queryset = Activity.objects.all()
    related = (Rows("communities", "reaches", ActivityReach, "activity", ("area",)),)
