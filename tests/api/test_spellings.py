"""Two spellings of a name or a number are one through the API, too."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from funds.models import Donation, Fund
from orgs.models import CommunityOrg
from reviews.checks import find_problems
from tests.api.clients import ApiOf, codes
from tests.ledger.test_spellings import NAME, SPELLINGS
from tests.ledger.workbooks import HOST
from tests.types import Make

pytestmark = pytest.mark.once


@pytest.fixture
def stored(make: Make, quji: User) -> Any:
    """A fund that was entered on the site, as it was written there."""
    return make(Fund, area_id="500103001003", name=NAME, host_name=HOST)


@pytest.mark.parametrize("spelling", SPELLINGS[1:4])
def test_the_api_refuses_a_second_spelling_of_a_name(
    stored: Any, api: ApiOf, quji: User, spelling: str
) -> None:
    sent = {
        "area": "500103001003",
        "name": spelling,
        "level": "community",
        "host_name": HOST,
        "host_has_public_fundraising": True,
        "established_on": "2026-03-01",
    }
    calls = api(quji)
    assert ("name", "repeated") in codes(calls.post("funds/", sent))
    assert ("name", "repeated") in codes(calls.post("funds/bulk/", {"records": [sent]}))
    assert Fund.objects.count() == 1


def test_the_api_keeps_no_invisible_character(api: ApiOf, quji: User) -> None:
    sent = {
        "area": "500103001003",
        "name": "互助\u200b会",
        "category": "charity",
        "tier": "street",
        "registered_on": "2026-03-01\u200e",
    }
    answer = api(quji).post("community-orgs/", sent)
    assert (answer.status_code, CommunityOrg.objects.get().name) == (201, "互助会")


def test_one_receipt_twice_in_a_fund_is_a_warning_everywhere(
    stored: Any, quji: User, make: Make, api: ApiOf
) -> None:
    make(Donation, fund=stored, receipt_number="渝财001")
    other = make(Donation, fund=stored, receipt_number="渝财００1", amount_yuan=7)
    (found,) = [each for each in find_problems(other) if each.code == "same_number"]
    assert (found.field, found.is_warning) == ("receipt_number", True)
    sent = {
        "fund": stored.pk,
        "donated_on": "2026-04-02",
        "amount_yuan": "9.00",
        "receipt_number": "渝财001",
    }
    said = api(quji).post("donations/", sent).json()
    assert "same_number" in [each["code"] for each in said["problems"]]
