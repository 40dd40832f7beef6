"""An opening balance and records of the same time both count: form, ledger and the quality page say so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from accounts.models import User
from areas.services import register_succession
from funds.models import Donation, Fund
from indicators.models import OpeningBalance
from indicators.quality.findings import Issue
from indicators.quality.panel import find_issues
from orgs.models import CommunityOrg, Training, VolunteerTeam
from projects.models import Project
from reviews.checks import find_problems
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.ledger.workbooks import one_sheet, read, training
from tests.types import Make


def _codes(record: Any) -> list[str]:
    return [
        each.code
        for each in find_problems(record)
        if "opening" in each.code or "over_r" in each.code
    ]


@pytest.fixture
def balance(make: Make, quji: User) -> OpeningBalance:
    """The trained of the street from January to March 2026."""
    made: OpeningBalance = make(
        OpeningBalance,
        area_id=QIXINGGANG,
        measure="trained",
        as_of=date(2026, 3, 31),
        covers="year",
        quantity=50,
    )
    return made


@pytest.mark.parametrize(
    ("area", "day", "expected"),
    [
        (HUAYIPO, date(2026, 3, 31), ["under_opening"]),
        (QIXINGGANG, date(2026, 1, 1), ["under_opening"]),
        (QIXINGGANG, date(2026, 4, 1), []),
        (QIXINGGANG, date(2025, 12, 31), []),
        (MINSHENGLU, date(2026, 2, 1), []),
    ],
)
def test_a_record_in_the_time_of_a_balance_is_a_warning(
    balance: OpeningBalance, make: Make, area: str, day: date, expected: list[str]
) -> None:
    assert _codes(make(Training, area_id=area, held_on=day)) == expected


def test_a_balance_and_a_record_meet_although_their_street_was_renamed(
    balance: OpeningBalance, make: Make
) -> None:
    renamed, home = "500103098", "500103098003"
    register_succession(QIXINGGANG, renamed, date(2026, 6, 1), name="新七星街道")
    later = make(Training, area_id=home, held_on=date(2026, 3, 1))
    assert _codes(later) == ["under_opening"]
    assert _codes(make(Training, area_id=MINSHENGLU, held_on=date(2026, 3, 1))) == []
    assert _codes(balance) == ["over_records"]
    year = {"measure": "trained", "covers": "year", "quantity": 50}
    other = make(OpeningBalance, area_id=renamed, as_of=date(2026, 3, 31), **year)
    assert _codes(other) == ["over_records"]


def test_a_ledger_warns_at_the_cell_of_the_day(balance: OpeningBalance, quji: User) -> None:
    found = read("activities", one_sheet(training(1, 日期="2026-02-01")), quji)
    assert found.problems == []
    (warning,) = [each for each in found.warnings if "期初数" in each.message]
    assert (warning.cell, "截至2026-03-31" in warning.message) == ("A2", True)


def test_a_balance_over_stored_records_is_a_warning(make: Make, quji: User) -> None:
    make(Fund, area_id=HUAYIPO, established_on=date(2025, 5, 1), level="community")
    stock = {"area_id": DISTRICT, "covers": "all", "as_of": date(2025, 12, 31), "quantity": 3}
    assert _codes(make(OpeningBalance, measure="funds", **stock)) == ["over_records"]
    assert _codes(make(OpeningBalance, measure="street_funds", **stock)) == []


def test_a_balance_of_all_years_covers_all_earlier_days(make: Make, quji: User) -> None:
    balance = {"area_id": HUAYIPO, "measure": "raised", "as_of": date(2025, 12, 31)}
    make(OpeningBalance, covers="all", quantity=50_000, **balance)
    gift = {"area_id": HUAYIPO, "amount_yuan": 50_000}
    assert _codes(make(Donation, donated_on=date(2019, 5, 1), **gift)) == ["under_opening"]
    assert _codes(make(Donation, donated_on=date(2026, 5, 1), **gift)) == []


def test_the_quality_page_names_the_pair(balance: OpeningBalance, make: Make) -> None:
    record = make(Training, area_id=HUAYIPO, held_on=date(2026, 3, 1), name="能力提升班")
    root = balance.area
    groups = {group.issue: group for group in find_issues(root, date(2026, 6, 30))}
    (finding,) = groups[Issue.OPENING].findings
    assert "能力提升班" in finding.sentence
    assert "截至2026-03-31" in finding.sentence
    record.status = "void"
    record.save()
    groups = {group.issue: group for group in find_issues(root, date(2026, 6, 30))}
    assert groups[Issue.OPENING].findings == []


@pytest.mark.parametrize(
    ("measure", "kind", "values", "is_met"),
    [
        ("projects", Project, {}, True),
        ("projects", Project, {"stage": "running"}, True),
        ("projects", Project, {"stage": "reserve"}, False),
        ("aid_projects", Project, {"is_aid": True, "stage": "reserve"}, False),
        ("aid_projects", Project, {"is_aid": True}, True),
        ("teams_with_social_workers", VolunteerTeam, {"social_workers": 0}, False),
        ("teams_with_social_workers", VolunteerTeam, {"social_workers": None}, False),
        ("teams_with_social_workers", VolunteerTeam, {"social_workers": 2}, True),
        ("charity_status_orgs", CommunityOrg, {"charity_since": None}, False),
        ("charity_status_orgs", CommunityOrg, {"charity_since": date(2026, 3, 1)}, True),
        ("charity_status_orgs", CommunityOrg, {"charity_since": date(2026, 5, 1)}, False),
    ],
)
def test_both_sides_warn_of_the_records_that_the_measure_counts(
    quji: User, make: Make, measure: str, kind: type[Any], values: dict[str, Any], is_met: bool
) -> None:
    started = {Project: "starts_on", VolunteerTeam: "founded_on", CommunityOrg: "registered_on"}
    record = make(kind, area_id=HUAYIPO, **{started[kind]: date(2026, 2, 1)}, **values)
    balance = make(
        OpeningBalance,
        area_id=QIXINGGANG,
        measure=measure,
        as_of=date(2026, 3, 31),
        covers="all",
        quantity=5,
    )
    assert ("under_opening" in _codes(record)) is is_met
    assert ("over_records" in _codes(balance)) is is_met
