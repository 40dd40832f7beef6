"""The state machine of a report: in which states an action is allowed, and to which it leads."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from audit.acts import Act
from audit.chain.covers import cover_new
from audit.events import record as log
from reports.models import Edition, Report, ReportAction, ReportState

if TYPE_CHECKING:
    from accounts.models import User

#: The actions that seal an edition.
FILINGS = (ReportAction.FILE, ReportAction.CORRECT)
#: The states in which a report has never been filed; preparation moves it between them.
UNFILED = (ReportState.DUE, ReportState.DROPPED)
#: Action → the state it leads to; all other actions leave the state as it is.
STATE_AFTER: Mapping[str, ReportState] = {
    ReportAction.FILE: ReportState.FILED,
    ReportAction.CORRECT: ReportState.FILED,
    ReportAction.RETURN: ReportState.RETURNED,
    ReportAction.RECEIVE: ReportState.RECEIVED,
}
#: Action → what it is in the log.
_ACTS: Mapping[str, Act] = {
    ReportAction.FILE: Act.REPORT_SEALED,
    ReportAction.CORRECT: Act.REPORT_SEALED,
    ReportAction.RECEIVE: Act.REPORT_RECEIVED,
    ReportAction.RETURN: Act.REPORT_RETURNED,
}
#: Action of the level above → the states in which it is allowed.
ALLOWED_IN: Mapping[str, frozenset[ReportState]] = {
    ReportAction.RECEIVE: frozenset({ReportState.FILED}),
    ReportAction.RETURN: ReportState.done(),
    ReportAction.URGE: frozenset(ReportState) - ReportState.done(),
}


def is_allowed(report: Report, action: ReportAction) -> bool:
    """Whether a report's state allows an action of the level above."""
    return report.state in ALLOWED_IN[action]


def record(
    report: Report,
    action: ReportAction,
    *,
    by: User,
    note: str = "",
    edition: Edition | None = None,
    filed_on: datetime.date | None = None,
    recipient: str = "",
    is_settled: bool = True,
) -> None:
    """Add an action to a report's events and save the state that it leads to.

    `recipient` is the office for which it was received or returned; the state stays as it is while
    the report is not `is_settled`, because other recipients still wait.
    `edition` is the one that was sealed or judged; `filed_on` is the day of a filing. The caller
    has locked the report and checked that the action is allowed.
    """
    event = report.events.create(
        action=action, by=by, at=timezone.now(), note=note, edition=edition, recipient=recipient
    )
    cover_new(event)
    log(
        _ACTS.get(action, Act.REPORT_CHANGED),
        about=report,
        user=by,
        before={"状态": report.get_state_display()},
        after={"事项": action.label, "版次": edition.number if edition else None},
        detail=note,
    )
    if action in STATE_AFTER and is_settled:
        report.state = STATE_AFTER[action]
        report.first_filed_on = report.first_filed_on or filed_on
        report.save(update_fields=["state", "first_filed_on"])
