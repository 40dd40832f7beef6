"""Files that the platform made and a clerk uploads again: nothing new, or one sentence what they are."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import Plan
from indicators.plan.loading import SHIPPED
from ledgers.files.template import template_of
from ledgers.reading.entries import RowOutcome
from ledgers.registry import KINDS
from ledgers.service import CheckedLedger, check_ledger
from orgs.models import CommunityOrg
from reports.dashboard.board import DashboardQuery
from reports.dashboard.export import export as export_dashboard
from reviews.kinds import record_kinds
from reviews.models import Submission
from tests.conftest import HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.ledger.workbooks import fund, in_yuan
from tests.records.kinds import kind_name, sound
from tests.reports import papers
from tests.reports.exports.conftest import Asked
from tests.types import Make, streamed

IMPORTED = [kind for kind in record_kinds() if kind.declaration.has_ledger]
OTHERS = [kind for kind in record_kinds() if not kind.declaration.has_ledger]


def _key(kind: type[Submission]) -> str:
    return next(
        key for key, ledgers in KINDS.items() if any(kind in ledger.kinds for ledger in ledgers)
    )


def _check(key: str, content: bytes, by: User) -> CheckedLedger:
    assert by.area
    return check_ledger(key, KINDS[key], content, by=by, root=by.area)


def _outcomes(checked: CheckedLedger) -> set[RowOutcome]:
    assert [str(problem) for problem in checked.result.problems] == []
    return {entry.outcome for entry in checked.entries}


def _file(made: Asked, by: User, kind: type[Submission]) -> bytes:
    export = made(by, kind=kind._meta.label_lower, status="")
    return Path(export.path).read_bytes()


@pytest.mark.parametrize("kind", IMPORTED, ids=kind_name)
def test_an_exported_ledger_says_nothing_new(
    make: Make, made: Asked, quji: User, yuzhong: Plan, kind: type[Submission]
) -> None:
    sound(make, kind)
    sound(make, kind)
    content = _file(made, quji, kind)
    checked = _check(_key(kind), content, quji)
    assert _outcomes(checked) == {RowOutcome.SAME}
    assert checked.result.rows == kind._default_manager.count()


@pytest.mark.parametrize("kind", OTHERS, ids=kind_name)
@pytest.mark.parametrize("key", ["funds", "activities"])
def test_the_export_of_figures_is_told_in_one_sentence(
    make: Make, made: Asked, quji: User, yuzhong: Plan, kind: type[Submission], key: str
) -> None:
    sound(make, kind)
    (problem,) = _check(key, _file(made, quji, kind), quji).result.problems
    assert str(kind._meta.verbose_name) in problem.message


def test_an_export_under_another_kind_is_told_where_it_belongs(
    make: Make, made: Asked, quji: User
) -> None:
    make(Fund)
    checked = _check("orgs", _file(made, quji, Fund), quji)
    assert ["社区慈善基金台账" in each.message for each in checked.result.problems] == [True]


def test_the_export_of_a_street_says_nothing_new_to_its_clerk(
    make: Make, made: Asked, jiedao: User
) -> None:
    for number, area in enumerate((HUAYIPO, HUAYIPO, QIXINGGANG)):
        make(CommunityOrg, area_id=area, name=f"互助会{number}")
    content = _file(made, jiedao, CommunityOrg)
    assert _outcomes(_check("orgs", content, jiedao)) == {RowOutcome.SAME}


def test_masked_donors_say_nothing_new_and_a_changed_row_is_asked(
    approved: Make, made: Asked, quji: User
) -> None:
    fund = approved(Fund)
    for number in ("渝财1", "渝财2"):
        approved(
            Donation, fund=fund, donor_name="张三丰", donor_type="person", receipt_number=number
        )
    content = _file(made, quji, Donation)
    assert _outcomes(_check("money", content, quji)) == {RowOutcome.SAME}
    checked = _check("money", _changed(content, "金额（元）", 777), quji)
    assert [each.outcome for each in checked.entries] == [RowOutcome.SAME]
    assert ["隐去" in str(each) for each in checked.result.problems] == [True], (
        checked.result.problems
    )


def test_a_row_added_to_an_export_is_new(make: Make, made: Asked, quji: User) -> None:
    make(CommunityOrg, area_id=HUAYIPO)
    content = _file(made, quji, CommunityOrg)
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[3]]
    sheet.insert_rows(5)
    values = {title: sheet.cell(4, at).value for at, title in enumerate(titles, 1)}
    values |= {
        "所属地区": "民生路社区",
        "地区代码": MINSHENGLU,
        "组织名称": "另一个会",
        "状态": None,
    }
    values |= {title: None for title in titles if "编号" in str(title) or title == "代码"}
    for at, title in enumerate(titles, 1):
        sheet.cell(5, at, values[title])
    checked = _check("orgs", _saved(book), quji)
    assert [str(problem) for problem in checked.result.problems] == []
    assert [each.outcome for each in checked.entries] == [RowOutcome.SAME, RowOutcome.NEW]
    assert checked.entries[1].record.area_id == MINSHENGLU


def _changed(content: bytes, title: str, value: object) -> bytes:
    """The file with another value in the first row of a column."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    at = [cell.value for cell in sheet[3]].index(title) + 1
    sheet.cell(4, at, value)
    return _saved(book)


