"""The calendar of reports (进展报告): periods of each plan, their states, punctuality."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.requests import user_of
from accounts.shell import page
from areas.codes import level_of
from dates.days_off import day_off
from indicators.models import Plan
from indicators.progress.services import plans_of_area
from reports.filers import level_below
from reports.models import FilingStatus, Report, ReportEvent, ReportState
from reports.recipients import (
    TELLING,
    ReceptionState,
    offices_of,
    receptions,
    recipients_of,
)
from reports.shell import for_readers
from reports.workflow import may_urge

_LATE = 100


@dataclass(frozen=True)
class PeriodOverview:
    """A due day of a plan, as the user's area sees it."""

    due_on: datetime.date
    day_off: str
    own: Report | None
    counts: list[tuple[FilingStatus, int]]


@for_readers
def calendar(request: HttpRequest) -> HttpResponse:
    """Show all periods of the user's plans, and the late areas and punctuality below."""
    user, today = user_of(request), timezone.localdate()
    reports = list(
        Report.objects.visible_to(user)
        .select_related("plan", "area")
        .defer("draft", "narrative")
        .order_by("-due_on", "area")
    )
    late = [
        {
            "report": report,
            "days": (today - report.file_by).days,
            "may_urge": may_urge(user, report),
        }
        for report in Report.objects.visible_to(user)
        .late(today)
        .select_related("plan", "area")
        .defer("draft", "narrative")
        .order_by("file_by", "area")
        if report.area_id != user.area_id
    ]
    context = {
        "title": "进展报告",
        "area": user.area,
        "plans": [
            {
                "plan": plan,
                "days": _days(plan),
                "recipients": [office.name for office in plan.recipient_offices],
                "top": plan.label_of(level_of(plan.area_code)) + "级",
                "periods": _periods(plan, user, rows, today),
                "punctual": _punctual(plan, user, rows, today),
            }
            for plan, rows in _by_plan(user, reports)
        ],
        "waiting": waiting_reports(user),
        "late": late[:_LATE],
        "late_count": len(late),
    }
    return page(request, "reports/calendar.html", context)


def _days(plan: Plan) -> str:
    """Return the due days of every year: 6月30日、11月30日."""
    days = (each.split("-") for each in plan.report_due)
    return "、".join(f"{int(month)}月{int(day)}日" for month, day in days)


def _by_plan(user: User, reports: Sequence[Report]) -> list[tuple[Plan, list[Report]]]:
    """Return the plans that the user's area reports for or oversees, with the visible reports."""
    rows: dict[Plan, list[Report]] = {plan: [] for plan in plans_of_area(user.area_id or "")}
    for report in reports:
        rows.setdefault(report.plan, []).append(report)
    return [(plan, found) for plan, found in rows.items() if found or plan.report_due]


def _seat(plan: Plan, user: User) -> str:
    """Return the area whose report counts as the user's own.

    For users above the plan's area, the plan's area.
    """
    return max(user.area_id or "", plan.area_code, key=len)


def _periods(
    plan: Plan, user: User, reports: Sequence[Report], today: datetime.date
) -> list[PeriodOverview]:
    by_day: dict[datetime.date, list[Report]] = defaultdict(list)
    for report in reports:
        by_day[report.due_on].append(report)
    if ahead := plan.report_schedule.next_due(today):
        by_day.setdefault(ahead, [])
    seat = _seat(plan, user)
    found = []
    for due_on in sorted(by_day, reverse=True):
        rows = by_day[due_on]
        own = next((each for each in rows if each.area_id == seat), None)
        counted = Counter(each.standing for each in rows if each.area_id != seat)
        counts = [(each, counted[each]) for each in FilingStatus if counted[each]]
        found.append(PeriodOverview(due_on, day_off(due_on), own, counts))
    return found


def _punctual(
    plan: Plan, user: User, reports: Sequence[Report], today: datetime.date
) -> list[dict[str, object]]:
    """Return how many reports each area that files to the user's filed on time, late, not at all.

    Only reports that are filed or whose day is past are counted.
    """
    seat = _seat(plan, user)
    levels = [each.area.level for each in reports if each.area_id == seat]
    level = level_below(plan, levels[0]) if levels else None
    by_area: dict[str, list[Report]] = defaultdict(list)
    for report in reports:
        is_settled = report.first_filed_on is not None or (
            report.file_by < today and report.state != ReportState.DROPPED
        )
        if report.area.level == level and report.area_id.startswith(seat) and is_settled:
            by_area[report.area_id].append(report)
    return [_of_area(rows) for _, rows in sorted(by_area.items())]


def _of_area(rows: Sequence[Report]) -> dict[str, object]:
    filed = [(each.first_filed_on, each.file_by) for each in rows if each.first_filed_on]
    on_time = sum(filed_on <= file_by for filed_on, file_by in filed)
    return {
        "area": rows[0].area,
        "on_time": on_time,
        "late": len(filed) - on_time,
        "missing": len(rows) - len(filed),
        "rate": f"{100 * on_time / len(rows):.0f}%",
    }


def open_reports(user: User) -> list[Report]:
    """Return the reports that the user's own area still owes, the next day first."""
    rows = Report.objects.owed().filter(area=user.area_id)
    return list(rows.select_related("plan", "area").defer("draft", "narrative").order_by("file_by"))


def waiting_reports(user: User) -> list[Report]:
    """Return the reports that wait to be received for a recipient that the user acts for."""
    rows = Report.objects.visible_to(user).exclude(area=user.area_id)
    rows = rows.filter(state=ReportState.FILED).select_related("plan", "area")
    events = ReportEvent.objects.filter(action__in=TELLING).order_by("at", "pk")
    rows = rows.defer("draft", "narrative").order_by("file_by", "area")
    rows = rows.prefetch_related(Prefetch("events", events, to_attr="telling"))
    return [row for row in rows if _waits_for(row, user)]


def _waits_for(report: Report, user: User) -> bool:
    """Whether the report waits for the user: one of the user's recipients has not received it.

    A recipient without an area of its own is the next area above that files itself, or any area
    above the plan's own.
    """
    events: list[ReportEvent] = getattr(report, "telling", [])
    rows = receptions(recipients_of(report), events)
    waiting = [each.office for each in rows if each.state == ReceptionState.WAITING]
    own = offices_of(user, report, [each.office for each in rows])
    is_next = report.area_id == report.plan.area_code or (
        level_below(report.plan, user.own_area.level) == report.area.level
    )
    return any(office in waiting and (office.area or is_next) for office in own)
