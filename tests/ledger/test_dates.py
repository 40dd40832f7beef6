"""A day is read from every form in which bureaus write it."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.cells import Cell, CellError, day, end_day, reported_day

FULL_WIDTH = str.maketrans("0123456789.-/", "０１２３４５６７８９．－／")
EXCEL_DAY_0 = datetime.date(1899, 12, 30)
DAY = datetime.date(2026, 4, 28)

HABITS: dict[str, Callable[[datetime.date], object]] = {
    "dots": lambda d: f"{d.year}.{d.month}.{d.day}",
    "dots padded": lambda d: f"{d.year}.{d.month:02}.{d.day:02}",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dashes": lambda d: d.isoformat(),
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "chinese with 号": lambda d: f"{d.year}年{d.month}月{d.day}号",
    "chinese spaced": lambda d: f" {d.year} 年 {d.month} 月 {d.day} 日 ",
    "eight digits": lambda d: f"{d:%Y%m%d}",
    "eight digits as a number": lambda d: int(f"{d:%Y%m%d}"),
    "eight digits as Excel keeps them": lambda d: float(f"{d:%Y%m%d}"),
    "excel serial": lambda d: float((d - EXCEL_DAY_0).days),
    "excel serial with a time": lambda d: (d - EXCEL_DAY_0).days + 0.75,
    "excel day": lambda d: datetime.datetime(d.year, d.month, d.day),  # noqa: DTZ001
    "date": lambda d: d,
    "full-width": lambda d: f"{d.year}.{d.month}.{d.day}".translate(FULL_WIDTH),
    "full-width eight digits": lambda d: f"{d:%Y%m%d}".translate(FULL_WIDTH),
    "iso with a time": lambda d: f"{d.isoformat()} 00:00:00",
    "iso with a T": lambda d: f"{d.isoformat()}T09:30",
    "shown by Excel with a time": lambda d: f"{d.year}/{d.month}/{d.day} 9:30",
}


@pytest.mark.parametrize("habit", HABITS)
@given(written=st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31)))
def test_a_day_in_any_habit_reads_back_as_itself(habit: str, written: datetime.date) -> None:
    cell = Cell(HABITS[habit](written))
    assert day(cell) == written
    assert cell.remarks == []


@pytest.mark.parametrize("written", ["2026年4月", "2026.4", "2026-04", "2026/4", "２０２６年４月"])
def test_a_month_is_its_first_day_with_a_remark(written: object) -> None:
    cell = Cell(written)
    assert day(cell) == datetime.date(2026, 4, 1)
    assert "2026-04-01" in cell.remarks[0]


def test_a_month_that_excel_took_for_a_number_is_not_read_as_another_month() -> None:
    """Excel keeps 2026.10 as 2026.1, but October must not become January."""
    with pytest.raises(CellError):
        day(Cell(2026.1))


@pytest.mark.parametrize("written", [None, "", " ", "无", "/", "／", "—", "——", "-", "－", "暂无"])
def test_a_word_for_nothing_is_no_day(written: object) -> None:
    assert day(Cell(written)) is None


@pytest.mark.parametrize("written", ["进行中", "至今", "长期", " 长期 ", "在建", "未结束"])
def test_what_has_not_ended_has_no_end(written: object) -> None:
    assert end_day(Cell(written)) is None


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026.2.30", "2026年2月没有30日"),
        ("2026年2月29日", "2026年2月没有29日"),
        ("20260431", "2026年4月没有31日"),
        (20261301, "没有13月"),
        ("2026.13.1", "没有13月"),
        ("2026年13月", "没有13月"),
        ("2026.0.5", "没有0月"),
        ("去年春天", "不是日期"),
        ("2026", "不是日期"),
        (2026, "不是日期"),
        ("2026-04-28至2026-05-01", "只写一个日期"),
        ("2026.4.1-4.3", "只写一个日期"),
        ("26.4.1", "四位"),
        ("26年4月1日", "四位"),
        ("4/5/2026", "分不清月和日"),
        ("4-5-2026", "分不清月和日"),
        ("2026.13", "没有13月"),
        ("民国115年4月1日", "公历"),
        ("农历三月初三", "公历"),
        ("正月初一", "公历"),
        ("2026.②.1", "不是日期"),
        ("２０２６年４月²日", "不是日期"),
        ("同上", "上一行"),
        ("4月28日", "不是日期"),
        (3.5, "不是日期"),
        (True, "不是日期"),
        ("#REF!", "公式错误"),
        ("进行中", "不是日期"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(written: object, why: str) -> None:
    with pytest.raises(CellError, match=why):
        day(Cell(written))


@pytest.mark.parametrize(
    "written",
    [
        "2026-04-27T16:00:00.000Z",
        "2026-04-28T00:00:00Z",
        "2026-04-28T15:59:59Z",
        "2026-04-28Z",
        "2026-04-28T00:00:00+08:00",
        "2026-04-28T23:30:00+0800",
        "2026-04-27T20:00-05:00",
    ],
)
def test_a_time_of_another_zone_is_on_the_day_it_was_in_china(written: str) -> None:
    assert day(Cell(written)) == DAY


@pytest.mark.parametrize("code", ["0%", '0.00"万元"', "$0"])
def test_a_number_that_is_shown_as_something_else_is_no_day(code: str) -> None:
    with pytest.raises(CellError, match="数字格式"):
        day(Cell(46140, number_format=code))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("填报单位（盖章）：渝中区民政局 填报日期：2026年4月28日 单位：万元", DAY),
        ("填报日期:2026.4.28", DAY),
        ("填报时间：２０２６－０４－２８", DAY),
        ("填报日期：    年  月  日", None),
        ("填报日期：2026.2.30", None),
        ("渝中区社区慈善基金台账", None),
    ],
)
def test_the_reporting_day_stands_in_the_line_above_the_header(
    line: str, expected: datetime.date | None
) -> None:
    assert reported_day(line) == expected
