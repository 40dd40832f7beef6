"""What a confirmation page has shown: its version goes back with the click, and a change is told."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from reviews.evidence.attachments import changed_attachments
from reviews.models import Submission, version_of_set
from reviews.trail.timeline import TimelineEntry, timeline_since

if TYPE_CHECKING:
    from django.http import QueryDict

    from accounts.models import User
    from reviews.querysets import SubmissionQuerySet

#: Form fields: the version of the records on the page, and when they were read.
SEEN, SEEN_AT = "seen", "seen_at"
_LISTED = 20


@dataclass(frozen=True)
class RecordChange:
    """A record that changed after the page was made, and how."""

    record: Submission
    entries: Sequence[TimelineEntry]


@dataclass(frozen=True)
class Confirmation:
    """What a page asks to confirm: the version of its records and the moment before it was read.

    After a click that came too late, also the number that the former page showed, and the changes.
    """

    seen: str
    at: datetime.datetime
    is_late: bool = False
    shown_before: str = ""
    changes: Sequence[RecordChange] = ()

    @classmethod
    def of(
        cls,
        records: SubmissionQuerySet,
        named: SubmissionQuerySet,
        user: User,
        sent: QueryDict,
    ) -> Confirmation:
        """Read the version of the records; compare it with the fields that a confirmation sent.

        Changes are looked for among `named`, which also holds records that may not be moved now.
        """
        now = timezone.now()
        seen = version_of_set(records)
        if "confirmed" not in sent or sent.get(SEEN) == seen:
            return cls(seen, now)
        return cls(seen, now, True, sent.get("shown", ""), changes_since(named, user, sent))


def changes_since(records: SubmissionQuerySet, user: User, sent: QueryDict) -> list[RecordChange]:
    """Return the first records that changed after the page with these form fields was made.

    Empty when the page did not say when it was made.
    """
    moment = _moment(sent.get(SEEN_AT, ""))
    if moment is None:
        return []
    files = changed_attachments(records.model, moment).values("object_id")
    changed = records.filter(Q(updated_at__gt=moment) | Q(pk__in=files))[:_LISTED]
    found = [RecordChange(each, timeline_since(each, user, moment)) for each in changed]
    return [each for each in found if each.entries]


def _moment(text: str) -> datetime.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
