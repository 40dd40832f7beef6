"""Opening balances add up, so a measure has one balance for each time."""

from __future__ import annotations

import datetime
from typing import Any

from areas.models import Area
from indicators.models import OpeningBalance
from reviews.checks import blocking, find_problems
from tests.types import Make


def codes(balance: Any) -> list[str]:
    return [problem.code for problem in blocking(find_problems(balance))]


def test_a_second_balance_of_one_stock_is_refused(district: Area, make: Make) -> None:
    make(OpeningBalance, quantity=5, as_of=datetime.date(2025, 12, 31))
    again = make(OpeningBalance, quantity=6, as_of=datetime.date(2026, 1, 31))
    assert codes(again) == ["one_balance"]


def test_after_voiding_it_is_entered_anew(district: Area, make: Make) -> None:
    make(OpeningBalance, quantity=5, status="void", as_of=datetime.date(2025, 12, 31))
    assert codes(make(OpeningBalance, quantity=6)) == []


def test_each_year_of_a_flow_has_its_own(district: Area, make: Make) -> None:
    for year in (2024, 2025):
        made = {"measure": "raised", "covers": "year", "as_of": datetime.date(year, 12, 31)}
        assert codes(make(OpeningBalance, quantity=100, **made)) == []


def test_all_years_of_a_flow_are_remarked(district: Area, make: Make) -> None:
    balance = make(OpeningBalance, measure="raised", quantity=100)
    found = find_problems(balance)
    assert [(problem.code, problem.is_warning) for problem in found] == [("covers", True)]
