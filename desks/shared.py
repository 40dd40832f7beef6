"""What several desks show: records by state, what is due, figures and their targets."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from indicators.models import Plan
from indicators.progress.formatting import rate_text, target_text
from indicators.progress.progress import Progress, progress_of
from indicators.progress.sentences import amount
from indicators.progress.services import plans_of_area, seen_at, usual_day
from reports.models import Report, ReportState
from reports.pages.calendar import open_reports
from reviews.kinds import record_kinds
from reviews.models import Status, Submission

Kind = type[Submission]


def kind_name(kind: Kind) -> str:
    """The kind in Chinese."""
    return str(kind._meta.verbose_name)


@dataclass(frozen=True)
class Tally:
    """How many of a kind the user has in each state."""

    kind: Kind
    by_status: dict[str, int]

    @property
    def name(self) -> str:
        """The kind in Chinese."""
        return kind_name(self.kind)

    def of(self, status: Status) -> int:
        """How many are in a state."""
        return self.by_status.get(status, 0)


def tallies(user: User) -> list[Tally]:
    """One query a kind."""
    found = []
    for kind in record_kinds():
        rows = kind._default_manager.visible_to(user).order_by().values("status")
        counts = rows.annotate(number=Count("pk")).values_list("status", "number")
        found.append(Tally(kind, dict(counts)))
    return found


def newest(
    user: User, counted: Sequence[Tally], status: Status, order: str, number: int
) -> list[Submission]:
    """The first records in a state over all kinds; only kinds that have any are asked."""
    found: list[Submission] = []
    for tally in counted:
        if tally.of(status):
            rows: Any = tally.kind._default_manager.visible_to(user).filter(status=status)
            rows = rows.select_related("area", "submitted_by", "reviewed_by")
            found += rows.order_by(order, "pk")[:number]
    is_backwards, name = order.startswith("-"), order.lstrip("-")
    found.sort(key=lambda record: (getattr(record, name), record.pk), reverse=is_backwards)
    return found[:number]


@dataclass(frozen=True)
class Due:
    """A report's next due day."""

    plan: Plan
    on: datetime.date
    days_left: int
    report: Report | None = None

    @property
    def days_late(self) -> int:
        """Days since it was due; 0 while it is ahead."""
        return max(-self.days_left, 0)


@dataclass(frozen=True)
class Goal:
    """One figure beside its target, as text."""

    name: str
    value: str
    target: str
    rate: str
    state: Any
    link: str


@dataclass(frozen=True)
class Board:
    """A plan's figures at the user's own place."""

    plan: Plan
    area_code: str
    goals: list[Goal]
    is_shared: bool
    items: list[Progress]


def running_plans(user: User, today: datetime.date) -> list[Plan]:
    """The plans of the user's own place that have not ended."""
    return [plan for plan in plans_of_area(user.area_id or "") if plan.ends_on >= today]


def dues(user: User, plans: Sequence[Plan], today: datetime.date) -> list[Due]:
    """What the user's own area owes, however late; else when the plan's next report is due."""
    owed = {report.plan_id: report for report in reversed(open_reports(user))}
    found = []
    for plan in plans:
        report = owed.get(plan.pk)
        on = report.file_by if report else _next_of(plan, user, today)
        if on:
            found.append(Due(plan, on, (on - today).days, report))
    return sorted(found, key=lambda due: (due.on, due.plan.pk))


def _next_of(plan: Plan, user: User, today: datetime.date) -> datetime.date | None:
    """The first due day ahead for which the user's area, or the plan's, has not filed yet."""
    area = max(user.area_id or "", plan.area_code, key=len)
    done = Report.objects.filter(plan=plan, area__in=(area, plan.area_code))
    filed = set(done.filter(state__in=ReportState.done()).values_list("due_on", flat=True))
    return plan.report_schedule.next_due(today, without=filed)


def boards(plans: Sequence[Plan], user: User) -> list[Board]:
    """The plans' figures where the user stands, beside the targets shared out to there."""
    found = []
    for plan in plans:
        code = seen_at(plan, user)
        if not code:
            continue
        items = progress_of(plan, [code], usual_day(plan))[code]
        goals = [_goal(item, code) for item in items]
        found.append(Board(plan, code, goals, any(item.target for item in items), items))
    return found


def _goal(item: Progress, code: str) -> Goal:
    indicator = item.indicator
    return Goal(
        indicator.name,
        amount(indicator, item.value),
        target_text(indicator, item.target) if item.target else "—",
        rate_text(item),
        item.state,
        reverse("figure", args=[indicator.plan.code, indicator.code, code]),
    )
