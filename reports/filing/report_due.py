"""Reports as due items, for the reminders."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from typing_extensions import override

from dates.due_items import DueItem, DueKind
from indicators.models import Plan
from reports.models import REPORT_DUE, Report, ReportQuerySet


class ReportDue(DueKind):
    """Progress reports (进展报告) that an area owes to the level above."""

    code = REPORT_DUE
    act = "报送"
    reminder_head, overdue_head = "报送提醒", "逾期催报"
    urged = "催报"

    @override
    def owed(self, on: datetime.date) -> Iterator[DueItem]:
        for plan in Plan.objects.all():
            if plan.report_reminders:
                ahead = on + datetime.timedelta(days=max(plan.report_reminders))
                near = _reports().owed().filter(plan=plan, file_by__lte=ahead)
                yield from (report.due_item for report in near)

    @override
    def find(self, key: str) -> DueItem | None:
        report = _reports().filter(pk=int(key)).first()
        return report and report.due_item


def _reports() -> ReportQuerySet:
    rows: ReportQuerySet = Report.objects.select_related("plan", "area")
    return rows.defer("draft", "narrative")
