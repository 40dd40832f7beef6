"""Identifiers that Excel has changed are problems in every ledger; so is 同上 in every column."""

from __future__ import annotations

import datetime
import re

import pytest

from ledgers.cells import Cell, CellError, Parser, document_number, identifier, phone, text
from ledgers.declaration import Column
from ledgers.registry import KINDS

pytestmark = pytest.mark.once

COLUMNS = [
    pytest.param(column, id=f"{ledger.plural}.{column.field}")
    for ledgers in KINDS.values()
    for ledger in ledgers
    for column in ledger.columns
]
#: A code of an area is no such identifier: its 12 digits are exact as a number, too.
IDENTIFIERS = [
    each
    for each in COLUMNS
    if re.search(r"编号|(?<!地区)代码|票据|电话|证号", each.values[0].title)  # type: ignore[union-attr]
]
#: What Excel makes of 202600000000000123, 2026-11-1, 6:30, 50%, 真 and codes that look like numbers.
CHANGED: list[object] = [
    2.026e17,
    202611.0,
    12,
    "2.026E+17",
    "2.026e17",
    "5.15E+16",
    datetime.date(2026, 11, 1),
    datetime.datetime(2026, 11, 1),  # noqa: DTZ001
    datetime.time(6, 30),
    datetime.timedelta(hours=30),
    True,
    "TRUE",
    "50%",
    "20260001.0",
    "########",
]


def test_all_kinds_of_identifiers_are_walked() -> None:
    fields = {each.values[0].field for each in IDENTIFIERS}  # type: ignore[union-attr]
    assert fields >= {
        "agreement_number",
        "certificate_number",
        "credit_code",
        "host_credit_code",
        "number",
        "phone",
        "receipt_number",
    }


@pytest.mark.parametrize("column", IDENTIFIERS)
def test_an_identifier_that_excel_has_changed_is_a_problem(column: Column) -> None:
    for value in CHANGED:
        with pytest.raises(CellError, match=r"文本|列宽"):
            column.parse(Cell(value))


@pytest.mark.parametrize(
    "written", ["2026-11-01", "2026/11/1", "2026年11月1日", "202611010000000000"]
)
def test_a_text_that_may_have_been_changed_is_asked(written: str) -> None:
    for parse in (identifier(40), document_number(60)):
        cell = Cell(written)
        assert parse(cell) == written
        assert "请核对" in cell.remarks[0]


@pytest.mark.parametrize(
    "written", ["渝民协〔2026〕1号", "2026-11-0001", "1E5", "A2.5E", "渝中社备000001", "0012026"]
)
def test_a_number_of_a_document_is_kept_as_it_was_written(written: str) -> None:
    cell = Cell(written)
    assert (document_number(60)(cell), cell.remarks) == (written, [])


def test_a_mobile_number_stored_as_a_number_is_complete() -> None:
    assert phone(Cell(13800001234.0)) == "13800001234"


@pytest.mark.parametrize("column", COLUMNS)
def test_what_repeats_the_row_above_is_refused_in_every_column(column: Column) -> None:
    for written in (
        "同上",
        "（同上）",
        " 同 上 ",
        "〃",
        '"',
        "″",
        "do.",
        "DO",
        "同前",
        "“",
        "-〃-",
    ):
        with pytest.raises(CellError, match=r"上一行|应填|应写成|无法识别|不是区划代码"):
            column.parse(Cell(written))


@pytest.mark.parametrize("written", ["同上街道", "同心社区", "上同乐社区", "Domino", "do re mi"])
def test_names_that_only_begin_alike_are_names(written: str) -> None:
    assert text()(Cell(written)) == written


@pytest.mark.parametrize(
    "value",
    [datetime.date(2026, 3, 5), datetime.time(6), True, datetime.datetime(2026, 3, 5)],  # noqa: DTZ001
)
def test_a_text_that_excel_made_a_day_of_is_asked(value: object) -> None:
    """An address 3-5 becomes the fifth of March."""
    cell = Cell(value)
    text()(cell)
    assert "请核对" in cell.remarks[0]


@pytest.mark.parametrize("parse", [identifier(40), document_number(60)])
@pytest.mark.parametrize("written", ["见附件", "办理中", "待补", "已备案"])
def test_a_text_without_a_digit_is_asked(parse: Parser, written: str) -> None:
    cell = Cell(written)
    assert parse(cell) == written
    assert "不像编号" in cell.remarks[0]
