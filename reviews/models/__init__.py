"""Models of the review: the base of business records, their events, evidence and import batches."""

from reviews.models.attachments import Attachment, AttachmentKind, attachment_path, private_storage
from reviews.models.choice_lists import ChoiceListField
from reviews.models.constraints import at_most_one, days_in_order, once
from reviews.models.contents import cover_contents, verify_records
from reviews.models.declaration import ExportedColumn, KindDeclaration
from reviews.models.events import RECORD_APPROVED, ReviewEvent
from reviews.models.imports import (
    AT_WORK,
    WORKBOOK_TITLES,
    ImportBatch,
    ImportJob,
    JobState,
    workbook_choices,
)
from reviews.models.personal import (
    Asker,
    Basis,
    PersonalAct,
    PersonalNotice,
    PersonalRequest,
)
from reviews.models.states import (
    EDITABLE,
    IMPORT_REASON,
    REASON_LENGTH,
    REASONED,
    UNDO_REASON,
    Action,
    Status,
    text_fault,
)
from reviews.models.submission import Submission
from reviews.models.versions import (
    belongings_changed,
    belongings_of,
    version_of,
    version_of_set,
    versions_of,
)

__all__ = [
    "AT_WORK",
    "EDITABLE",
    "IMPORT_REASON",
    "REASONED",
    "REASON_LENGTH",
    "RECORD_APPROVED",
    "UNDO_REASON",
    "WORKBOOK_TITLES",
    "Action",
    "Asker",
    "Attachment",
    "AttachmentKind",
    "Basis",
    "ChoiceListField",
    "ExportedColumn",
    "ImportBatch",
    "ImportJob",
    "JobState",
    "KindDeclaration",
    "PersonalAct",
    "PersonalNotice",
    "PersonalRequest",
    "ReviewEvent",
    "Status",
    "Submission",
    "at_most_one",
    "attachment_path",
    "belongings_changed",
    "belongings_of",
    "cover_contents",
    "days_in_order",
    "once",
    "private_storage",
    "text_fault",
    "verify_records",
    "version_of",
    "version_of_set",
    "versions_of",
    "workbook_choices",
]
