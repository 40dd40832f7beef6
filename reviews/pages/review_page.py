"""What a reviewer sees of one record before deciding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

from reviews.checks import Problem, find_problems
from reviews.evidence.attachments import attachments_of
from reviews.models import Attachment, Submission
from reviews.trail.differences import Comparison, RowTable, compare, row_table
from reviews.trail.timeline import rows_changed_since

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Review:
    """One record: its fields beside the last approved ones, its rows and its evidence."""

    record: Submission
    findings: list[Problem]
    comparison: Comparison
    tables: list[RowTable]
    rows_changed: list[str]
    #: Each attachment, and whether it was added after the last approval.
    evidence: list[tuple[Attachment, bool]]
    #: Attachments removed after the last approval.
    removed: list[Attachment]


def review_of(record: Submission, row_kinds: Iterable[type[models.Model]], user: User) -> Review:
    """Build the review of a record that the user may see."""
    comparison = compare(record, user)
    tables = [row_table(kind, record) for kind in row_kinds]
    since = comparison.approved_at
    files = list(attachments_of(record).select_related("added_by", "removed_by"))
    return Review(
        record=record,
        findings=find_problems(record),
        comparison=comparison,
        tables=tables,
        rows_changed=rows_changed_since(record, since) if since and tables else [],
        evidence=[
            (file, since is not None and file.added_at > since)
            for file in files
            if file.removed_at is None
        ],
        removed=[file for file in files if since and file.removed_at and file.removed_at > since],
    )
