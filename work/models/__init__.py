"""What areas do for a plan: progress of its tasks, pieces of work, applications to be a demonstration."""

from work.models.demonstration import (
    DIMENSIONS,
    MOST_POINTS,
    Decision,
    DemonstrationApplication,
    DemonstrationDecision,
)
from work.models.records import OTHER_KIND, WorkRecord
from work.models.tasks import GoalVerdict, ProgressState, TaskProgress, Verdict

__all__ = [
    "DIMENSIONS",
    "MOST_POINTS",
    "OTHER_KIND",
    "Decision",
    "DemonstrationApplication",
    "DemonstrationDecision",
    "GoalVerdict",
    "ProgressState",
    "TaskProgress",
    "Verdict",
    "WorkRecord",
]
