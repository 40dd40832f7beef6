"""The findings that a clerk sees: every problem once, at its cell, in the order of the sheet."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.ledger.workbooks import Sheet, cells, fund, one_sheet, org, read, table, workbook

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases

TWO_FAULTS = {"社区": "不存在社区", "成员数": "若干"}


def test_all_problems_of_a_file_are_reported_at_once(quji: User) -> None:
    rows = [
        org(1, 成员数=-1),
        org(2),
        org(3, 组织名称=None, 类别="不知道"),
        org(4, 社区="不存在社区"),
    ]
    found = read("orgs", one_sheet(*rows), quji)
    assert cells(found.problems) == ["I2", "D4", "E4", "C5"]


def test_a_cell_has_one_problem_even_when_more_follow_from_it(quji: User) -> None:
    found = read("funds", one_sheet(fund(设立日期="2026.2.30", 起始资金="若干")), quji)
    assert cells(found.problems) == ["H2", "I2"]


def test_problems_stand_in_the_order_of_the_rows_and_columns(quji: User) -> None:
    padding = {f"列{number}": None for number in range(30)}
    rows = [org(number) | padding | TWO_FAULTS | {"联系电话": 5} for number in range(1, 12)]
    found = read("orgs", one_sheet(*rows), quji)
    assert cells(found.problems) == [
        f"{column}{row}" for row in range(2, 13) for column in ("C", "I", "AN")
    ]


def test_problems_stand_in_the_order_of_the_sheets(quji: User) -> None:
    bad = [org(1, **TWO_FAULTS), org(2, **TWO_FAULTS)]
    sheets = [
        Sheet(table([org(9)]), "好的"),
        Sheet(table(bad), "乙"),
        Sheet(table(bad), "甲"),
        Sheet(table([fund()]), "基金"),
    ]
    found = read("orgs", workbook(*sheets), quji)
    assert [(each.sheet, each.cell) for each in found.problems] == [
        *(("乙", cell) for cell in ("C2", "I2", "C3", "I3")),
        *(("甲", cell) for cell in ("C2", "I2", "C3", "I3")),
        ("基金", "A1"),
    ]


def test_warnings_stand_in_the_order_of_the_sheets_rows_and_columns(quji: User) -> None:
    rows = [org(1, 成员数="20余", 网址="x"), org(2, 成员数="约30", 联系电话="12")]
    prose = Sheet([["说明"], ["本表由街道填报"]], "说明")
    content = workbook(Sheet(table(rows), "台账"), prose)
    found = read("orgs", content, quji)
    assert [(each.sheet, each.cell) for each in found.warnings] == [
        ("台账", "J1"),
        ("台账", "I2"),
        ("台账", "I3"),
        ("台账", "K3"),
        ("说明", "A1"),
    ]


def test_a_problem_names_its_column_as_the_ledger_does(quji: User) -> None:
    row = fund(设立日期="2026.13.1")
    row["成立时间"] = row.pop("设立日期")
    (problem,) = read("funds", one_sheet(row), quji).problems
    assert problem.column == "设立日期"
    assert str(problem).startswith("Sheet1!I2 设立日期: ")


def test_a_finding_below_title_rows_counts_rows_as_excel_does(quji: User) -> None:
    content = workbook(Sheet([["台账"], ["单位：元"], [], *table([fund(1), fund(2, 起始资金=-1)])]))
    assert cells(read("funds", content, quji).problems) == ["I6"]
