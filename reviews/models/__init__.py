"""The base of every business record, its events, and the batches it came in."""

from reviews.models.attachments import Attachment, AttachmentKind, attachment_path, private_storage
from reviews.models.declaration import ExportedColumn, KindDeclaration
from reviews.models.events import ReviewEvent
from reviews.models.imports import AT_WORK, ImportBatch, ImportJob, JobState, LedgerKind
from reviews.models.states import (
    EDITABLE,
    IMPORT_REASON,
    REASON_LENGTH,
    REASONED,
    UNDO_REASON,
    Action,
    Status,
    length_fault,
)
from reviews.models.submission import Submission

__all__ = [
    "AT_WORK",
    "EDITABLE",
    "IMPORT_REASON",
    "REASONED",
    "REASON_LENGTH",
    "UNDO_REASON",
    "Action",
    "Attachment",
    "AttachmentKind",
    "ExportedColumn",
    "ImportBatch",
    "ImportJob",
    "JobState",
    "KindDeclaration",
    "LedgerKind",
    "ReviewEvent",
    "Status",
    "Submission",
    "attachment_path",
    "length_fault",
    "private_storage",
]
