"""Who has filed the period's report: the area itself and those below that file their own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from areas.models import Area
from reports.dashboard.board import Board
from reports.models import Report, ReportState
from reports.services import last_due, next_due


class Standing(StrEnum):
    """How a report of the period stands on a day."""

    FILED = "filed"
    OPEN = "open"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        """The word a bureau uses."""
        return {"filed": "已报", "open": "未报", "overdue": "逾期"}[self.value]


@dataclass(frozen=True)
class Filing:
    """The reports of one period."""

    due: datetime.date
    own: Standing | None
    below: list[tuple[Area, Standing]]

    @property
    def counts(self) -> list[tuple[Standing, int]]:
        """How many areas below stand how."""
        found = [(each, sum(state == each for _, state in self.below)) for each in Standing]
        return [(each, number) for each, number in found if number]

    def sentence(self, label: str) -> str:
        """`11个街道中10个已报`, `2026年11月报告未报`; empty where nobody files."""
        if self.below:
            filed = sum(state == Standing.FILED for _, state in self.below)
            return f"{len(self.below)}个{label}中{filed}个已报"
        if self.own is not None:
            return f"{self.due:%Y年%-m月}报告{self.own.label}"
        return ""


def filing(board: Board) -> Filing | None:
    """The period whose preparation has begun, else the one before it; None before the first."""
    plan, area, day = board.question.plan, board.question.area, board.question.day
    reports = Report.objects.filter(
        plan=plan, area__in=[area.code, *(child.code for child in board.children)]
    )
    ahead = next_due(plan, day)
    days = [due for due in (ahead, last_due(plan, day)) if due is not None]
    rows = reports.filter(due_on__in=days).values_list("due_on", "area_id", "state")
    periods: dict[datetime.date, dict[str, Standing]] = {}
    for due, code, state in rows:
        periods.setdefault(due, {})[code] = _standing(state, due, day)
    if not periods:
        return None
    due = max(periods)
    found = periods[due]
    below = [(child, found[child.code]) for child in board.children if child.code in found]
    return Filing(due, found.get(area.code), below)


def _standing(state: str, due: datetime.date, day: datetime.date) -> Standing:
    if state != ReportState.DUE:
        return Standing.FILED
    return Standing.OVERDUE if due < day else Standing.OPEN
