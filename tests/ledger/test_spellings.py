"""Two ways in, two spellings: a folded key decides identity in form, ledger and API alike."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from ledgers.cells import Cell, Choice, day, flag, name, text
from ledgers.reading.entries import RowOutcome
from ledgers.registry import KINDS
from ledgers.service import check_ledger
from orgs.models import CommunityOrg, OrgCategory
from reviews.checks import find_problems
from tests.ledger.workbooks import HOST, fund, imported, money, one_sheet, org, read
from tests.types import Make

NAME = f"{HOST}华一坡社区甲１号（爱心专项）基金"
SPELLINGS = [
    NAME,
    f"{HOST}华一坡社区甲1号(爱心专项)基金",
    f"{HOST} 华一坡社区 甲 1号（爱心专项）基金",
    f"{HOST}华一坡社区甲1号【爱心专项】基金",
    f"{HOST}华一坡社区甲\u200b1号（爱心专项）基金\u2060",
]


@pytest.fixture
def stored(make: Make, quji: User) -> Any:
    """A fund that was entered on the site, as it was written there."""
    return make(Fund, area_id="500103001003", name=NAME, host_name=HOST)


def _outcomes(by: User, kind: str, *rows: dict[str, Any]) -> list[RowOutcome]:
    assert by.area
    checked = check_ledger(kind, KINDS[kind], one_sheet(*rows), by=by, root=by.area)
    assert checked.result.problems == []
    return [entry.outcome for entry in checked.entries]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_money_ledger_finds_the_fund_in_every_spelling(
    stored: Any, quji: User, spelling: str
) -> None:
    imported(quji, "money", money(1, 基金=spelling))
    assert Donation.objects.get().fund_id == stored.pk


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_fund_ledger_meets_the_fund_in_every_spelling(
    stored: Any, quji: User, spelling: str
) -> None:
    imported(quji, "funds", fund(1, 基金名称=spelling))
    record = Fund.objects.get()
    assert (record.pk, record.name) == (stored.pk, NAME)


def test_a_ledger_keeps_what_was_written(quji: User) -> None:
    imported(quji, "funds", fund(1, 基金名称=SPELLINGS[0]))
    assert Fund.objects.get().name == NAME
    assert _outcomes(quji, "funds", fund(2, 基金名称=SPELLINGS[1])) == [RowOutcome.SAME]


def test_two_spellings_in_one_ledger_are_a_repeated_name(quji: User) -> None:
    content = one_sheet(fund(1, 基金名称=SPELLINGS[0]), fund(2, 基金名称=SPELLINGS[1]))
    (problem,) = read("funds", content, quji).problems
    assert (problem.cell, "同名" in problem.message) == ("D3", True)


def test_receipts_in_two_spellings_are_one(stored: Any, quji: User) -> None:
    imported(quji, "money", money(1, 基金=NAME, 票据号="a1"))
    again = money(1, 基金=NAME, 票据号="Ａ 1")
    assert _outcomes(quji, "money", again) == [RowOutcome.SAME]


# --- cells --------------------------------------------------------------------------------------


def test_invisible_characters_fall_out_of_every_cell() -> None:
    assert day(Cell("\u200e2026-03-01\u200e")) == date(2026, 3, 1)
    assert flag(Cell("✔\ufe0f")) is True
    assert text()(Cell("互助\u200b会")) == "互助会"
    assert name()(Cell("\u2060互助会\ufeff")) == "互助会"
    assert Choice(OrgCategory)(Cell("公益\u200b慈善类")) == "charity"
    assert Cell("\u200b").is_empty


def test_invisible_characters_fall_out_of_titles_and_places(quji: User) -> None:
    row = org(1, 街道="七星岗\u2060街道", 社区="华一坡\u200b社区")
    row["组织\u200b名称"] = row.pop("组织名称")
    assert read("orgs", one_sheet(row), quji).record.area_id == "500103001003"


# --- numbers of receipts and filings --------------------------------------------------------------


def test_one_receipt_twice_in_a_ledger_is_a_warning(stored: Any, quji: User) -> None:
    rows = money(1, 基金=NAME), money(1, 基金=NAME, 日期="2026-06-01", **{"收入（元）": 7})
    found = read("money", one_sheet(*rows), quji)
    assert found.problems == []
    (warning,) = [
        each for each in found.warnings if "票据号" in each.message and "已有" in each.message
    ]
    assert warning.cell == "G3"


def test_one_receipt_in_two_funds_is_no_repetition(stored: Any, make: Make) -> None:
    second = make(Fund, area_id="500103001003", name="另一支基金")
    make(Donation, fund=stored, receipt_number="渝财001")
    other = make(Donation, fund=second, receipt_number="渝财001")
    assert [each.code for each in find_problems(other) if each.code == "same_number"] == []


def test_one_filing_number_of_two_organisations_is_a_warning(district: Area, make: Make) -> None:
    make(CommunityOrg, area_id="500103001003", name="甲会", number="社备〔2026〕1号")
    other = make(CommunityOrg, area_id="500103003013", name="乙会", number="社备[2026]1号")
    far = make(CommunityOrg, area_id="500105001001", name="丙会", number="社备[2026]1号")
    word = [make(CommunityOrg, area_id="500103001003", name=name, number="备案") for name in "丁戊"]
    assert "same_number" in [each.code for each in find_problems(other)]
    for record in (far, *word):
        assert "same_number" not in [each.code for each in find_problems(record)]
