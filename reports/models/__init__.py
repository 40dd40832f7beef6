"""Reports with their editions, and the files that people export."""

from reports.models.exports import Delivery, Export, FileState, MadeFile, Subscription
from reports.models.filing import (
    Edition,
    EditionMember,
    Reminder,
    Report,
    ReportAction,
    ReportEvent,
    ReportQuerySet,
    ReportState,
    Standing,
)

__all__ = [
    "Delivery",
    "Edition",
    "EditionMember",
    "Export",
    "FileState",
    "MadeFile",
    "Reminder",
    "Report",
    "ReportAction",
    "ReportEvent",
    "ReportQuerySet",
    "ReportState",
    "Standing",
    "Subscription",
]
