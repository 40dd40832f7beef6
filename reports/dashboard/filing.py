"""Which areas have filed the period's report: the area itself and those below that file."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from areas.models import Area
from dates.text import month_text
from reports.dashboard.board import DashboardFigures
from reports.models import Edition, FilingStatus, Report


class ChildStatus(NamedTuple):
    """An area below and the state of its report."""

    area: Area
    state: FilingStatus
    is_zero: bool


@dataclass(frozen=True)
class FilingOverview:
    """The reports of one period."""

    due: datetime.date
    own: FilingStatus | None
    below: list[ChildStatus]

    @property
    def counts(self) -> list[tuple[FilingStatus, int]]:
        """Return how many of the areas below are in each state."""
        found = [(each, sum(place.state == each for place in self.below)) for each in FilingStatus]
        return [(each, number) for each, number in found if number]

    def sentence(self, label: str) -> str:
        """Return `11个街道中10个已报` or `2026年11月报告未报`; "" if nobody has to file."""
        if self.below:
            filed = sum(
                place.state in (FilingStatus.FILED, FilingStatus.RECEIVED) for place in self.below
            )
            return f"{len(self.below)}个{label}中{filed}个已报"
        if self.own is not None:
            return f"{month_text(self.due)}报告{self.own.label}"
        return ""


def filing(board: DashboardFigures) -> FilingOverview | None:
    """Return the period that is being prepared, otherwise the one before; None before the first."""
    plan, area, day = board.question.plan, board.question.area, board.question.day
    reports = Report.objects.filter(
        plan=plan, area__in=[area.code, *(child.code for child in board.children)]
    )
    schedule = plan.report_schedule
    days = [due for due in (schedule.next_due(day), schedule.last_due(day)) if due is not None]
    rows = reports.filter(due_on__in=days).annotate(last_is_zero=_zero())
    periods: dict[datetime.date, dict[str, tuple[FilingStatus, bool]]] = {}
    for due_on, code, state, file_by, is_zero, is_compilation in rows.values_list(
        "due_on", "area_id", "state", "file_by", "last_is_zero", "is_compilation"
    ):
        standing = FilingStatus.of(state, file_by, day, is_compilation=is_compilation)
        periods.setdefault(due_on, {})[code] = standing, bool(is_zero)
    if not periods:
        return None
    due = max(periods)
    found = periods[due]
    below = [
        ChildStatus(child, *found[child.code]) for child in board.children if child.code in found
    ]
    return FilingOverview(due, found[area.code][0] if area.code in found else None, below)


def _zero() -> Subquery:
    """Return a subquery: whether the last edition of a report is a 零报告."""
    editions = Edition.objects.filter(report=OuterRef("pk")).order_by("-number")
    return Subquery(editions.values("is_zero")[:1])