def _saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- what is no ledger -----------------------------------------------------------------------------


def test_the_dashboard_is_told_in_one_sentence(quji: User, yuzhong: Plan, make: Make) -> None:
    assert quji.area
    question = DashboardQuery(yuzhong, quji.area, datetime.date(2026, 11, 12), quji)
    content = export_dashboard(question)
    (problem,) = _check("funds", content, quji).result.problems
    assert "指标看板" in problem.message


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", record_kinds(), ids=kind_name)
def test_a_list_of_the_api_is_told_in_one_sentence(
    quji: User, client: Client, make: Make, yuzhong: Plan, kind: type[Submission], format_name: str
) -> None:
    sound(make, kind)
    client.force_login(quji)
    path = f"/api/v1/{kind.declaration.address}/"
    content = streamed(client.get(path, {"format": format_name}))
    (problem,) = _check("orgs", content, quji).result.problems
    assert "平台接口" in problem.message


def test_the_table_of_areas_is_told_in_one_sentence(quji: User) -> None:
    text = "代码,名称,类别,纳入考核,城镇社区\n500103001,七星岗街道,街道,是,否\n"
    (problem,) = _check("orgs", text.encode("gbk"), quji).result.problems
    assert "区划表" in problem.message


def test_the_file_of_a_plan_is_told_in_one_sentence(quji: User) -> None:
    content = sorted(SHIPPED.glob("*.toml"))[0].read_bytes()
    (problem,) = _check("orgs", content, quji).result.problems
    assert "方案文件" in problem.message


@pytest.mark.parametrize("key", list(KINDS))
def test_an_empty_template_is_told_in_one_sentence(quji: User, key: str) -> None:
    assert quji.area
    (problem,) = _check(key, template_of(KINDS[key], quji.area), quji).result.problems
    assert "没有找到任何可导入的数据行" in problem.message


def test_the_workbook_of_a_report_is_told_in_one_sentence(
    quji: User, request: pytest.FixtureRequest
) -> None:
    content = papers.build_workbook(*papers.sealed(request))
    (problem,) = _check("funds", content, quji).result.problems
    assert "封存报告" in problem.message
    book = load_workbook(io.BytesIO(content))
    for sheet in [one for one in book.worksheets if one.title != "台账-社区慈善基金"]:
        book.remove(sheet)
    (problem,) = _check("funds", _saved(book), quji).result.problems
    assert "封存报告" in problem.message


def test_a_sheet_of_the_platform_beside_a_ledger_is_left_out(quji: User, yuzhong: Plan) -> None:
    assert quji.area
    question = DashboardQuery(yuzhong, quji.area, datetime.date(2026, 11, 12), quji)
    book = load_workbook(io.BytesIO(export_dashboard(question)))
    for name in book.sheetnames[1:]:
        book.remove(book[name])
    sheet = book.create_sheet("台账", 0)
    for row in in_yuan([fund(1)]):
        sheet.append(row)
    checked = _check("funds", _saved(book), quji)
    assert (checked.result.problems, len(checked.entries)) == ([], 1)
    assert ["指标看板" in each.message for each in checked.result.warnings] == [True]
