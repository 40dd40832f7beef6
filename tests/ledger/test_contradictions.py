"""A row that contradicts a stored record is told so; it is never called the same in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from funds.models import Fund
from ledgers.reading.entries import RowOutcome
from ledgers.registry import KINDS
from ledgers.service import check_ledger
from orgs.models import CommunityOrg
from reviews.services import approve
from tests.ledger.workbooks import Row, fund, imported, one_sheet, org, project, read, scene

CLOSED = fund(1, 终止日期="2026-06-01")


def _checked(by: User, kind: str, *rows: Row) -> Any:
    assert by.area
    return check_ledger(kind, KINDS[kind], one_sheet(*rows), by=by, root=by.area)


def test_a_running_fund_that_is_stored_as_closed_is_a_change_of_a_draft(quji: User) -> None:
    imported(quji, "funds", CLOSED)
    checked = _checked(quji, "funds", fund(1, 状态="运行中"))
    (entry,) = checked.entries
    assert entry.outcome == RowOutcome.CHANGED
    assert [(each.field, each.after) for each in entry.changes] == [("closed_on", None)]
    assert any("已于2026-06-01终止" in each.message for each in checked.result.warnings)


@pytest.mark.parametrize("state", ["运行中", "正常", "存续"])
def test_a_running_fund_that_is_approved_as_closed_is_refused(
    quji: User, shiju: User, state: str
) -> None:
    imported(quji, "funds", CLOSED, is_submitted=True)
    approve(Fund.objects.get(), by=shiju)
    (problem,) = _checked(quji, "funds", fund(1, 状态=state)).result.problems
    assert "终止日期：2026-06-01 → 空" in problem.message
    assert "撤回通过" in problem.message


def test_an_empty_state_says_nothing(quji: User) -> None:
    imported(quji, "funds", CLOSED)
    checked = _checked(quji, "funds", fund(1, 状态=None, 终止日期=None))
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.SAME]
    assert [each.message for each in checked.result.warnings if each.cell == "K2"] == [
        "单元格为空，系统中为“2026-06-01”，未清除；如应清除，请修改原记录"
    ]


def test_an_end_that_is_still_to_come_is_no_contradiction(quji: User) -> None:
    imported(quji, "funds", fund(1, 终止日期="2099-06-01"))
    checked = _checked(quji, "funds", fund(1, 状态="运行中"))
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.SAME]


def test_a_closed_fund_keeps_its_day_when_it_is_reported_again(quji: User) -> None:
    imported(quji, "funds", CLOSED)
    checked = _checked(quji, "funds", fund(1, 状态="终止"))
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.SAME]
    assert Fund.objects.get().closed_on == date(2026, 6, 1)


def test_a_row_that_contradicts_itself_is_a_problem(quji: User) -> None:
    (problem,) = read("funds", one_sheet(CLOSED | {"状态": "运行中"}), quji).problems
    assert "终止日期2026-06-01已过" in problem.message


CLEARED = [
    ("funds", fund(1), "起始资金", "100.00"),
    ("orgs", org(1), "成员数", "20"),
    ("projects", project(1), "预算（元）", "10000.00"),
    ("projects", project(1), "是否帮扶项目", "是"),
    ("scenes", scene(1, 停用日期="2026-09-01"), "停用日期", "2026-09-01"),
    ("scenes", scene(1, 有人员="√"), "有人员", "是"),
]


@pytest.mark.parametrize(("kind", "row", "title", "value"), CLEARED)
def test_a_cleared_cell_is_told_and_erases_nothing(
    quji: User, kind: str, row: Row, title: str, value: str
) -> None:
    imported(quji, kind, row)
    checked = _checked(quji, kind, row | {title: None})
    assert [entry.outcome for entry in checked.entries] == [RowOutcome.SAME]
    told = [each.message for each in checked.result.warnings if "未清除" in each.message]
    assert len(told) == 1
    assert f"系统中为“{value}”" in told[0]


def test_a_tick_that_is_denied_in_words_is_a_change(quji: User) -> None:
    imported(quji, "funds", fund(1))
    (entry,) = _checked(quji, "funds", fund(1, 是否具有公开募捐资格="无")).entries
    assert [change.field for change in entry.changes] == ["host_has_public_fundraising"]


def test_an_empty_text_says_nothing(quji: User) -> None:
    imported(quji, "orgs", org(1, 备注="原备注"))
    checked = _checked(quji, "orgs", org(1, 备注=None))
    assert not any("未清除" in each.message for each in checked.result.warnings)
    assert CommunityOrg.objects.get().note == "原备注"
