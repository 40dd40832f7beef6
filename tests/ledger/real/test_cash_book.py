"""Lines of a cash book: balances are told and never counted; interest, fees, transfers, refunds are
asked."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

import pytest

from accounts.models import User
from funds.models import Donation, Fund
from tests.ledger.workbooks import Row, cells, fund, imported, money, one_sheet, read
from tests.types import Make
from tests.worlds import share

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases

NAME = str(fund(1)["基金名称"])


@pytest.fixture
def book(approved: Make) -> Fund:
    """A fund with 1,000 yuan of donations in 2025."""
    found = approved(Fund, name=NAME)
    assert isinstance(found, Fund)
    approved(Donation, fund=found, amount_yuan=Decimal(1000), donated_on=datetime.date(2025, 5, 1))
    return found


share(__name__, "book")


@pytest.mark.parametrize(
    "text",
    [
        "上年结转",
        "上年结余",
        "2025年结转",
        "2025年度结余结转",
        "上年结转资金",
        "结转上年",
        "承前页",
        "过次页",
        "转下页",
        "接上页",
        "期初余额",
        "期初数",
        "年初结余",
        "月初余额",
        "期末余额",
        "本月结余",
        "账面余额",
        "银行存款余额",
        "结转下年",
        "余额",
        "截至2025年12月31日结余",
        "（上年结转）",
        "上 年 结 转",
    ],
)
@pytest.mark.parametrize("column", ["摘要", "捐赠人"])
def test_a_balance_is_told_and_not_counted(quji: User, book: Fund, text: str, column: str) -> None:
    rows = [money(1), money(2, **{"摘要": "", column: text, "收入（元）": 200000})]
    found = read("money", one_sheet(*rows), quji)
    assert found.problems == []
    assert [record.amount_yuan for record in found.records] == [100]
    (said,) = [each for each in found.warnings if "余额" in each.message]
    assert said.cell.endswith("3")


@pytest.mark.parametrize("text", ["本月合计", "本年累计", "本季合计", "累计", "本 页 合 计"])
def test_a_sum_of_the_book_is_not_counted(quji: User, book: Fund, text: str) -> None:
    rows = [money(1), money(2, 摘要=text, 票据号=None, **{"收入（元）": 100})]
    found = read("money", one_sheet(*rows), quji)
    assert found.problems == []
    assert [record.amount_yuan for record in found.records] == [100]


@pytest.mark.parametrize(("amount", "word"), [(1000, "一致"), (5000, "1,000.00元")])
def test_a_balance_is_compared_with_the_book(
    quji: User, book: Fund, amount: int, word: str
) -> None:
    row = money(1, 日期="2026-01-01", 摘要="上年结转", **{"收入（元）": amount})
    (said,) = read("money", one_sheet(money(2), row), quji).warnings
    assert word in said.message


def test_a_balance_may_stand_in_place_of_the_day(quji: User, book: Fund) -> None:
    row = money(1, 日期="上年结转", 基金=None, 摘要=None, 票据号=None, **{"收入（元）": 5})
    found = read("money", one_sheet(money(2), row), quji)
    assert (found.problems, cells(found.warnings)) == ([], ["B3"])


class Line(NamedTuple):
    """A line that is asked, and a word of the question."""

    label: str
    changes: Row
    word: str


def _income(text: str) -> Row:
    return {"摘要": text}


def _spending(text: str) -> Row:
    return {"摘要": text, "收入（元）": None, "支出（元）": 10, "票据号": None}


ASKED = [
    Line("银行利息", _income("银行利息"), "利息"),
    Line("第三季度利息", _income("第三季度存款利息"), "利息"),
    Line("结息", _income("2026年3月结息"), "利息"),
    Line("利息写在捐赠人", {"摘要": "", "捐赠人": "银行利息"}, "利息"),
    Line("手续费", _spending("银行手续费"), "手续费"),
    Line("账户管理费", _spending("支付账户管理费"), "手续费"),
    Line("基金间划转", _income("基金间划转"), "划转"),
    Line("划转支出", _spending("划转至街道基金"), "划转"),
    Line("内部往来", _spending("内部往来"), "划转"),
    Line("退款", _spending("退还张三捐款"), "退款"),
    Line("退回货款", _income("供应商退回货款"), "退款"),
    Line("红字冲销", _income("红字冲销3月误记"), "退款"),
    Line("负数", {"收入（元）": -100}, "红字"),
]


@pytest.mark.parametrize("line", ASKED, ids=lambda line: line.label)
def test_what_is_no_donation_and_no_expenditure_is_asked(
    quji: User, book: Fund, line: Line
) -> None:
    found = read("money", one_sheet(money(1, **line.changes)), quji)
    assert found.records == []
    assert [line.word in each.message for each in found.problems] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "资助困难学生助学贷款利息补助",
        "为退役军人送温暖",
        "结对帮扶捐款",
        "购买余热供暖设备",
        "页岩小区助老项目",
        "管理小组会议费用",
        "捐赠志愿服务费",
    ],
)
@pytest.mark.parametrize("side", [_income, _spending])
def test_other_lines_are_money(
    quji: User, book: Fund, text: str, side: Callable[[str], Row]
) -> None:
    found = read("money", one_sheet(money(1, **side(text))), quji)
    assert (found.problems, len(found.records)) == ([], 1)


# --- the other side of the book -----------------------------------------------------------------

_SPENT: Row = {"收入（元）": None, "支出（元）": 100, "票据号": None}


@pytest.mark.parametrize("is_moved_to_income", [True, False])
def test_money_moved_to_the_other_column_is_told_with_the_record(
    quji: User, book: Fund, is_moved_to_income: bool
) -> None:
    sides = [money(1, **_SPENT), money(1)]
    imported(quji, "money", sides[not is_moved_to_income])
    found = read("money", one_sheet(sides[is_moved_to_income]), quji)
    (told,) = [each for each in found.warnings if "同日同额" in each.message]
    assert told.cell == ("E2" if is_moved_to_income else "F2")
    assert ("改到收入栏" in told.message) is is_moved_to_income


def test_money_in_and_out_on_one_day_is_not_mentioned_where_the_file_has_both(
    quji: User, book: Fund
) -> None:
    imported(quji, "money", money(1, **_SPENT))
    found = read("money", one_sheet(money(1, **_SPENT), money(1)), quji)
    assert not any("同日同额" in each.message for each in found.warnings)
