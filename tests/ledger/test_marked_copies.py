"""The user's own workbook is returned with its problem cells marked and nothing else changed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from accounts.models import User
from ledgers.files.marked.copying import marked_copy
from ledgers.reading.sheets import LIST_SHEET
from tests.ledger.workbooks import Sheet, one_sheet, org, read, table, workbook

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases

RED = "00FFC7CE"
FAULTY = ({"登记（备案）日期": "2026.2.30"}, {"组织名称": "=1+1", "成员数": -1})


def _faulty() -> bytes:
    rows = [["七星岗街道台账"], *table([org(1, **FAULTY[0]), org(2, **FAULTY[1]), org(3)])]
    return workbook(Sheet(rows, "台账", merges=["A1:I1"]))


def _back(content: bytes, by: User) -> Workbook:
    found = read("orgs", content, by)
    assert found.problems
    return load_workbook(io.BytesIO(marked_copy(content, found.problems, found.warnings).content))


def test_exactly_the_problem_cells_are_red_and_say_why(quji: User) -> None:
    content = _faulty()
    problems = read("orgs", content, quji).problems
    sheet = _back(content, quji)["台账"]
    red = {cell.coordinate for row in sheet for cell in row if cell.fill.start_color.rgb == RED}
    assert red == {problem.cell for problem in problems if problem.sheet == "台账"}
    for problem in problems:
        comment = sheet[problem.cell].comment
        assert comment is not None
        assert problem.message in comment.text


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_a_marked_copy_uploaded_as_it_is_says_the_same(quji: User, ending: str) -> None:
    content = (Path(__file__).parent / "files" / f"clerks_file.{ending}").read_bytes()
    first = read("orgs", content, quji)
    assert [one.cell for one in first.problems] == ["H4", "I5", "E6"]
    for _ in range(2):
        content = marked_copy(content, first.problems, first.warnings).content
        again = read("orgs", content, quji)
        assert (again.problems, again.warnings) == (first.problems, first.warnings)
        assert [str(each) for each in again.records] == [str(each) for each in first.records]


def test_every_finding_stands_in_the_list(quji: User) -> None:
    content = _faulty()
    found = read("orgs", content, quji)
    rows = list(_back(content, quji)[LIST_SHEET].iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in rows] == [one.cell for one in (*found.problems, *found.warnings)]
    assert {row[0] for row in rows} <= {"须改正", "提示"}


def test_values_looks_and_formulas_of_the_file_stay(quji: User) -> None:
    book = load_workbook(io.BytesIO(_faulty()))
    book["台账"]["A3"].font = Font(bold=True)
    book["台账"]["K3"] = "=SUM(A3:A4)"
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = _back(buffer.getvalue(), quji)["台账"]
    assert sheet["A3"].font.bold
    assert sheet["K3"].value == "=SUM(A3:A4)"


def test_a_marked_copy_that_was_mended_can_be_uploaded(quji: User) -> None:
    content = _faulty()
    book = _back(content, quji)
    sheet = book["台账"]
    titles = {cell.value: cell.column for cell in sheet[2]}
    sheet.cell(3, titles["登记（备案）日期"], "2026-02-28")
    sheet.cell(4, titles["成员数"], 1)
    sheet.cell(4, titles["组织名称"], "华一坡社区互助会2")
    buffer = io.BytesIO()
    book.save(buffer)
    found = read("orgs", buffer.getvalue(), quji)
    assert found.problems == []
    assert len(found.records) == 3


def test_text_that_looks_like_a_formula_stays_text_in_the_list(quji: User) -> None:
    content = one_sheet(org(1, 类别="=cmd|' /C calc'!A0"))
    sheet = _back(content, quji)[LIST_SHEET]
    assert all(cell.data_type == "s" for row in sheet for cell in row if cell.value is not None)
