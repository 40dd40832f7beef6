"""What a civil-affairs bureau keeps of its supervision of funds and charities."""

from supervision.models.audits import AuditOpinion, AuditReport
from supervision.models.disclosures import Disclosure, DisclosureKind, DisclosurePlatform
from supervision.models.guidance import GuidanceForm, GuidanceVisit

__all__ = [
    "AuditOpinion",
    "AuditReport",
    "Disclosure",
    "DisclosureKind",
    "DisclosurePlatform",
    "GuidanceForm",
    "GuidanceVisit",
]
