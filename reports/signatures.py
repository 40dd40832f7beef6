"""Who signs a report together (会签), who has signed, and who is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Role
from areas.codes import TOWNSHIP_LEVEL
from indicators.models.offices import Office
from reports.models import JointSignature, Report

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Signing:
    """A signatory of a report, and its last signature under the next edition."""

    office: Office
    signature: JointSignature | None

    def holds(self, digest: str) -> bool:
        """Whether it has signed exactly this content."""
        return self.signature is not None and self.signature.digest == digest


def may_file(user: User, report: Report) -> bool:
    """Whether the user may sign the report.

    The area's own reviewer may; in townships and communities, which have clerks only, its clerk, too.
    """
    if user.area_id != report.area_id or not user.sees_records:
        return False
    return user.is_reviewer or (user.is_clerk and report.area.level >= TOWNSHIP_LEVEL)


def signings_of(report: Report) -> list[Signing]:
    """Return the signatories of the report's next edition with their signatures."""
    rows = report.signatures.filter(number=report.editions.count() + 1).select_related("by")
    last = {row.signatory: row for row in rows}
    offices = report.plan.signatories_of(report.area)
    return [Signing(office, last.get(office.name)) for office in offices]


def signs_for(user: User, report: Report) -> list[Office]:
    """Return the signatories that a user of the report's area signs for.

    An office with a department is signed for by the reviewers and observers of that department, any
    other by those who may file and are of no department that another signatory names.
    """
    if user.area_id != report.area_id or not user.sees_records:
        return []
    offices = report.plan.signatories_of(report.area)
    departments = {office.department for office in offices if office.department}
    return [office for office in offices if _signs_for(user, report, office, departments)]


def _signs_for(user: User, report: Report, office: Office, departments: set[str]) -> bool:
    if office.department:
        is_leader = user.role in (Role.REVIEWER, Role.OBSERVER)
        return is_leader and user.department == office.department
    return may_file(user, report) and user.department not in departments


def fault_of(report: Report, by: User, digest: str) -> str:
    """Say in Chinese who still has to sign a content that `by` is about to seal; "" if nobody.

    Sealing signs for the offices that `by` signs for.
    """
    if not report.plan.report_joint:
        return ""
    own = signs_for(by, report)
    others = [each for each in signings_of(report) if each.office not in own]
    missing = [each.office.name for each in others if each.signature is None]
    stale = [each.office.name for each in others if each.signature and not each.holds(digest)]
    told = []
    if missing:
        told.append(f"{'、'.join(missing)}尚未会签")
    if stale:
        told.append(f"{'、'.join(stale)}会签之后报告内容有变化，须重新会签")
    return "；".join(told)
