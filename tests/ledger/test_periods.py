"""Years and periods as bureaus write them."""

from __future__ import annotations

import pytest

from ledgers.cells import Cell, CellError, period, year

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2025", "2025"),
        (2025, "2025"),
        ("2025年度", "2025"),
        ("2025年上半年", "2025-H1"),
        ("2025年下半年", "2025-H2"),
        ("2025年第一季度", "2025-Q1"),
        ("2025年4季度", "2025-Q4"),
        ("2025年3月", "2025-03"),
        ("2025年12月份", "2025-12"),
        ("2025-Q2", "2025-Q2"),
        ("2025-09", "2025-09"),
        (None, ""),
    ],
)
def test_a_period_is_kept_in_one_form(written: object, kept: str) -> None:
    assert period(Cell(written)) == kept


@pytest.mark.parametrize("written", ["25年", "2025年13月", "去年", "2025年第五季度", "2025-Q5"])
def test_what_is_no_period_is_told(written: str) -> None:
    with pytest.raises(CellError, match="不是期间"):
        period(Cell(written))


@pytest.mark.parametrize(("written", "kept"), [("2025年度", "2025"), (2025, "2025"), ("", "")])
def test_a_year_is_its_digits(written: object, kept: str) -> None:
    assert year(Cell(written)) == kept


def test_what_is_no_year_is_told() -> None:
    with pytest.raises(CellError, match="不是年份"):
        year(Cell("二五年"))
