"""Money counts while its fund is a fact: not that of a void fund, nor of one that is a draft."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import User
from funds.models import Donation, Expenditure, Fund
from indicators.models import Plan
from indicators.progress.impact_sentences import effect_sentences
from indicators.progress.lineage import lineage
from indicators.progress.progress import State
from indicators.store.series import differences
from reviews.services import approve, reopen, submit, void
from tests.conftest import DISTRICT, HUAYIPO
from tests.indicators.conftest import item_of
from tests.types import Make

DAY = date(2026, 6, 30)


def _raised(plan: Plan) -> Decimal:
    """Return what the district raised in yuan, and check that lineage and store agree with it."""
    figure = item_of(plan, "raised", DISTRICT, DAY).figure.numerator * 10_000
    indicator = plan.indicators.get(code="raised")
    assert sum(item.quantity for item in lineage(indicator, DISTRICT, DAY)) == figure
    assert list(differences()) == []
    return figure


def _gift(approved: Make, fund: Fund, amount: int) -> Donation:
    return approved(Donation, fund=fund, donated_on=date(2026, 4, 1), amount_yuan=amount)


def test_a_void_fund_takes_its_money_along(yuzhong: Plan, approved: Make, shiju: User) -> None:
    """A fund at the wrong level is void, registered again, and its money is sent again."""
    wrong = approved(Fund, area_id=HUAYIPO, name="甲基金")
    _gift(approved, wrong, 50_000)
    assert _raised(yuzhong) == 50_000
    void(wrong, by=shiju, reason="级别有误")
    assert _raised(yuzhong) == 0
    right = approved(Fund, area_id=HUAYIPO, name="甲基金")
    _gift(approved, right, 50_000)
    assert _raised(yuzhong) == 50_000


def test_money_of_a_draft_counts_from_the_approval_of_its_fund(
    yuzhong: Plan, make: Make, approved: Make, quji: User, shiju: User
) -> None:
    fund = make(Fund, area_id=HUAYIPO, name="甲基金")
    _gift(approved, fund, 700)
    assert _raised(yuzhong) == 0
    submit(fund, by=quji, reason="核对")
    assert _raised(yuzhong) == 0
    approve(fund, by=shiju)
    assert _raised(yuzhong) == 700
    reopen(fund, by=shiju, reason="名称有误")
    assert _raised(yuzhong) == 0


def test_money_without_a_fund_counts(yuzhong: Plan, approved: Make) -> None:
    approved(Donation, donated_on=date(2026, 4, 1), amount_yuan=300)
    assert _raised(yuzhong) == 300


def test_a_refund_lowers_what_was_raised_on_its_own_day(
    yuzhong: Plan, approved: Make, shiju: User
) -> None:
    gift = approved(Donation, donated_on=date(2026, 4, 1), amount_yuan=300, area_id=HUAYIPO)
    back = {"refund_of": gift, "amount_yuan": -120, "area_id": HUAYIPO}
    refund = approved(Donation, donated_on=date(2026, 5, 10), **back)
    assert _raised(yuzhong) == 180
    in_april = item_of(yuzhong, "raised", DISTRICT, date(2026, 4, 30)).figure.numerator
    assert in_april * 10_000 == 300
    void(gift, by=shiju, reason="登记有误")  # takes its refund along
    assert _raised(yuzhong) == 0
    assert refund.pk in set(Donation.objects.approved().values_list("pk", flat=True))


def test_a_year_of_refunds_alone_is_negative(yuzhong: Plan, approved: Make) -> None:
    gift = approved(Donation, donated_on=date(2025, 12, 1), amount_yuan=300, area_id=HUAYIPO)
    back = {"refund_of": gift, "amount_yuan": -120, "area_id": HUAYIPO}
    approved(Donation, donated_on=date(2026, 1, 10), **back)
    assert _raised(yuzhong) == -120


def test_approving_a_fund_says_what_its_money_adds(
    yuzhong: Plan, make: Make, approved: Make, quji: User, shiju: User
) -> None:
    fund = make(Fund, area_id=HUAYIPO, name="甲基金")
    _gift(approved, fund, 70_000)
    submit(fund, by=quji, reason="核对")
    said = effect_sentences(Fund, Fund.objects.filter(pk=fund.pk), shiju, is_gain=True)
    assert any("7" in sentence and "万元" in sentence for sentence in said)
    approve(fund, by=shiju)
    said = effect_sentences(Fund, Fund.objects.filter(pk=fund.pk), shiju, is_gain=False)
    assert any("万元" in sentence for sentence in said)


@pytest.mark.parametrize("kind", [Donation, Expenditure])
def test_the_money_of_a_void_fund_is_no_stored_money(
    make: Make, kind: type[Donation | Expenditure], quji: User
) -> None:
    fund = make(Fund, area_id=HUAYIPO, name="甲基金")
    make(kind, fund=fund)
    assert kind.not_voided().count() == 1
    Fund.objects.update(status="void")
    assert kind.not_voided().count() == 0


def test_nothing_has_grown_from_a_year_whose_refunds_exceed_its_gifts(
    yuzhong: Plan, approved: Make
) -> None:
    fund = approved(Fund, area_id=HUAYIPO, name="甲基金", established_on=date(2024, 1, 1))
    gift = approved(Donation, fund=fund, donated_on=date(2024, 12, 30), amount_yuan=500)
    approved(Donation, fund=fund, refund_of=gift, donated_on=date(2025, 1, 5), amount_yuan=-400)
    _gift(approved, fund, 100)
    item = item_of(yuzhong, "raised_growth", DISTRICT, DAY)
    assert (item.figure.numerator, item.figure.denominator) == (500, -400)
    assert item.value is None and item.state == State.NO_DATA
