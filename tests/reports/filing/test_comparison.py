"""A report beside the last period and the same one of last year: as sealed, or from records."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan
from indicators.progress.progress import as_json, progress_of
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report
from reviews.services import reopen
from tests.conftest import DISTRICT, HUAYIPO
from tests.reports.filing.conftest import JUNE, Day
from tests.types import Make

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once

NOVEMBER, NEXT_JUNE = Day(2026, 11, 30), Day(2027, 6, 30)


def _seal(due_on: Day, by: User, reason: str = "") -> Edition:
    prepare_reports(due_on)
    report = Report.objects.select_related("plan", "area").get(due_on=due_on)
    return seal(report, by=by, on=due_on, reason=reason)


def _compared(edition: Edition) -> dict[str, Any]:
    return {each.key: each for each in edition.as_content().comparison}


def test_the_first_period_has_nothing_to_be_compared_with(yuzhong: Plan, shiju: User) -> None:
    assert _compared(_seal(JUNE, shiju)) == {}


def test_the_last_period_is_as_it_was_sealed(yuzhong: Plan, shiju: User, approved: Make) -> None:
    fund = approved(Fund, area_id=HUAYIPO)
    june = _seal(JUNE, shiju)
    reopen(fund, by=shiju, reason="核对")
    found = _compared(_seal(NOVEMBER, shiju))["last"]
    assert found.label == "上期（2026年6月）"
    assert (found.source, found.as_of) == ("edition", JUNE)
    assert found.values == june.figures
    assert found.values["funds"] == "1"
    assert found.texts["coverage"] == "0%"


def test_a_correction_is_what_counts(yuzhong: Plan, shiju: User, approved: Make) -> None:
    _seal(JUNE, shiju)
    approved(Fund, area_id=HUAYIPO)
    _seal(JUNE, shiju, reason="漏报")
    assert _compared(_seal(NOVEMBER, shiju))["last"].values["funds"] == "1"


def test_what_was_never_sealed_is_as_the_records_say(
    yuzhong: Plan, shiju: User, approved: Make
) -> None:
    approved(Fund, area_id=HUAYIPO)
    found = _compared(_seal(NOVEMBER, shiju))["last"]
    rows = progress_of(yuzhong, [DISTRICT], JUNE)[DISTRICT]
    assert found.source == "records"
    assert found.values == {item.indicator.code: as_json(item)["value"] for item in rows}


def test_the_same_period_of_last_year_stands_beside_it(
    yuzhong: Plan, shiju: User, approved: Make
) -> None:
    approved(Fund, area_id=HUAYIPO)
    june = _seal(JUNE, shiju)
    _seal(NOVEMBER, shiju)
    found = _compared(_seal(NEXT_JUNE, shiju))
    assert set(found) == {"last", "year"}
    assert found["year"].label == "上年同期（2026年6月）"
    assert found["year"].values == june.figures
