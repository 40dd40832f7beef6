"""Scenes of charity, activities with the communities that they reached, and emergencies."""

from scenes.models.activities import (
    MEDIA,
    VENUES,
    Activity,
    ActivityForm,
    ActivityReach,
    ActivitySeries,
    CalendarDay,
)
from scenes.models.emergency import (
    EVENTS,
    PARTS,
    EmergencyDrill,
    EmergencyEvent,
    EmergencyPlan,
    EmergencySupply,
)
from scenes.models.scenes import (
    NAMED_TYPES,
    SIX_HAVES,
    OperationMode,
    Premises,
    Scene,
    SceneType,
)

__all__ = [
    "EVENTS",
    "MEDIA",
    "NAMED_TYPES",
    "PARTS",
    "SIX_HAVES",
    "VENUES",
    "Activity",
    "ActivityForm",
    "ActivityReach",
    "ActivitySeries",
    "CalendarDay",
    "EmergencyDrill",
    "EmergencyEvent",
    "EmergencyPlan",
    "EmergencySupply",
    "OperationMode",
    "Premises",
    "Scene",
    "SceneType",
]
