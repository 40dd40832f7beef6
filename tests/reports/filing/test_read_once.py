"""The data behind reports is read once: many reports take as many statements as few."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from areas.models import Area
from indicators.models import Plan
from reports.editions.content import draft_of
from reports.editions.period import PeriodContext
from reports.editions.sealing import seal
from reports.filing import preparing
from reports.filing.preparing import prepare_reports
from reports.models import Report, ReportEvent, ReportState
from reports.schema.formats import draft_json
from scenes.models import Scene
from tests.conftest import DAXIGOU, DISTRICT, HUAYIPO, QIXINGGANG
from tests.reports.filing.conftest import JUNE, PREPARED, File
from tests.types import Make
from tests.worlds import share

pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("may_tamper"),
]  # counts statements, which are as many on either database

Day = datetime.date
#: Within a month, so that events of the month's remaining days are subtracted.
ANY_DAY, NOVEMBER = Day(2026, 11, 12), Day(2026, 11, 30)

share(__name__, "facts")


def _statements(work: Callable[[], object]) -> int:
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


@pytest.mark.parametrize("day", [JUNE, Day(2026, 6, 17)])
def test_sealing_a_district_of_fourteen_indicators_takes_at_most_60_statements(
    facts: None, streets: list[str], shiju: User, day: Day
) -> None:
    report = Report.objects.get(area=DISTRICT, due_on=JUNE)
    assert report.plan.indicators.count() == 14
    done = _statements(lambda: seal(report, by=shiju, on=day, missing_reason="不等待"))
    assert done <= 60


def test_a_correction_beside_an_earlier_edition_takes_no_more(
    facts: None, few_streets: Plan, shiju: User
) -> None:
    prepare_reports(PREPARED)
    seal(Report.objects.get(area=DISTRICT), by=shiju, on=JUNE, missing_reason="不等待")
    prepare_reports(ANY_DAY)
    report = Report.objects.get(area=DISTRICT, due_on=NOVEMBER)
    seal(report, by=shiju, on=ANY_DAY, missing_reason="不等待")
    done = _statements(
        lambda: seal(report, by=shiju, on=ANY_DAY, reason="更正", missing_reason="不等待")
    )
    assert done <= 62


def test_many_reports_are_prepared_by_as_many_statements_as_few(
    facts: None, few_streets: Plan
) -> None:
    """3 streets with 1 district, then all 12 streets, then their 79 communities, too."""
    counts, reports = [], []
    for is_counted, levels in ((False, [3, 4]), (True, [3, 4]), (True, [3, 4, 5])):
        ReportEvent.objects.all().delete()
        Report.objects.all().delete()
        if is_counted:
            Area.objects.within(DISTRICT).filter(level=4).update(is_counted=True)
        Plan.objects.update(report_levels=levels)
        counts.append(_statements(lambda: prepare_reports(ANY_DAY)))
        reports.append(Report.objects.count())
    assert reports[0] < reports[1] < 30 < reports[2]
    assert counts[0] == counts[1]
    # One statement takes a limited number of rows, SQLite the fewest.
    assert counts[2] <= counts[1] + 4
    assert counts[2] < reports[2] / 2


def test_drafts_made_together_are_those_made_alone(
    facts: None, few_streets: Plan, approved: Make, file: File
) -> None:
    prepare_reports(PREPARED)
    file(QIXINGGANG)
    file(DISTRICT, missing_reason="不等待")
    approved(Scene, area_id=HUAYIPO)
    prepare_reports(ANY_DAY)
    owed = Report.objects.owed()
    assert set(owed.values_list("due_on", flat=True)) == {JUNE, NOVEMBER}
    for report in owed:
        alone = draft_of(report, PeriodContext.of(report, report.as_of(ANY_DAY)))
        assert report.draft == json.loads(json.dumps(draft_json(alone))), report


def test_when_they_cannot_be_read_together_each_is_drafted_alone(
    few_streets: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(preparing, "contexts_of", broken)
    prepare_reports(PREPARED)
    assert Report.objects.filter(draft={}).count() == 0


def test_an_older_draft_never_takes_the_place_of_a_newer_one(
    few_streets: Plan, approved: Make
) -> None:
    prepare_reports(PREPARED)
    report = Report.objects.get(area=DAXIGOU)
    newer = report.draft | {"as_of": "2026-06-02"}
    later = report.prepared_at + datetime.timedelta(hours=1)
    Report.objects.filter(pk=report.pk).update(draft=newer, prepared_at=later)
    preparing._store([report])
    report.refresh_from_db()
    assert (report.draft, report.prepared_at) == (newer, later)


def test_what_was_filed_meanwhile_keeps_its_draft(few_streets: Plan) -> None:
    prepare_reports(PREPARED)
    report = Report.objects.get(area=DAXIGOU)
    Report.objects.filter(pk=report.pk).update(state=ReportState.FILED, draft={"as_of": "sealed"})
    preparing._store([report])
    report.refresh_from_db()
    assert report.draft == {"as_of": "sealed"}
