"""The models of reports, their editions and reminders, and of exported files."""

from reports.models.exports import Delivery, Export, FileState, MadeFile, Subscription
from reports.models.filing import (
    EDITION_SEALED,
    RECIPIENT_LENGTH,
    REPORT_DUE,
    REPORT_FILED,
    Edition,
    EditionMember,
    FilingStatus,
    Report,
    ReportAction,
    ReportEvent,
    ReportQuerySet,
    ReportState,
)
from reports.models.reminders import Reminder
from reports.models.signing import JointSignature

__all__ = [
    "EDITION_SEALED",
    "RECIPIENT_LENGTH",
    "REPORT_DUE",
    "REPORT_FILED",
    "Delivery",
    "Edition",
    "EditionMember",
    "Export",
    "FileState",
    "FilingStatus",
    "JointSignature",
    "MadeFile",
    "Reminder",
    "Report",
    "ReportAction",
    "ReportEvent",
    "ReportQuerySet",
    "ReportState",
    "Subscription",
]
