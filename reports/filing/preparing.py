"""The daily preparation: creates every due report and drafts it as of the day."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress

from django.db import transaction
from django.utils import timezone

from areas.models import Area
from audit.acts import Act
from audit.chain.covers import cover_rows
from audit.events import record
from indicators.models import Plan
from indicators.store.series import ensure_layout
from indicators.store.tree_context import TreeContext
from reports.editions.content import draft_of
from reports.editions.period import PeriodContext, contexts_of
from reports.filers import filers
from reports.models import Report, ReportAction, ReportEvent, ReportQuerySet, ReportState
from reports.schema.formats import draft_json
from reports.transitions import UNFILED
from running.db_snapshot import read_snapshot

_log = logging.getLogger(__name__)

#: How many reports of one level are drafted at once.
_BATCH = 500


def prepare_reports(on: datetime.date | None = None) -> list[Report]:
    """Create every due report and draft it; running twice does no harm. Return the reports created.

    Due reports are derived from the plans and the database, so a lost message or days without a
    worker lose nothing. The plan's own area comes first.
    """
    day = on or timezone.localdate()
    ensure_layout()
    created = []
    for plan in Plan.objects.all():
        if Area.objects.filter(code=plan.area_code).exists():
            _drop_other_days(plan, day)
            for due_on in plan.report_schedule.in_preparation(day):
                created += _create(plan, due_on, day)
            _draft(plan, day)
    return created


@transaction.atomic
def _create(plan: Plan, due_on: datetime.date, day: datetime.date) -> list[Report]:
    """Create the missing reports of a due day and return them; none are added to a day that is past."""
    # A second run at the same moment waits for the first, and finds nothing left to do.
    list(Plan.objects.select_for_update().filter(pk=plan.pk))
    there = {each.area_id: each for each in _of(plan, due_on)}
    if there and due_on < day:
        return []
    areas = list(filers(plan, due_on).order_by("level", "code"))
    _follow_the_plan(plan, there, areas, due_on)
    now = timezone.now()
    rows = [
        Report(
            plan=plan,
            area=area,
            due_on=due_on,
            file_by=plan.report_schedule.own_due_day(due_on, area.level),
            prepared_at=now,
            is_compilation=_is_compilation(plan, area.code),
        )
        for area in areas
        if area.code not in there
    ]
    Report.objects.bulk_create(rows, batch_size=_BATCH)
    ReportEvent.objects.bulk_create(
        (ReportEvent(report=row, action=ReportAction.PREPARE, at=now) for row in rows),
        batch_size=_BATCH,
    )
    if rows:
        cover_rows(ReportEvent.objects.filter(report__plan=plan, at=now))
        after = {"截止日": due_on, "新建报告": len(rows)}
        record(Act.REPORT_CHANGED, about=plan, area=plan.area_code, after=after)
    return rows


def _is_compilation(plan: Plan, code: str) -> bool:
    """Whether an area only compiles the reports below: the plan's own, where nobody receives its."""
    return code == plan.area_code and not plan.top_files


def _of(plan: Plan, due_on: datetime.date) -> ReportQuerySet:
    rows: ReportQuerySet = Report.objects.filter(plan=plan, due_on=due_on)
    return rows.select_related("area").defer("draft", "narrative")


def _follow_the_plan(
    plan: Plan, there: Mapping[str, Report], areas: Sequence[Area], due_on: datetime.date
) -> None:
    """Adjust never filed reports to a changed plan: their day, whether they are required, and to whom."""
    codes = {area.code for area in areas}
    for code, report in there.items():
        if report.state not in UNFILED:
            continue
        report.state = ReportState.DUE if code in codes else ReportState.DROPPED
        report.file_by = plan.report_schedule.own_due_day(due_on, report.area.level)
        report.is_compilation = _is_compilation(plan, code)
        report.save(update_fields=["state", "file_by", "is_compilation"])


@transaction.atomic
def _drop_other_days(plan: Plan, day: datetime.date) -> None:
    """Drop reports of future days that the plan no longer names, unless they were filed."""
    ahead = Report.objects.filter(plan=plan, state=ReportState.DUE, due_on__gte=day)
    for due_on in set(ahead.values_list("due_on", flat=True)):
        if not plan.report_schedule.is_due(due_on):
            ahead.filter(due_on=due_on).update(state=ReportState.DROPPED)


def _draft(plan: Plan, day: datetime.date) -> None:
    """Draft all reports of a plan that are still owed.

    They are drafted together; a report that cannot be is drafted alone, so that none stops another.
    """
    due_days = plan.report_schedule.in_preparation(day)
    owed = Report.objects.unsealed().filter(plan=plan, due_on__in=due_days).select_related("area")
    reports = list(owed.defer("draft").order_by("due_on", "area"))
    for report in reports:
        report.plan = plan
    drafted: list[Report] = []
    try:
        drafted = _drafted_together(plan, reports, day)
        _store(drafted)
    except Exception:
        _log.exception("方案 %s 的草稿未能一并准备", plan.code)
        drafted = []
    for pk in {report.pk for report in reports} - {report.pk for report in drafted}:
        try:
            prepare(pk, day)
        except Exception:
            _log.exception("报告 %s 的草稿未能准备", pk)


def _drafted_together(plan: Plan, reports: Sequence[Report], day: datetime.date) -> list[Report]:
    """Return the reports with drafts read from one snapshot, without those that cannot be drafted."""
    drafted = []
    with read_snapshot():
        now = timezone.now()
        contexts = contexts_of(plan, reports, day, TreeContext(plan.area_code))
        for report in reports:
            with suppress(Exception):  # drafted alone, and logged if that fails, too
                report.draft = draft_json(draft_of(report, contexts[report.due_on]))
                report.prepared_at = now
                drafted.append(report)
    return drafted


@transaction.atomic
def _store(drafted: Sequence[Report]) -> None:
    """Save the drafts, but never over a later draft or over a report that was filed meanwhile."""
    rows = Report.objects.select_for_update(of=("self",))
    rows = rows.filter(pk__in=[report.pk for report in drafted]).defer("draft", "narrative")
    stored = {row.pk: row for row in rows.order_by("pk")}
    kept = [
        report
        for report in drafted
        if not stored[report.pk].is_done and stored[report.pk].prepared_at <= report.prepared_at
    ]
    Report.objects.bulk_update(kept, ["draft", "prepared_at"], batch_size=_BATCH)


@transaction.atomic
def prepare(pk: int, day: datetime.date, *, is_correction: bool = False) -> None:
    """Draft one report as of a day.

    A filed report keeps its draft unless a correction is to be drafted; an edition never changes.
    """
    rows = Report.objects.select_for_update(of=("self",)).select_related("plan", "area")
    report = rows.get(pk=pk)
    if report.is_done and not is_correction:
        return
    report.draft = draft_json(draft_of(report, PeriodContext.of(report, report.as_of(day))))
    report.prepared_at = timezone.now()
    report.save(update_fields=["draft", "prepared_at"])
