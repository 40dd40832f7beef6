"""Errors, formulas without values, struck-out and hidden rows: each is told at its cell."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from tests.ledger.workbooks import Row, activity, cells, fund, in_yuan, one_sheet, org, read, scene

ERRORS = ["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"]
TITLES = list(fund())


def changed(content: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """Return a workbook after a change of its first sheet."""
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def column(title: str) -> str:
    return "ABCDEFGHIJKLMN"[TITLES.index(title)]


def csv(*rows: Row) -> bytes:
    lines = in_yuan(rows)
    return "\n".join(",".join(str(value or "") for value in line) for line in lines).encode("gbk")


def page(*rows: Row) -> bytes:
    lines = in_yuan(rows)
    body = "".join(
        "<tr>" + "".join(f"<td>{'' if value is None else value}</td>" for value in line) + "</tr>"
        for line in lines
    )
    return f"<html><table>{body}</table></html>".encode()


# --- the same facts from every kind of file -----------------------------------------------------


@pytest.mark.parametrize("write", [one_sheet, csv, page])
def test_a_row_is_the_same_fact_in_every_kind_of_file(
    write: Callable[..., bytes], quji: User
) -> None:
    found = read("funds", write(fund(起始资金="1200.50")), quji)
    record = found.record
    assert (record.initial_yuan, record.established_on) == (
        Decimal("1200.50"),
        datetime.date(2026, 3, 1),
    )
    assert found.warnings == []


# --- errors and formulas without values ---------------------------------------------------------


@pytest.mark.parametrize("write", [one_sheet, csv, page])
@pytest.mark.parametrize("title", ["起始资金", "设立日期", "是否具有公开募捐资格", "基金名称"])
def test_an_error_is_a_problem_at_its_cell_in_every_kind_of_file(
    write: Callable[..., bytes], title: str, quji: User
) -> None:
    rows = [fund(number, **{title: error}) for number, error in enumerate(ERRORS, 1)]
    found = read("funds", write(*rows), quji)
    assert cells(found.problems) == [f"{column(title)}{row}" for row in range(2, len(rows) + 2)]
    for error, problem in zip(ERRORS, found.problems, strict=True):
        assert f"公式错误（{error}）" in problem.message


@pytest.mark.parametrize(
    ("title", "formula"),
    [
        ("起始资金", "=SUM(A1:A9)"),
        ("设立日期", "=DATE(2026,6,1)"),
        ("终止日期", "=DATE(2026,6,1)"),
        ("是否具有公开募捐资格", '=IF(1,"是","否")'),
        ("基金名称", '="甲"&"基金"'),
        ("社区", "=VLOOKUP(A2,数据源!A:B,2,0)"),
        ("基金级别", "=T1"),
    ],
)
def test_a_formula_that_was_never_calculated_is_a_problem_at_its_cell(
    title: str, formula: str, quji: User
) -> None:
    row = fund(终止日期=None) | {title: formula}
    found = read("funds", one_sheet(row), quji)
    assert cells(found.problems)[0] == f"{'ABCDEFGHIJ'[list(row).index(title)]}2"
    assert "没有计算结果" in found.problems[0].message
    assert "Excel 或 WPS 中打开并保存" in found.problems[0].message


@pytest.mark.parametrize("error", ["#N/A", "=A1"])
def test_a_failed_choice_is_no_choice_of_its_own(error: str, quji: User) -> None:
    found = read("scenes", one_sheet(scene(类型=error)), quji)
    assert cells(found.problems) == ["E2"]
    assert "公式" in found.problems[0].message


def test_a_row_of_such_formulas_alone_is_not_blank(quji: User) -> None:
    row = dict.fromkeys(fund(), "=Sheet2!A1")
    found = read("funds", one_sheet(fund(1), row), quji)
    assert "B3" in cells(found.problems) and found.result.rows == 2


def test_formulas_outside_the_rows_are_nothing(quji: User) -> None:
    total = {"序号": "合计", "起始资金": "=SUM(I2:I3)"}
    rows = [fund(1, 序号="=ROW()-1"), fund(2, 序号="=ROW()-1"), total]

    def beside(sheet: Worksheet) -> None:
        sheet["AB90"] = "=1/0"

    found = read("funds", changed(one_sheet(*rows), beside), quji)
    assert (found.problems, found.warnings, found.result.rows) == ([], [], 2)


# --- struck out and hidden ----------------------------------------------------------------------


def strike(*names: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for name in names:
            for cell in sheet[name] if name.isdigit() else [sheet[name]]:
                cell.font = Font(strike=True)

    return change


def test_a_struck_out_row_is_a_problem_of_the_row(quji: User) -> None:
    content = changed(one_sheet(fund(1), fund(2)), strike("3"))
    found = read("funds", content, quji)
    assert [(each.cell, each.message) for each in found.problems] == [
        ("B3", "该行有删除线，请删除该行或去掉删除线")
    ]


@pytest.mark.parametrize("title", ["起始资金", "基金名称", "设立日期"])
def test_a_struck_out_cell_is_a_problem_of_the_cell(title: str, quji: User) -> None:
    content = changed(one_sheet(fund()), strike(f"{column(title)}2"))
    found = read("funds", content, quji)
    assert [(each.cell, each.column) for each in found.problems] == [(f"{column(title)}2", title)]
    assert "该单元格有删除线" in found.problems[0].message


def test_a_line_through_what_is_not_read_is_nothing(quji: User) -> None:
    rows = [fund(1, 经手="王"), {"序号": "合计", "起始资金": 100}]
    found = read("funds", changed(one_sheet(*rows), strike("A2", "J2", "3")), quji)
    assert found.problems == []


@pytest.mark.parametrize(
    ("hidden", "words"),
    [((3,), "第3行已隐藏"), ((2, 3, 5), "第2—3、5行已隐藏"), ((2, 3, 4, 5), "第2—5行")],
)
def test_hidden_rows_are_read_and_named_once(
    hidden: tuple[int, ...], words: str, quji: User
) -> None:
    def hide(sheet: Worksheet) -> None:
        for row in (*hidden, 9):
            sheet.row_dimensions[row].hidden = True

    content = changed(one_sheet(*(org(number) for number in range(1, 5))), hide)
    found = read("orgs", content, quji)
    assert len(found.records) == 4
    (warning,) = found.warnings
    assert warning.message.startswith(words) and warning.cell == f"B{hidden[0]}"


def test_a_hidden_column_with_content_is_named_and_an_empty_one_is_not(quji: User) -> None:
    def hide(sheet: Worksheet) -> None:
        for letter in (column("起始资金"), column("社区")):
            sheet.column_dimensions[letter].hidden = True

    content = changed(one_sheet(fund(社区=None, 基金级别="街道级")), hide)
    found = read("funds", content, quji)
    told = [each for each in found.warnings if "隐藏" in each.message]
    assert [(each.cell, each.column) for each in told] == [(f"{column('起始资金')}1", "起始资金")]
    assert f"{column('起始资金')}列已隐藏" in told[0].message


# --- serial days --------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [46082, 46081.99999999, 46082.000001])
@pytest.mark.parametrize("code", ["General", "yyyy-mm-dd", "0.00"])
def test_a_serial_by_a_hair_before_midnight_is_the_next_day(
    number: float, code: str, quji: User
) -> None:
    def shown(sheet: Worksheet) -> None:
        sheet[f"{column('设立日期')}2"].number_format = code

    found = read("funds", changed(one_sheet(fund(设立日期=number)), shown), quji)
    assert found.record.established_on == datetime.date(2026, 3, 1)


@pytest.mark.parametrize("code", ["General", "yyyy/m/d", "@"])
@pytest.mark.parametrize("number", [44620, 44619.99999999])
def test_a_workbook_of_1904_has_its_own_serials(code: str, number: float, quji: User) -> None:
    book = load_workbook(io.BytesIO(one_sheet(activity())))
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0]["A2"].value = number
    book.worksheets[0]["A2"].number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    found = read("activities", buffer.getvalue(), quji)
    assert found.record.held_on == datetime.date(2026, 3, 1)


def test_numbers_that_are_no_days_are_the_same_in_1904(quji: User) -> None:
    book = load_workbook(io.BytesIO(one_sheet(fund(起始资金=44620))))
    book.epoch = CALENDAR_MAC_1904
    buffer = io.BytesIO()
    book.save(buffer)
    assert read("funds", buffer.getvalue(), quji).record.initial_yuan == 44620


# --- formats that show another number -----------------------------------------------------------


def _formatted(code: str, value: float, title: str = "起始资金") -> bytes:
    def change(sheet: Worksheet) -> None:
        sheet[f"{column(title)}2"].value = value
        sheet[f"{column(title)}2"].number_format = code

    return changed(one_sheet(fund(1)), change)


@pytest.mark.parametrize("code", ["-0", "(0)", '"-"0', "\\-0.00", "(#,##0.00)", "0-", "（0）"])
def test_a_format_that_shows_a_minus_or_brackets_is_a_problem(quji: User, code: str) -> None:
    (problem,) = read("funds", _formatted(code, 500), quji).problems
    assert problem.cell == f"{column('起始资金')}2"
    assert "500" in problem.message


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [("0", 12.6, "13"), ("#,##0", 1234.5, "1234"), ("0.0", 12.34, "12.3"), ("0_);(0)", 12.6, "13")],
)
def test_a_rounded_number_is_told_and_counts_as_stored(
    quji: User, code: str, value: float, shown: str
) -> None:
    found = read("funds", _formatted(code, value), quji)
    assert found.record.initial_yuan == Decimal(str(value))
    (told,) = [each for each in found.warnings if "四舍五入" in each.message]
    assert f"“{shown}”" in told.message and str(value) in told.message


@pytest.mark.parametrize(
    ("code", "value"),
    [("0", 12), ("0.00", 12.5), ("General", 12.6), ("#,##0.00", 0.1 + 0.2), ("@", 12.6)],
)
def test_a_number_that_is_shown_whole_is_not_mentioned(quji: User, code: str, value: float) -> None:
    assert not any(
        "四舍五入" in each.message for each in read("funds", _formatted(code, value), quji).warnings
    )


# --- white text ---------------------------------------------------------------------------------

WHITES = [
    Font(color="FFFFFFFF"),
    Font(color="00ffffff"),
    Font(color=Color(theme=0)),
    Font(color=Color(indexed=9)),
]


@pytest.mark.parametrize("font", WHITES, ids=["argb", "rgb", "theme", "indexed"])
@pytest.mark.parametrize("fill", [None, "FFFFFFFF"])
def test_white_text_on_white_is_told_and_read(quji: User, font: Font, fill: str | None) -> None:
    def change(sheet: Worksheet) -> None:
        for name in (f"{column('基金名称')}3", f"{column('起始资金')}3"):
            sheet[name].font = font
            if fill:
                sheet[name].fill = PatternFill("solid", fgColor=fill)

    found = read("funds", changed(one_sheet(fund(1), fund(2)), change), quji)
    assert (found.problems, len(found.records)) == ([], 2)
    told = [each for each in found.warnings if "白底白字" in each.message]
    assert cells(told) == [f"{column('基金名称')}3", f"{column('起始资金')}3"]


def test_white_titles_on_a_dark_fill_are_not_mentioned(quji: User) -> None:
    def change(sheet: Worksheet) -> None:
        for cell in (*sheet[1], *sheet[2]):
            cell.font = Font(color="FFFFFFFF")
            cell.fill = PatternFill("solid", fgColor="FF1F4E78")

    found = read("funds", changed(one_sheet(fund(1)), change), quji)
    assert not any("白底白字" in each.message for each in found.warnings)


# --- web pages that store another number than they show ---------------------------------------------


def _page_with(cell: str) -> bytes:
    return page(fund(起始资金="QQ")).replace(b"<td>QQ</td>", cell.encode())


NUMBERS = ["x:num", "sdval", 'data-t="n" data-v']


@pytest.mark.parametrize("name", NUMBERS)
def test_a_page_that_rounds_is_told_and_counts_as_stored(quji: User, name: str) -> None:
    found = read("funds", _page_with(f'<td {name}="1234.56">1,235</td>'), quji)
    assert found.record.initial_yuan == Decimal("1234.56")
    assert any("四舍五入" in each.message and "1235" in each.message for each in found.warnings)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("shown", ["5,000", "5.2万", "-50000", "(50000)", "5.0", ""])
def test_a_page_that_shows_another_number_is_a_problem(quji: User, name: str, shown: str) -> None:
    (problem,) = read("funds", _page_with(f'<td {name}="50000">{shown}</td>'), quji).problems
    assert problem.cell == f"{column('起始资金')}2"
    assert "50000" in problem.message


@pytest.mark.parametrize(
    "cell",
    [
        '<td x:num="50000">50,000.00</td>',
        "<td x:num>50000</td>",
        '<td x:num="">50000</td>',
        '<td x:num="50000">￥50,000</td>',
        '<td x:num="50000">5.0万</td>',
        '<td x:num="5.0000000000000001E4">50000</td>',
        '<td sdval="50000" sdnum="2052;">50000</td>',
        '<td data-t="s" data-v="x">50000</td>',
    ],
)
def test_a_page_that_shows_what_it_stores_is_read(quji: User, cell: str) -> None:
    assert read("funds", _page_with(cell), quji).record.initial_yuan == 50000


def test_a_day_of_a_page_is_what_is_shown(quji: User) -> None:
    content = page(fund(设立日期="QQ")).replace(
        b"<td>QQ</td>", '<td x:num="46082">2026年3月1日</td>'.encode()
    )
    assert read("funds", content, quji).record.established_on == datetime.date(2026, 3, 1)
