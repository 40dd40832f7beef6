"""Scenes of charity, and activities with the communities that they reached."""

from scenes.models.activities import (
    MEDIA,
    VENUES,
    Activity,
    ActivityForm,
    ActivityReach,
    ActivitySeries,
    CalendarDay,
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
    "MEDIA",
    "NAMED_TYPES",
    "SIX_HAVES",
    "VENUES",
    "Activity",
    "ActivityForm",
    "ActivityReach",
    "ActivitySeries",
    "CalendarDay",
    "OperationMode",
    "Premises",
    "Scene",
    "SceneType",
]
