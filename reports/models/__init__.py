"""Reports with their editions, and the files that people export."""

from reports.models.exports import Delivery, Export, FileState, MadeFile, Subscription
from reports.models.filing import (
    Edition,
    EditionMember,
    FilingStatus,
    Reminder,
    Report,
    ReportAction,
    ReportEvent,
    ReportQuerySet,
    ReportState,
)

__all__ = [
    "Delivery",
    "Edition",
    "EditionMember",
    "Export",
    "FileState",
    "FilingStatus",
    "MadeFile",
    "Reminder",
    "Report",
    "ReportAction",
    "ReportEvent",
    "ReportQuerySet",
    "ReportState",
    "Subscription",
]
