"""Ledgers as people send them who have never read the guide: what nobody can be sure of is asked."""

from __future__ import annotations

import pytest

from accounts.models import User
from funds.models import Fund
from ledgers.cells import Cell, CellError, identifier, text
from ledgers.units.stated import stated_in_lines
from ledgers.workbooks.errors import is_error
from reviews.services import reopen, void
from tests.ledger.packages import respelled
from tests.ledger.workbooks import (
    HOST,
    Row,
    Sheet,
    fund,
    imported,
    in_yuan,
    money,
    one_sheet,
    org,
    project,
    read,
    scene,
    workbook,
)

# --- texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "同上栏",
        "如上",
        "见上",
        "以上",
        "同左",
        "同第3行",
        "〃〃",
        "’’",
        "<同上>",
        "与上行相同",
        "同",
    ],
)
def test_every_way_to_repeat_the_row_above_is_refused(written: str) -> None:
    with pytest.raises(CellError, match="上一行"):
        text()(Cell(written))


@pytest.mark.parametrize("written", ["同心社区", "上清寺", "以上海为例", "见义勇为基金", "同乐队"])
def test_a_name_that_begins_like_a_repetition_is_a_name(written: str) -> None:
    assert text()(Cell(written)) == written


@pytest.mark.parametrize("written", ["null", "None", "NaN", "undefined", "[object Object]"])
def test_what_a_program_writes_for_nothing_is_refused(written: str) -> None:
    with pytest.raises(CellError, match="空值"):
        text()(Cell(written))


@pytest.mark.parametrize("written", ["王\ufffd", "锟斤拷锟斤拷"])
def test_texts_of_a_wrong_encoding_are_refused(written: str) -> None:
    with pytest.raises(CellError, match="乱码"):
        text()(Cell(written))


@pytest.mark.parametrize("written", ["……", "|", "???", "王\ue863"])
def test_signs_without_a_word_and_private_signs_are_asked(written: str) -> None:
    cell = Cell(written)
    assert text()(cell) == written
    assert cell.remarks


@pytest.mark.parametrize("blank", ["\u2800", "\ufffc", "\u3164"])
def test_further_signs_that_nobody_sees_fall_out(blank: str) -> None:
    assert text()(Cell(f"王{blank}芳")) == "王芳"


@pytest.mark.parametrize("written", ["#名称?", "#值!", "#引用!", "#PYTHON!", "#EXTERNAL!"])
def test_errors_of_other_programs_are_errors(written: str) -> None:
    assert is_error(written)


def test_a_hashtag_is_no_error() -> None:
    assert not is_error("#为爱发声!")


# --- identifiers --------------------------------------------------------------------------------


def test_the_apostrophe_that_makes_a_text_is_no_part_of_a_number() -> None:
    assert identifier(40)(Cell("'00123")) == "00123"


@pytest.mark.parametrize("written", ["待补", "遗失", "11月1日", "Nov-26"])
def test_what_is_hardly_a_number_is_asked(written: str) -> None:
    cell = Cell(written)
    identifier(40)(cell)
    assert cell.remarks


# --- units and currencies -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "數據單位萬元",
        "数据单位：万元",
        "统计单位：万元",
        "本表金额均以万元为计量单位",
        "Currency: USD",
    ],
)
def test_a_line_that_mentions_a_unit_is_never_passed_over(line: str) -> None:
    stated = stated_in_lines([line])
    assert stated.units or stated.unclear


@pytest.mark.parametrize(
    "line", ["本年共筹集5万元", "填报单位：万元坊社区", "参加元旦活动", "伍万元项目"]
)
def test_an_amount_or_a_name_in_a_line_is_no_unit(line: str) -> None:
    stated = stated_in_lines([line])
    assert not (stated.units or stated.unclear)


@pytest.mark.parametrize("title", ["捐赠币种", "计价货币", "原币", "备查"])
def test_a_foreign_currency_of_a_row_is_a_problem_under_any_title(jiedao: User, title: str) -> None:
    reading = read("money", one_sheet(money() | {title: "USD"}), jiedao)
    assert any("人民币" in str(each) for each in reading.problems)


def test_a_note_on_foreign_money_is_asked(jiedao: User) -> None:
    imported(jiedao, "funds", fund())
    reading = read("money", one_sheet(money(摘要="外币捐赠（USD 100）")), jiedao)
    assert not reading.problems
    assert any("折合成人民币" in each.message for each in reading.warnings)


