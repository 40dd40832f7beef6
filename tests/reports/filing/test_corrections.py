"""数据更正: old and new value of each figure, and exactly the records that changed it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import pytest

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.models import Plan, Target
from indicators.rules import rule_of
from indicators.rules.answers.values import quantity_unit
from indicators.rules.sums import MeasureSum
from indicators.store.series import recompute_all
from orgs.models import Training
from reports.editions.corrections import corrections
from reports.editions.files import workbook_path
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report
from reports.schema.content import (
    CorrectedFigure,
    CorrectedRecord,
    FigureDifference,
    ReportContent,
)
from reviews.models import Status
from reviews.services import reopen
from supervision.models import Disclosure
from tests.conftest import HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.indicators.worlds import KINDS, World, load_world_plan
from tests.reports.filing.conftest import JUNE, PREPARED, corrected
from tests.types import Make
from tests.worlds import share
from work.models import TaskProgress

pytestmark = pytest.mark.once  # compares the contents of two editions


@pytest.fixture
def report(yuzhong: Plan) -> Report:
    return prepare_reports(PREPARED)[0]


share(__name__, "report")


def _figures(edition: Edition) -> dict[str, CorrectedFigure]:
    return {each.code: each for each in corrected(edition).figures}


def test_a_first_edition_corrects_nothing(report: Report, shiju: User) -> None:
    assert seal(report, by=shiju, on=JUNE).as_content().corrections is None


def test_what_came_what_went_and_what_changed_is_named(
    report: Report, shiju: User, approved: Make
) -> None:
    gone = approved(Fund, area_id=HUAYIPO)
    training = approved(Training, person_times=10)
    seal(report, by=shiju, on=JUNE)
    reopen(gone, by=shiju, reason="重复")
    come = [approved(Fund, area_id=MINSHENGLU) for _ in range(2)]
    Training.objects.filter(pk=training.pk).update(person_times=15)
    recompute_all()
    second = seal(report, by=shiju, on=JUNE, reason="核对台账")
    found = _figures(second)
    assert (found["funds"].old, found["funds"].new) == ("1", "2")
    told = [(each.change, each.name, each.area) for each in found["funds"].records]
    assert sorted(told) == sorted(
        [
            ("减少", gone.name, "华一坡社区"),
            *(("新增", each.name, "民生路社区") for each in come),
        ]
    )
    assert found["trained"].records == [
        CorrectedRecord(
            kind="orgs.training",
            id=training.pk,
            kind_name="人才培训",
            name=training.name,
            area="七星岗街道",
            change="数量变化",
            old="10",
            new="15",
        )
    ]
    assert "raised" not in found


def test_a_refund_dated_back_into_a_sealed_period_is_told_as_what_it_is(
    report: Report, shiju: User, approved: Make
) -> None:
    """It lowers what was raised on its own day; the sealed edition stays, the next one explains."""
    fund = approved(Fund, area_id=HUAYIPO)
    gift = approved(Donation, fund=fund, amount_yuan=Decimal(50000))
    first = seal(report, by=shiju, on=JUNE)
    refund = approved(
        Donation,
        fund=fund,
        refund_of=gift,
        donated_on=gift.donated_on,
        amount_yuan=Decimal(-20000),
    )
    second = seal(report, by=shiju, on=JUNE, reason="捐赠人退赠")
    raised = _figures(second)["raised"]
    assert (raised.old, raised.new) == ("5", "3")
    (told,) = raised.records
    assert (told.id, told.kind_name, told.area) == (refund.pk, "捐赠收入", "华一坡社区")
    assert (told.change, told.old, told.new) == ("新增（冲减）", "0", "-20000")
    first.refresh_from_db()
    assert first.figures["raised"] == "5"
    sheet = openpyxl.load_workbook(workbook_path(second))["数据更正"]
    assert any("新增（冲减）" in map(str, row) for row in sheet.iter_rows(values_only=True))


def test_the_sheet_says_the_same(report: Report, shiju: User, approved: Make) -> None:
    seal(report, by=shiju, on=JUNE)
    fund = approved(Fund, area_id=HUAYIPO)
    approved(Donation, fund=fund, amount_yuan=Decimal("1234.50"))
    second = seal(report, by=shiju, on=JUNE, reason="漏报一支基金")
    sheet = openpyxl.load_workbook(workbook_path(second))["数据更正"]
    rows = [
        row[1:] for row in sheet.iter_rows(min_row=5, values_only=True) if isinstance(row[0], int)
    ]
    by_name = {row[0]: row for row in rows}
    assert by_name["社区慈善基金"][2:7] == ("0", "1", "新增", "社区慈善基金", fund.name)
    raised = by_name["社区慈善累计筹集款物"]
    assert (raised[1], raised[2:4]) == ("万元", ("0", "0.12"))
    assert raised[-3:] == ("元", "0", "1234.5")  # every number has its unit beside it
    assert by_name["社区慈善基金"][-3:] == ("支", "0", "1")
    assert "漏报一支基金" in str(sheet.cell(4 + len(rows) + 1, 1).value)
    first = report.editions.get(number=1)
    assert "数据更正" not in openpyxl.load_workbook(workbook_path(first)).sheetnames


def test_a_target_a_denominator_and_words_are_corrections_too(report: Report, shiju: User) -> None:
    seal(report, by=shiju, on=JUNE)
    Target.objects.filter(indicator__code="funds").update(value=20)
    Area.objects.filter(code=HUAYIPO).update(is_counted=False)
    recompute_all()
    found = corrected(seal(report, by=shiju, on=JUNE, reason="区划与目标调整"))
    by_code = {each.code: each for each in found.figures}
    assert (by_code["funds"].old_target, by_code["funds"].new_target) == ("19", "20")
    assert by_code["funds"].records == []
    assert "coverage" in by_code
    assert "纳入考核的地区有变化：增加0个，减少1个" in found.others
    assert any("文稿“" in each for each in found.others)


def test_duties_and_tasks_that_changed_are_told(
    report: Report, yuzhong: Plan, shiju: User, approved: Make
) -> None:
    fund = approved(Fund, area_id=HUAYIPO, established_on=datetime.date(2026, 4, 1))
    seal(report, by=shiju, on=JUNE)
    approved(
        Disclosure,
        fund=fund,
        charity=None,
        kind="money",
        period="2026-04",
        disclosed_on=datetime.date(2026, 5, 10),
    )
    task = yuzhong.tasks.get(code="fund-setup")
    approved(TaskProgress, task=task, area_id=QIXINGGANG, due_on=report.due_on, state="under_way")
    others = corrected(seal(report, by=shiju, on=JUNE, reason="补录")).others
    assert "履责事项“基金每月收支公开”完成由0改为1，逾期由2改为1" in others
    assert f"任务“{task.name}”推进中由0改为1，未报由11改为10" in others


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(800, 812))
def test_the_records_add_up_to_the_difference_of_the_figure(seed: int, tmp_path: Path) -> None:
    """In random worlds after random changes, for every figure that is a sum of records."""
    world = World(Random(seed))
    plan = load_world_plan(tmp_path)
    world.fill(world.random.randint(5, 10))
    recompute_all()
    report = Report.objects.create(
        plan=plan,
        area_id=plan.area_code,
        due_on=JUNE,
        file_by=JUNE,
        prepared_at="2026-06-01T00:00Z",
    )
    by = User.objects.create_user("signs", role="reviewer", area_id=plan.area_code)
    first = seal(report, by=by, on=JUNE).as_content()
    for kind in KINDS:
        for record in kind._default_manager.all():
            if world.random.random() < 0.3:
                status = world.random.choice([Status.APPROVED, Status.VOID])
                kind._default_manager.filter(pk=record.pk).update(status=status)
    recompute_all()
    second = seal(report, by=by, on=JUNE, reason="更正").as_content()
    found = second.corrections
    assert found == corrections(first, second)
    for figure in found.figures:
        indicator = plan.indicators.get(code=figure.code)
        if isinstance(rule_of(indicator), MeasureSum):
            change = _numerator(second, figure.code) - _numerator(first, figure.code)
            scale = 10_000 if indicator.unit == "万元" else 1
            assert _balance(figure) == change * scale, figure.code
    changed = {each.code for each in found.figures}
    for item in second.indicators:
        if item.code not in changed:
            assert item.value == first_value(first, item.code)


def test_the_unit_in_which_a_record_counts(yuzhong: Plan) -> None:
    units = {each.code: quantity_unit(each) for each in yuzhong.indicators.all()}
    assert units["raised"] == "元"
    assert units["trained"] == "人次"
    assert units["funds"] == "支"
    assert units["coverage"] == "条"  # a percentage of communities, each reached by records


def test_figures_that_differ_have_their_unit() -> None:
    def told(text: str, unit: str) -> str:
        words = ("500103", "渝中区", JUNE, "raised", "筹集款物", text, "无数据", "+5万元")
        return FigureDifference(*words, unit=unit).sealed_amount

    assert told("5.1", "万元") == "5.1万元"
    assert told("72.5%", "%") == "72.5%"
    assert told("无此指标或口径不同", "万元") == "无此指标或口径不同"
    assert told("5.1", "") == "5.1"


def _numerator(content: ReportContent, code: str) -> Decimal:
    return next(Decimal(each.exact[0]) for each in content.indicators if each.code == code)


def first_value(content: ReportContent, code: str) -> str | None:
    return next(each.value for each in content.indicators if each.code == code)


def _balance(figure: CorrectedFigure) -> Decimal:
    """Return the sum of a correction's records."""
    return sum((Decimal(each.new) - Decimal(each.old) for each in figure.records), Decimal(0))
