"""Counts and amounts are read exactly, whatever is written around the digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgers.cells import Cell, CellError, whole, yuan

FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
AMOUNTS = st.decimals("0.01", "9999999999.99", places=2)

MONEY_HABITS: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda yuan: f"{yuan}",
    "commas": lambda yuan: f"{yuan:,}",
    "full-width": lambda yuan: f"{yuan:,}".translate(FULL_WIDTH),
    "yuan sign": lambda yuan: f"¥{yuan}",
    "full-width yuan sign": lambda yuan: f"￥ {yuan:,} ",
    "元": lambda yuan: f"{yuan:,}元",
    "元整": lambda yuan: f"人民币{yuan}元整",
    "万元": lambda yuan: f"{yuan / 10000}万元",
    "万": lambda yuan: f"{yuan / 10000}万",
    "亿元": lambda yuan: f"{yuan / 100000000:f}亿元",
}


@pytest.mark.parametrize("habit", MONEY_HABITS)
@given(amount=AMOUNTS)
def test_money_in_any_habit_reads_back_exactly(habit: str, amount: Decimal) -> None:
    cell = Cell(MONEY_HABITS[habit](amount))
    assert yuan(cell) == amount
    assert cell.remarks == []


@given(amount=AMOUNTS)
def test_money_under_a_unit_of_万元_reads_back_exactly(amount: Decimal) -> None:
    assert yuan(Cell(f"{amount / 10000}", unit="万元")) == amount


@given(fen=st.integers(1, 10**13))
def test_money_that_excel_holds_as_a_number_reads_back_exactly(fen: int) -> None:
    assert yuan(Cell(fen / 100)) == Decimal(fen) / 100


@given(
    number=st.integers(0, 2_000_000_000),
    unit=st.sampled_from(["", "人", "人次", "支", "个", "名", "户"]),
)
def test_a_count_reads_back_whatever_unit_stands_behind_it(number: int, unit: str) -> None:
    for written in (
        f"{number}{unit}",
        f"{number:,}{unit}",
        f" {number:,} {unit}".translate(FULL_WIDTH),
    ):
        assert whole(Cell(written)) == number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (20, 20),
        (20.0, 20),
        ("１２", 12),
        ("1,200", 1200),
        ("1，200人次", 1200),
        ("3万", 30000),
        ("1.5万人次", 15000),
        ("2千", 2000),
        (0, 0),
        ("无", None),
        ("／", None),
        ("—", None),
        (None, None),
    ],
)
def test_counts(written: object, expected: object) -> None:
    cell = Cell(written)
    assert whole(cell) == expected
    assert cell.remarks == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("一百一十", 110),
        ("两千零八", 2008),
        ("三千零五十人", 3050),
        ("壹拾万", 100_000),
        ("一万零五百人次", 10_500),
        ("一亿零五", 100_000_005),
        ("十五亿", 1_500_000_000),
    ],
)
def test_numerals_with_one_reading_are_read(written: str, expected: int) -> None:
    assert whole(Cell(written)) == expected


@pytest.mark.parametrize(
    "written",
    ["一百五", "二百五", "五六", "三千五十", "两万三", "一百十", "二〇二六", "百", "五五", "十几"],
)
def test_numerals_with_two_readings_are_refused(written: str) -> None:
    with pytest.raises(CellError, match="不是数"):
        whole(Cell(written))


@pytest.mark.parametrize(
    "written",
    [
        "20余",
        "20多",
        "20余人",
        "20多人",
        "约20",
        "约20人",
        "近20",
        "20左右",
        "20人左右",
        "２０余",
        "大约20余人次",
    ],
)
def test_an_approximate_count_is_its_number_with_a_remark(written: object) -> None:
    cell = Cell(written)
    assert whole(cell) == 20
    assert "约数" in cell.remarks[0]


@pytest.mark.parametrize("written", ["约10万元", "10余万元", "10万余元", "近10万"])
def test_the_remark_on_an_approximate_amount_names_the_amount_that_is_stored(
    written: object,
) -> None:
    cell = Cell(written)
    assert yuan(cell) == 100000
    assert "按10计" not in cell.remarks[0]


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("¥7500.0", "", "7500"),
        (12.5, "万元", "125000"),
        ("12.5", "万元", "125000"),
        ("１０", "万元", "100000"),
        (12.5, "元", "12.50"),
        ("10万元", "元", "100000"),
        ("10万元", "万元", "100000"),
        ("10万", "万元", "100000"),
        ("500元", "万元", "500"),
        (1.2, "亿元", "120000000"),
        ("1.2亿元", "", "120000000"),
        ("3千元", "", "3000"),
        (0, "万元", "0"),
    ],
)
def test_the_unit_of_the_cell_wins_over_that_of_the_column(
    written: object, unit: str, expected: str
) -> None:
    assert yuan(Cell(written, unit=unit)) == Decimal(expected)


@pytest.mark.parametrize("computed", [0.1 + 0.2, 1.1 + 2.2, 4.35 * 100, 33.3 * 3])
def test_a_sum_that_excel_computed_is_the_amount_excel_shows(computed: float) -> None:
    assert yuan(Cell(computed)) == round(Decimal(computed), 2)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("-5", "负数"),
        (-1, "负数"),
        ("－５", "负数"),
        (12.5, "整数"),
        ("十几", "不是数"),
        ("12人(其中党员3人)", "不是数"),
        ("nan", "不是数"),
        ("Infinity", "不是数"),
        (3_000_000_000, "过大"),
        ("9" * 40, "过大"),
        ("#DIV/0!", "公式错误"),
    ],
)
def test_what_is_no_count_is_refused_with_the_reason(written: object, why: str) -> None:
    with pytest.raises(CellError, match=why):
        whole(Cell(written))


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (-1, "负数"),
        ("-0.01", "负数"),
        ("¥-100", "负数"),
        ("1.234", "精确到分"),
        (1.234, "精确到分"),
        ("0.0000001万元", "精确到分"),
        ("待定", "不是数"),
        ("(100)", "负数"),
        ("1.2.3", "不是数"),
        ("NaN", "不是数"),
        (True, "不是数"),
        (1e14, "过大"),
        ("#VALUE!", "公式错误"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(written: object, why: str) -> None:
    with pytest.raises(CellError, match=why):
        yuan(Cell(written))


@pytest.mark.parametrize("written", ["9" * 30, 1e30, "1e40"])
def test_an_absurd_amount_is_refused_like_any_other_fault(written: object) -> None:
    with pytest.raises(CellError, match="过大"):
        yuan(Cell(written))
