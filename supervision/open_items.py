"""What is still to be done: complaints to answer, problems to put right, violations to refer."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse

from areas.codes import COMMUNITY_LEVEL, COUNTY_LEVEL, cut_to, level_of
from areas.models import Area
from areas.successions import Successions, homes_of
from reviews.addresses import record_address
from reviews.models import Submission
from reviews.querysets import SubmissionQuerySet
from supervision.life import Finding
from supervision.models import (
    Acceptance,
    Complaint,
    ComplaintAnswer,
    GuidanceVisit,
    Inspection,
    Rectification,
    Referral,
)

#: At most so many items of a kind are listed.
LISTED = 50


class OpenKind(models.TextChoices):
    """A kind of open item."""

    COMPLAINT = "complaint", "投诉待答复"
    INSPECTION = "inspection", "抽查问题待整改"
    GUIDANCE = "guidance", "指导问题待整改"
    REFERRAL = "referral", "待移交"


#: Kind → the form of its next step, and the reference there to the case.
_NEXT = {
    OpenKind.COMPLAINT: ("complaintanswer", "complaint"),
    OpenKind.INSPECTION: ("rectification", "inspection"),
    OpenKind.GUIDANCE: ("rectification", "visit"),
    OpenKind.REFERRAL: ("referral", "inspection"),
}


@dataclass(frozen=True)
class OpenItem:
    """One open item: the record, the day by which it is due, and how late it is."""

    kind: OpenKind
    record: Submission
    due_on: datetime.date | None
    days_late: int

    @property
    def next_link(self) -> str:
        """The address of the form of the next step, with the case filled in."""
        page, reference = _NEXT[self.kind]
        return f"{reverse(f'admin:supervision_{page}_add')}?{reference}={self.record.pk}"

    @property
    def link(self) -> str:
        """The address of the record's page."""
        return record_address(self.record)


@dataclass(frozen=True)
class OpenCount:
    """How many items are open, and how many of them are overdue."""

    number: int = 0
    late: int = 0

    def __add__(self, other: OpenCount) -> OpenCount:
        """Return the sum of both."""
        return OpenCount(self.number + other.number, self.late + other.late)


@dataclass(frozen=True)
class OpenRow:
    """The open items of one area by kind."""

    area: Area
    counts: Mapping[OpenKind, OpenCount]

    @property
    def cells(self) -> list[OpenCount]:
        """The counts in the order of the kinds."""
        return [self.counts.get(kind, OpenCount()) for kind in OpenKind]


def _without(model: type[Submission], link: str, **condition: object) -> Q:
    """Return the condition that no approved record of a kind refers to the row."""
    rows = model._default_manager.filter(status="approved", **{link: OuterRef("pk")}, **condition)
    return ~Q(Exists(rows))


def _rows(kind: OpenKind) -> SubmissionQuerySet:
    """Return the facts whose next step is missing, with the day by which it is due."""
    no_referral = _without(Referral, "inspection")
    passed = {"result": Acceptance.PASSED.value}
    if kind == OpenKind.COMPLAINT:
        rows = Complaint.objects.filter(_without(ComplaintAnswer, "complaint"))
        due = F("answer_by")
    elif kind == OpenKind.INSPECTION:
        rows = Inspection.objects.filter(finding=Finding.PROBLEMS.value)
        rows = rows.filter(_without(Rectification, "inspection", **passed), no_referral)
        due = F("rectify_by")
    elif kind == OpenKind.GUIDANCE:
        rows = GuidanceVisit.objects.filter(rectify_by__isnull=False)
        rows = rows.filter(_without(Rectification, "visit", **passed))
        due = F("rectify_by")
    else:
        rows = Inspection.objects.filter(no_referral, finding=Finding.VIOLATION.value)
        due = F("inspected_on")
    return rows.approved().annotate(due_on=due)


def open_items(kind: OpenKind, area: str, day: datetime.date) -> list[OpenItem]:
    """Return the open items of an area, the longest due first; at most `LISTED`."""
    place = Successions.stored().condition("area_id", area, day)
    rows = _rows(kind).filter(place).select_related("area").order_by("due_on", "pk")[:LISTED]
    return [
        OpenItem(
            kind,
            record,
            None if kind == OpenKind.REFERRAL else record.due_on,
            0 if kind == OpenKind.REFERRAL else max((day - record.due_on).days, 0),
        )
        for record in rows
    ]


def open_rows(area: str, day: datetime.date) -> list[OpenRow]:
    """Return the open items of an area by the areas below it: by county above a county; one query
    per kind, whatever the number of areas. Those of a renamed or merged area stand at its successor."""
    level = min(max(level_of(area) + 1, COUNTY_LEVEL), COMMUNITY_LEVEL)
    successions = Successions.stored()
    place = successions.condition("area_id", area, day)
    counted = {kind: list(_counts(_rows(kind).filter(place), kind, day)) for kind in OpenKind}
    codes = {code for rows in counted.values() for code, _ in rows}
    homes = homes_of(codes, day, successions)
    found: dict[str, dict[OpenKind, OpenCount]] = defaultdict(dict)
    for kind, rows in counted.items():
        for code, count in rows:
            own = found[cut_to(homes[code], level)]
            own[kind] = own.get(kind, OpenCount()) + count
    areas = Area.objects.in_bulk(list(found))
    return [OpenRow(areas[code], found[code]) for code in sorted(found) if code in areas]


def _counts(
    rows: SubmissionQuerySet, kind: OpenKind, day: datetime.date
) -> Iterator[tuple[str, OpenCount]]:
    """Yield the areas with the numbers of open items that are registered there."""
    late = Q(due_on__lt=day) if kind != OpenKind.REFERRAL else Q(pk__in=())
    groups = rows.order_by().values("area_id")
    for row in groups.annotate(number=Count("pk"), late=Count("pk", filter=late)):
        yield row["area_id"], OpenCount(row["number"], row["late"])


def sums_of(rows: Sequence[OpenRow]) -> list[tuple[OpenKind, OpenCount]]:
    """Return the sums of the rows by kind."""
    return [
        (
            kind,
            OpenCount(
                sum(row.counts.get(kind, OpenCount()).number for row in rows),
                sum(row.counts.get(kind, OpenCount()).late for row in rows),
            ),
        )
        for kind in OpenKind
    ]


def sentence_of(place: Area, sums: Sequence[tuple[OpenKind, OpenCount]]) -> str:
    """Sum up the open items: `东胜区：投诉待答复3件（逾期1件）。`."""
    parts = [
        f"{kind.label}{tally.number}件" + (f"（逾期{tally.late}件）" if tally.late else "")
        for kind, tally in sums
        if tally.number
    ]
    return f"{place}：{'，'.join(parts) or '没有监管待办事项'}。"
