"""What several desks show: records by status, due reports, and figures beside their targets."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from accounts.models import User
from indicators.models import Plan
from indicators.progress.formatting import rate_text, target_text
from indicators.progress.progress import Progress, State, progress_of
from indicators.progress.sentences import amount
from indicators.progress.services import plans_of_area, seen_at, usual_day
from projects.ending import DAYS_AHEAD, ending_contracts
from reports.models import Report, ReportState
from reports.pages.calendar import open_reports
from reviews.kinds import record_kinds
from reviews.models import Status, Submission
from reviews.querysets import SubmissionQuerySet
from supervision.open_items import OpenKind, open_rows, sentence_of, sums_of

Kind = type[Submission]


def kind_name(kind: Kind) -> str:
    """Return the Chinese name of a kind."""
    return str(kind._meta.verbose_name)


@dataclass(frozen=True)
class Tally:
    """The number of a kind's records that the user sees, by status."""

    kind: Kind
    by_status: dict[str, int]
    #: Keeps the records that the tally is about.
    narrow: Callable[[SubmissionQuerySet], SubmissionQuerySet] = lambda rows: rows

    @property
    def name(self) -> str:
        """The Chinese name of the kind."""
        return kind_name(self.kind)

    def of(self, status: Status) -> int:
        """Return the number of records in a status."""
        return self.by_status.get(status, 0)


def tallies(user: User) -> list[Tally]:
    """Count the visible records of every kind by status, with one query per kind."""
    found = []
    for kind in record_kinds():
        rows = kind._default_manager.visible_to(user).order_by().values("status")
        counts = rows.annotate(number=Count("pk")).values_list("status", "number")
        found.append(Tally(kind, dict(counts)))
    return found


def newest(
    user: User, counted: Sequence[Tally], status: Status, order: str, number: int
) -> list[Submission]:
    """Return the first `number` records in a status over all kinds, sorted by `order`.

    Only kinds with records in that status are queried.
    """
    found: list[Submission] = []
    for tally in counted:
        if tally.of(status):
            rows = tally.narrow(tally.kind._default_manager.visible_to(user))
            rows = rows.filter(status=status)
            rows = rows.select_related("area", "submitted_by", "reviewed_by")
            found += rows.order_by(order, "pk")[:number]
    is_backwards, name = order.startswith("-"), order.lstrip("-")
    found.sort(key=lambda record: (getattr(record, name), record.pk), reverse=is_backwards)
    return found[:number]


@dataclass(frozen=True)
class Due:
    """The next due day of a report."""

    plan: Plan
    on: datetime.date
    days_left: int
    report: Report | None = None

    @property
    def days_late(self) -> int:
        """Days since the due day; 0 before it."""
        return max(-self.days_left, 0)


@dataclass(frozen=True)
class Goal:
    """One figure beside its target, as text."""

    name: str
    value: str
    target: str
    rate: str
    state: State
    link: str


@dataclass(frozen=True)
class Board:
    """A plan's figures at the user's own area."""

    plan: Plan
    area_code: str
    goals: list[Goal]
    is_shared: bool
    items: list[Progress]


def running_plans(user: User, today: datetime.date) -> list[Plan]:
    """Return the plans of the user's area that have not ended."""
    return [plan for plan in plans_of_area(user.area_id or "") if plan.ends_on >= today]


def dues(user: User, plans: Sequence[Plan], today: datetime.date) -> list[Due]:
    """Return the reports that the user's area owes; for other plans the next due day. Earliest
    first."""
    owed = {report.plan_id: report for report in reversed(open_reports(user))}
    found = []
    for plan in plans:
        report = owed.get(plan.pk)
        on = report.file_by if report else _next_of(plan, user, today)
        if on:
            found.append(Due(plan, on, (on - today).days, report))
    return sorted(found, key=lambda due: (due.on, due.plan.pk))


def _next_of(plan: Plan, user: User, today: datetime.date) -> datetime.date | None:
    """Return the first due day ahead for which neither the user's area nor the plan's has filed."""
    area = max(user.area_id or "", plan.area_code, key=len)
    done = Report.objects.filter(plan=plan, area__in=(area, plan.area_code))
    filed = set(done.filter(state__in=ReportState.done()).values_list("due_on", flat=True))
    return plan.report_schedule.next_due(today, without=filed)


def boards(plans: Sequence[Plan], user: User) -> list[Board]:
    """Return the plans' figures at the user's area, beside the targets allocated to it."""
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


def open_context(user: User, today: datetime.date) -> dict[str, object]:
    """Return the open items of supervision in the user's area: their sum, and a row per area below."""
    area = user.area
    if area is None:
        return {}
    rows = open_rows(area.code, today)
    sums = sums_of(rows)
    return {
        "open_kinds": OpenKind,
        "open_rows": rows,
        "open_sentence": sentence_of(area, sums) if rows else "",
        "open_link": reverse("open-items", args=[area.code]),
    }


def contract_context(user: User, today: datetime.date) -> dict[str, object]:
    """Return the service contracts in the user's area that end soon or wait for acceptance."""
    return {
        "contracts": ending_contracts(user, today),
        "contract_days": DAYS_AHEAD,
        "today": today,
    }
