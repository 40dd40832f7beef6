"""What cells mean in whole files: findings stand at the cell or the title that is to be changed."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal

import pytest
from openpyxl import Workbook

from accounts.models import User
from tests.ledger.workbooks import (
    Reading,
    Row,
    Sheet,
    cells,
    fund,
    one_sheet,
    org,
    read,
    table,
    workbook,
)

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases


def _shown(code: str, title: str, value: object, line: str = "") -> bytes:
    """Return a file with one fund whose initial money has a number format."""
    row = fund()
    del row["起始资金"]
    book = Workbook()
    page = book.worksheets[0]
    for each in (["渝中区社区慈善基金台账"], [line], *table([row | {title: value}])):
        page.append(each)
    page.cell(4, len(row) + 1).number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("code", "title", "value", "yuan"),
    [
        ('0.00"万元"', "起始资金", 12.5, 125_000),
        ('0!.0,"万"', "起始资金（元）", 50_000, 50_000),
        ("[$¥-804]#,##0.00", "起始资金", 500, 500),
        ("General", "起始资金（万元）", 12.5, 125_000),
    ],
)
def test_a_fund_has_the_money_that_its_ledger_shows(
    quji: User, code: str, title: str, value: object, yuan: int
) -> None:
    found = read("funds", _shown(code, title, value), quji)
    assert (found.record.initial_yuan, found.warnings) == (Decimal(yuan), [])


@pytest.mark.parametrize(
    ("code", "title", "line", "cell", "said"),
    [
        ('0!.0,"万"', "起始资金（万元）", "", "I4", "显示为“5.0万”"),
        ("[$USD] 0.00", "起始资金", "", "I4", "外币"),
        ("0%", "起始资金（元）", "", "I4", "比例"),
        ("General", "起始资金（美元）", "", "I3", "外币"),
        ("General", "起始资金（元）", "单位：万元", "I3", "单位行写的是“万元”"),
        ("General", "起始资金", "币种：港币", "I3", "外币"),
    ],
)
def test_a_unit_that_is_not_known_is_a_problem_where_it_stands(
    quji: User, code: str, title: str, line: str, cell: str, said: str
) -> None:
    found = read("funds", _shown(code, title, 50_000, line), quji)
    assert [(each.cell, said in each.message) for each in found.problems] == [(cell, True)]


def test_money_without_any_unit_is_asked_once_a_column(quji: User) -> None:
    found = read("funds", workbook(Sheet(table([fund(1), fund(2)]))), quji)
    assert (found.problems, cells(found.warnings)) == ([], ["I1"])
    assert "按“元”计" in found.warnings[0].message


def test_a_total_is_read_in_the_unit_of_its_format(quji: User) -> None:
    total = {"街道": "合计", "起始资金": "0.02万元"}
    found = read("funds", one_sheet(fund(1), fund(2), total), quji)
    assert (found.problems, found.warnings) == ([], [])


@pytest.mark.parametrize(
    ("changes", "cell"),
    [
        ({"协议编号": 2.026e17}, "J2"),
        ({"协议编号": "2.026E+17"}, "J2"),
        ({"协议编号": datetime.date(2026, 11, 1)}, "J2"),
        ({"币种": "美元"}, "J2"),
        ({"单位": "万元"}, "J2"),
        ({"依托慈善组织": "同上"}, "F2"),
        ({"街道": "〃"}, "B2"),
        ({"设立日期": "26.4.1"}, "H2"),
        ({"起始资金": "1,5万"}, "I2"),
    ],
)
def test_what_has_two_readings_is_a_problem_at_its_cell(
    quji: User, changes: Row, cell: str
) -> None:
    found = read("funds", one_sheet(fund(1, **changes)), quji)
    assert cells(found.problems) == [cell]


def test_a_filing_number_that_became_a_day_is_a_problem(quji: User) -> None:
    number = datetime.date(2026, 11, 1)
    found: Reading = read("orgs", one_sheet(org(1, **{"登记（备案）编号": number})), quji)
    assert [each.column for each in found.problems] == ["登记（备案）编号"]
    assert "日期" in found.problems[0].message
