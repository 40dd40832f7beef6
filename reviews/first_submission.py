"""Submission of new records in the moment in which they are stored.

`reviews.services.move_all` takes stored records: it locks them, examines them again and rewrites every
row. New records whose checks ran in the same transaction need neither; what is stored of them is the
same, down to the first version, which is that of a draft.
"""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from reviews.models import Action, Status, Submission
from reviews.services import Refusal, TransitionError, write_events

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.querysets import SubmissionQuerySet

#: What the first version of a record says, before its submission.
DRAFT: Mapping[str, object] = {
    "status": Status.DRAFT.value,
    "submitted_by": None,
    "submitted_at": None,
    "review_reason": "",
}


@dataclass(frozen=True)
class FirstSubmission:
    """One submission of many new records: who submits them, why and when."""

    by: User
    reason: str
    at: datetime.datetime = field(default_factory=timezone.now)
    transition_id: uuid.UUID = field(default_factory=uuid.uuid4)

    def refuse_outside(self, records: Iterable[Submission]) -> None:
        """Raise TransitionError when a record lies out of the user's scope."""
        counts = Counter(record.area_id for record in records)
        outside = sum(number for code, number in counts.items() if not self.by.covers(code))
        if outside:
            raise TransitionError(not_moved(self.by, Action.SUBMIT, outside), Refusal.SCOPE)

    def mark(self, records: Iterable[Submission]) -> None:
        """Mark drafts in which the checks found no problem as submitted, before they are stored."""
        for record in records:
            record.status, record.review_reason = Status.PENDING, self.reason
            record.submitted_by_id, record.submitted_at = self.by.pk, self.at
            record.transition_id = self.transition_id

    def write_events(self, rows: SubmissionQuerySet) -> None:
        """Write the event of each record, once they are stored."""
        write_events(rows, Status.DRAFT, Action.SUBMIT, by=self.by, at=self.at, reason=self.reason)


def not_moved(by: User, action: Action, number: int) -> str:
    """Return in Chinese that records were not moved, so that nothing was written."""
    return f"{by}不能{action.label}其中{number}条记录（不在管辖范围），没有写入"
