"""What a civil-affairs bureau keeps of its supervision of funds and charities."""

from supervision.models.audits import AuditOpinion, AuditReport
from supervision.models.complaints import (
    Complaint,
    ComplaintAnswer,
    ComplaintChannel,
    ComplaintResult,
    ComplaintSubject,
    HotlineMedium,
    HotlineNotice,
)
from supervision.models.disclosures import (
    DISCLOSED,
    Disclosure,
    DisclosureKind,
    DisclosurePlatform,
)
from supervision.models.guidance import GuidanceForm, GuidanceVisit
from supervision.models.inspections import (
    STEPS,
    Acceptance,
    Inspection,
    InspectionKind,
    Rectification,
    Referral,
    steps_of,
)

__all__ = [
    "DISCLOSED",
    "STEPS",
    "Acceptance",
    "AuditOpinion",
    "AuditReport",
    "Complaint",
    "ComplaintAnswer",
    "ComplaintChannel",
    "ComplaintResult",
    "ComplaintSubject",
    "Disclosure",
    "DisclosureKind",
    "DisclosurePlatform",
    "GuidanceForm",
    "GuidanceVisit",
    "HotlineMedium",
    "HotlineNotice",
    "Inspection",
    "InspectionKind",
    "Rectification",
    "Referral",
    "steps_of",
]
