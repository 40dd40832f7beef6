"""API of the record kinds."""

from api.records import RecordViewSet
from api.rows import Rows
from scenes.models import Activity, ActivityReach, Scene


class ActivityViewSet(RecordViewSet):
    """Activity records in scope."""

    queryset = Activity.objects.all()
    related = (Rows("communities", "reaches", ActivityReach, "activity", ("area",)),)
    example = {
        "area": "500103001",
        "name": "中华慈善日集中宣传",
        "held_on": "2026-09-05",
        "form": "publicity",
        "person_times": 200,
        "communities": ["500103001003"],
    }


class SceneViewSet(RecordViewSet):
    """Scene records in scope."""

    queryset = Scene.objects.all()
    example = {
        "area": "500103001003",
        "name": "华一坡社区慈善超市",
        "type": "supermarket",
        "opened_on": "2026-01-15",
        "has_staff": True,
        "has_place": True,
    }
