"""What Celery does daily: every report that is due is there, with its figures of the day."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from areas.models import Area
from indicators.models import Plan
from indicators.series import ensure_layout
from reports.content import draft_of
from reports.models import Report, ReportAction, ReportEvent
from reports.periods import due_days, file_by, filers

#: So many of a level are made at once.
_BATCH = 500


def prepare_reports(on: datetime.date | None = None) -> list[Report]:
    """Have every due report ready with its draft; twice is harmless.

    What is due is found from the plans and the database, so a lost message or days of being down
    lose nothing. Returns the reports that were not there before, the plan's own area first.
    """
    day = on or timezone.localdate()
    ensure_layout()
    created = []
    for plan in Plan.objects.all():
        if Area.objects.filter(code=plan.area_code).exists():
            for due_on in due_days(plan, day):
                created += _create(plan, due_on)
                _draft(plan, due_on, day)
    return created


@transaction.atomic
def _create(plan: Plan, due_on: datetime.date) -> list[Report]:
    """The reports of a due day that are not there yet."""
    there = set(Report.objects.filter(plan=plan, due_on=due_on).values_list("area_id", flat=True))
    # Whoever comes second in the same moment waits for the first, and finds nothing left to do.
    list(Plan.objects.select_for_update().filter(pk=plan.pk))
    there |= set(Report.objects.filter(plan=plan, due_on=due_on).values_list("area_id", flat=True))
    now = timezone.now()
    rows = [
        Report(
            plan=plan,
            area=area,
            due_on=due_on,
            file_by=file_by(plan, area.level, due_on),
            prepared_at=now,
        )
        for area in filers(plan, due_on).order_by("level", "code")
        if area.code not in there
    ]
    Report.objects.bulk_create(rows, batch_size=_BATCH)
    ReportEvent.objects.bulk_create(
        (ReportEvent(report=row, action=ReportAction.PREPARE, at=now) for row in rows),
        batch_size=_BATCH,
    )
    return rows


def _draft(plan: Plan, due_on: datetime.date, day: datetime.date) -> None:
    """The figures of the day for all that are still owed, the deepest level first."""
    owed = Report.objects.owed().filter(plan=plan, due_on=due_on).order_by("-area__level", "area")
    for pk in owed.values_list("pk", flat=True):
        prepare(pk, day)


@transaction.atomic
def prepare(pk: int, day: datetime.date, *, is_correction: bool = False) -> None:
    """One report's draft as of a day; what has been filed meanwhile stays as it is, unless a correction
    is to be drafted (what was sealed never changes)."""
    rows = Report.objects.select_for_update(of=("self",)).select_related("plan", "area")
    report = rows.get(pk=pk)
    if report.is_done and not is_correction:
        return
    report.draft = draft_of(report, report.as_of(day))
    report.prepared_at = timezone.now()
    report.save(update_fields=["draft", "prepared_at"])
