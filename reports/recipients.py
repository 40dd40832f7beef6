"""Who receives a report, for whom an account acts, and how far each recipient has come."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import models

from areas.codes import cut_to
from areas.models import Area
from indicators.models.offices import Office
from reports.filers import level_above
from reports.models import Report, ReportAction, ReportEvent

if TYPE_CHECKING:
    from accounts.models import User

#: The events that say how far the recipients of a report have come.
TELLING: Final = (
    ReportAction.FILE,
    ReportAction.CORRECT,
    ReportAction.RECEIVE,
    ReportAction.RETURN,
)


class ReceptionState(models.TextChoices):
    """How far one recipient of a report has come with its last edition."""

    WAITING = "waiting", "待接收"
    RECEIVED = "received", "已接收"
    RETURNED = "returned", "已退回"


@dataclass(frozen=True)
class Reception:
    """A recipient of a report, and what it did with the last edition, by whom and when."""

    office: Office
    event: ReportEvent | None

    @property
    def state(self) -> ReceptionState:
        """Whether it has received or returned the last edition."""
        if self.event is None:
            return ReceptionState.WAITING
        is_return = self.event.action == ReportAction.RETURN
        return ReceptionState.RETURNED if is_return else ReceptionState.RECEIVED

    @property
    def at(self) -> datetime.datetime | None:
        """When it received or returned it."""
        return self.event.at if self.event else None


def area_above(report: Report) -> Area | None:
    """Return the area that a report is filed to; None for the plan's own area."""
    level = level_above(report.plan, report.area.level)
    if level is None:
        return None
    return Area.objects.filter(code=cut_to(report.area_id, level)).first()


def recipients_of(report: Report) -> list[Office]:
    """Return who receives a report: as it was first filed, else as the plan says now."""
    if report.recipients:
        return [Office.read(each) for each in report.recipients]
    if report.is_compilation:
        return []
    return report.plan.recipients_of(report.area, area_above(report))


def receptions(offices: Iterable[Office], events: Iterable[ReportEvent]) -> list[Reception]:
    """Return each recipient with what it did since the last filing; `events` in their order."""
    last: dict[str, ReportEvent] = {}
    for event in events:
        if event.action in (ReportAction.FILE, ReportAction.CORRECT):
            last = {}
        elif event.action in (ReportAction.RECEIVE, ReportAction.RETURN):
            last[event.recipient] = event
    return [Reception(office, last.get(office.name)) for office in offices]


def receptions_of(report: Report) -> list[Reception]:
    """Return the recipients of a report with their states."""
    events = report.events.filter(action__in=TELLING).select_related("by")
    return receptions(recipients_of(report), events)


def offices_of(user: User, report: Report, offices: Sequence[Office]) -> list[Office]:
    """Return the recipients that a user acts for.

    The plan says so for each: role, area and department of the accounts. The user must cover the
    report's area from above.
    """
    if not user.covers(report.area_id) or user.area_id == report.area_id:
        return []
    departments = {each.department for each in offices if each.department}
    return [office for office in offices if _acts_for(user, office, departments)]


def _acts_for(user: User, office: Office, departments: set[str]) -> bool:
    if user.role not in office.roles or (office.area and user.area_id != office.area):
        return False
    if office.department:
        return user.department == office.department
    return user.department not in departments