@pytest.mark.parametrize(
    "line",
    [
        "期初", "截至上月末累计", "理财收益", "存款利息（二季度）", "定存到期转回", "从2号基金转入", "调整",
        "农业银行结息",
    ],
)  # fmt: skip
def test_further_lines_of_a_cash_book_are_no_gifts(jiedao: User, line: str) -> None:
    imported(jiedao, "funds", fund())
    sound = money(2, 摘要="张三捐赠")
    for place in ("摘要", "备注"):
        row = money(摘要=None, 票据号=None) | {place: line}
        reading = read("money", one_sheet(row, sound), jiedao)
        assert reading.problems or len(reading.records) == 1


# --- layout -------------------------------------------------------------------------------------


def test_an_amount_merged_over_rows_is_asked(jiedao: User) -> None:
    rows = in_yuan([fund(1), fund(2, 起始资金=None)])
    reading = read("funds", workbook(Sheet(rows, merges=["I2:I3"])), jiedao)
    (told,) = (each for each in reading.warnings if "合并" in each.message)
    assert told.cell == "I2"


@pytest.mark.parametrize(
    "change",
    [
        ('<row r="2"', '<row r="2" ht="0"'),
        ("<sheetData", '<cols><col min="9" max="9" width="0"/></cols><sheetData'),
    ],
)
def test_a_row_or_a_column_of_no_size_is_hidden(jiedao: User, change: tuple[str, str]) -> None:
    content = respelled(one_sheet(fund()), change)
    reading = read("funds", content, jiedao)
    assert any("隐藏" in each.message for each in reading.warnings)


def test_a_comma_that_moves_the_cells_of_a_csv_file_is_a_problem(jiedao: User) -> None:
    titles, line = in_yuan([fund(起始资金="1,000")])
    content = "\r\n".join(",".join(map(str, row)) for row in (titles, line)).encode()
    (problem,) = read("funds", content, jiedao).problems
    assert "逗号" in problem.message


# --- rows that correct or contradict ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "row", "name", "renamed"),
    [
        ("scenes", scene(), "名称", "华一坡社区慈善文化墙1"),
        ("orgs", org() | {"登记（备案）编号": None}, "组织名称", "华一坡社区互帮互助会1"),
        ("projects", project(), "项目名称", "华一坡社区助学项目1"),
        ("funds", fund(), "基金名称", f"{HOST}华一坡社区1号慈善基金"),
    ],
)
def test_a_row_of_the_same_day_and_almost_the_same_name_is_asked(
    jiedao: User, kind: str, row: Row, name: str, renamed: str
) -> None:
    imported(jiedao, kind, row)
    reading = read(kind, one_sheet(row | {name: renamed}), jiedao)
    assert any("疑似修改" in each.message for each in reading.problems)


@pytest.mark.parametrize(
    "other", ["华一坡社区慈善墙2", "华一坡社区爱心超市", "华一坡社区慈善墙1第二期"]
)
def test_another_name_or_another_number_is_another_fact(jiedao: User, other: str) -> None:
    imported(jiedao, "scenes", scene())
    assert not read("scenes", one_sheet(scene(名称=other)), jiedao).problems


def test_both_names_in_one_file_are_two_facts(jiedao: User) -> None:
    imported(jiedao, "scenes", scene())
    both = one_sheet(scene(), scene(名称="华一坡社区慈善文化墙1"))
    assert not read("scenes", both, jiedao).problems


@pytest.mark.parametrize("groups", ["一老", "其他", "一困"])
def test_groups_that_a_row_leaves_out_contradict_the_record(jiedao: User, groups: str) -> None:
    imported(jiedao, "projects", project(服务对象="一老、一小"), is_submitted=True)
    reading = read("projects", one_sheet(project(服务对象=groups)), jiedao)
    assert any("内容不同" in each.message for each in reading.problems)


def test_the_same_file_is_taken_again_after_its_record_was_voided(
    jiedao: User, shiju: User
) -> None:
    imported(jiedao, "funds", fund(), approve_as=shiju)
    imported(jiedao, "money", money(), approve_as=shiju)
    stored = Fund.objects.get()
    reopen(stored, by=shiju, reason="级别有误")
    assert "没有重复导入" in str(read("money", one_sheet(money()), jiedao).problems)
    stored.refresh_from_db()
    void(stored, by=jiedao, reason="登记有误")
    again = read("funds", one_sheet(fund()), jiedao)
    assert not again.problems
    assert any("作废" in each.message for each in again.warnings)
    imported(jiedao, "funds", fund(), approve_as=shiju)
    reading = read("money", one_sheet(money()), jiedao)
    assert not reading.problems
    assert reading.record.fund_id != stored.pk
