"""零报告: allowed only if nothing is new, and marked as such."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan
from orgs.models import Training
from reports.editions.sealing import SealError
from reports.filing.preparing import prepare_reports
from reports.models import Report
from reviews.services import reopen
from tests.conftest import DISTRICT, HUAYIPO, QIXINGGANG
from tests.reports.filing.conftest import PREPARED, Day, File
from tests.types import Make
from tests.worlds import share

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once

NOVEMBER = Day(2026, 11, 30)


def _november(file: File, **how: object) -> Any:
    return file(QIXINGGANG, due_on=NOVEMBER, on=NOVEMBER, **how)


@pytest.fixture
def june(few_streets: Plan, approved: Make, file: File) -> None:
    """One fund and one training, filed in June; the report of November is prepared."""
    approved(Fund, area_id=HUAYIPO)
    approved(Training, area_id=QIXINGGANG)
    prepare_reports(PREPARED)
    file(QIXINGGANG)
    prepare_reports(Day(2026, 11, 1))


share(__name__, "june")


def test_where_nothing_is_new_it_is_a_zero_report(june: None, file: File) -> None:
    edition = _november(file, is_zero=True)
    assert edition.is_zero
    assert edition.as_content().seal.is_zero
    assert edition.as_content().new_records == []


def test_what_is_new_is_named_and_it_is_refused(june: None, file: File, approved: Make) -> None:
    approved(Fund, area_id=HUAYIPO)
    approved(Training, area_id=QIXINGGANG)
    with pytest.raises(SealError) as refused:
        _november(file, is_zero=True)
    assert str(refused.value) == (
        "不能作零报告：本期新登记人才培训1项；本期新登记社区慈善基金1项；“社区慈善基金”与上期（2026年6月）不同"
        "；“培训社区公益慈善人才”与上期（2026年6月）不同"
    )
    assert not Report.objects.get(area=QIXINGGANG, due_on=NOVEMBER).editions.exists()


def test_what_was_taken_back_is_a_change_too(june: None, file: File, shiju: User) -> None:
    reopen(Fund.objects.get(), by=shiju, reason="重复登记")
    with pytest.raises(SealError, match="“社区慈善基金”与上期（2026年6月）不同"):
        _november(file, is_zero=True)


def test_a_year_that_begins_again_is_no_change(june: None, file: File, few_streets: Plan) -> None:
    """Trainings of 2026 are not in the figure of June 2027, but nothing is new either."""
    _november(file, is_zero=True)
    prepare_reports(Day(2027, 6, 1))
    day = Day(2027, 6, 30)
    edition = file(QIXINGGANG, due_on=day, on=day, is_zero=True)
    assert edition.figures["trained"] == "0"
    assert edition.is_zero


def test_the_first_report_is_none_where_anything_is_there(
    few_streets: Plan, approved: Make, file: File
) -> None:
    approved(Fund, area_id=HUAYIPO)
    prepare_reports(PREPARED)
    with pytest.raises(SealError, match="本期新登记社区慈善基金1项"):
        file(QIXINGGANG, is_zero=True)


def test_who_compiles_others_files_none(june: None, file: File) -> None:
    with pytest.raises(SealError, match="须逐级汇总下级报告"):
        file(DISTRICT, missing_reason="先行", is_zero=True)


def test_nothing_new_without_the_word_is_no_zero_report(june: None, file: File) -> None:
    assert not _november(file).is_zero
