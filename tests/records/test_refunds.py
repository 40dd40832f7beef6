"""Refunds of gifts (退赠): what may go back, of which gift, when, and what the figures make of it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from reviews.checks import find_all_problems, find_problems
from reviews.services import ProblemsFound, approve, reopen, submit, void
from tests.conftest import HUAYIPO, MINSHENGLU
from tests.records.kinds import DAY
from tests.types import Make
from tests.worlds import share

LATER = DAY + datetime.timedelta(days=40)


@pytest.fixture
def fund(district: Area, make: Make) -> Fund:
    return make(Fund, status="approved")


@pytest.fixture
def gift(fund: Fund, make: Make) -> Donation:
    return make(Donation, fund=fund, amount_yuan=100, donor_name="甲公司", status="approved")


share(__name__, "district", "quji", "shiju", "fund", "gift")


def refund(gift: Donation, yuan: str, day: datetime.date = LATER, **values: Any) -> Donation:
    """An unsaved refund, filled in as its form fills it in."""
    record = Donation(refund_of=gift, donated_on=day, amount_yuan=Decimal(yuan), **values)
    record.complete()
    return record


def codes(record: Donation) -> list[str]:
    return [problem.code for problem in find_problems(record)]


def test_a_refund_takes_fund_area_and_donor_from_its_gift(gift: Donation) -> None:
    record = refund(gift, "-40")
    assert (record.fund_id, record.area_id) == (gift.fund_id, gift.area_id)
    assert record.donor_name == "甲公司"
    assert codes(record) == []


@pytest.mark.parametrize("yuan", ["0", "40"])
def test_a_refund_is_a_negative_amount(gift: Donation, yuan: str) -> None:
    (problem,) = find_problems(refund(gift, yuan))
    assert (problem.code, problem.field) == ("refund_sign", "amount_yuan")
    assert "退赠的“金额（元）”应填负数" in problem.message


def test_a_negative_gift_is_pointed_to_refunds(gift: Donation) -> None:
    gift.amount_yuan = Decimal(-1)
    assert "退还以往捐赠的，请另选“退赠的原捐赠”" in find_problems(gift)[0].message


def test_no_more_goes_back_than_came(gift: Donation) -> None:
    first = refund(gift, "-60")
    first.status = "approved"
    first.save()
    assert codes(refund(gift, "-40")) == []
    (problem,) = find_problems(refund(gift, "-40.01"))
    assert (problem.code, problem.field) == ("over_refunded", "amount_yuan")
    assert "超过可退金额40.00元" in problem.message


def test_refunds_of_a_batch_see_each_other(gift: Donation) -> None:
    found = find_all_problems([refund(gift, "-60"), refund(gift, "-41"), refund(gift, "-40")])
    assert [[each.code for each in problems] for problems in found] == [
        [],
        ["over_refunded"],
        ["over_refunded"],
    ]


def test_a_draft_and_a_void_refund_take_nothing(gift: Donation) -> None:
    for status in ("draft", "returned", "void"):
        record = refund(gift, "-60")
        record.status = status
        record.save()
    assert codes(refund(gift, "-100", LATER + datetime.timedelta(days=1))) == []


def test_a_refund_is_not_before_its_gift(gift: Donation) -> None:
    early = refund(gift, "-1", DAY - datetime.timedelta(days=1))
    assert "refund_day" in codes(early)
    assert codes(refund(gift, "-1", DAY)) == []


def test_only_a_gift_that_counts_is_refunded(gift: Donation) -> None:
    gift.status = "pending"
    assert codes(refund(gift, "-1")) == ["refund_of"]
    gift.status = "approved"
    back = refund(gift, "-1")
    back.status = "approved"
    back.save()
    assert "refund_of" in codes(refund(back, "-1"))


def test_a_refund_belongs_to_the_fund_of_its_gift(gift: Donation, make: Make) -> None:
    other = refund(gift, "-1")
    other.fund = make(Fund)
    assert "refund_of" in codes(other)


def test_a_changed_gift_still_covers_its_refunds(gift: Donation, make: Make) -> None:
    back = refund(gift, "-60")
    back.status = "approved"
    back.save()
    gift.amount_yuan = Decimal("59.99")
    assert codes(gift) == ["over_refunded"]
    gift.amount_yuan, gift.donated_on = Decimal(60), LATER + datetime.timedelta(days=1)
    assert codes(gift) == ["refund_day"]
    gift.donated_on, gift.fund = DAY, make(Fund)
    assert "refund_of" in codes(gift)


def test_a_gift_without_a_fund_stays_where_its_refunds_are(district: Area, make: Make) -> None:
    gift = make(Donation, area_id=HUAYIPO, amount_yuan=100, status="approved")
    back = refund(gift, "-60")
    back.status = "returned"
    back.save()
    gift.area_id = MINSHENGLU
    assert codes(gift) == []  # it takes over the new area before it is submitted again
    Donation.objects.filter(pk=back.pk).update(status="approved")
    assert codes(gift) == ["area_kept"]


def test_a_refund_is_reviewed_like_any_record(gift: Donation, quji: User, shiju: User) -> None:
    first, second = refund(gift, "-60"), refund(gift, "-41")
    first.save()
    second.save()
    submit(first, by=quji)
    approve(first, by=shiju)
    with pytest.raises(ProblemsFound, match=r"超过可退金额40\.00元"):
        submit(second, by=quji)
    reopen(first, by=shiju, reason="登记有误")
    submit(second, by=quji)
    void(first, by=shiju, reason="重复")
    assert second.status == "pending"
