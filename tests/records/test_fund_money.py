"""The money of a fund: its area, its days, and no more spending than income."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db.models import ForeignKey
from django.forms import modelform_factory

from accounts.models import User
from areas.models import Area
from funds.models import Campaign, Donation, Expenditure, Fund, FundMember, MemberKind
from projects.models import Project
from reviews.checks import find_all_problems, find_problems
from reviews.models import Submission
from reviews.querysets import choosable
from reviews.services import ProblemsFound, submit
from tests.conftest import DISTRICT, NEIGHBOUR
from tests.records.kinds import DAY
from tests.types import Make

HUAYIPO, MINSHENGLU = "500103001003", "500103003013"


@pytest.fixture
def fund(district: Area, make: Make) -> Fund:
    return make(Fund)


def codes(record: Submission) -> list[str]:
    return [problem.code for problem in find_problems(record)]


# where


@pytest.mark.parametrize("kind", [Donation, Expenditure])
def test_the_moneys_area_follows_the_fund_and_not_what_was_typed(
    fund: Fund, make: Make, kind: type[Donation | Expenditure]
) -> None:
    record = make(kind, fund=fund)
    record.area_id = MINSHENGLU
    assert codes(record)[0] == "area"
    record.full_clean()
    assert record.area_id == HUAYIPO


def test_a_donation_without_a_fund_keeps_its_own_area(district: Area, make: Make) -> None:
    donation = make(Donation, area_id=MINSHENGLU)
    donation.full_clean(exclude=["fund"])
    assert donation.area_id == MINSHENGLU


def test_a_street_names_the_approved_campaigns_above_it(
    district: Area, make: Make, jiedao: User, jiangbei: User
) -> None:
    """As it names a charity above it; the drafts of the district and the neighbours' stay hidden."""
    common = {"fund": None, "charity": None}
    above = make(Campaign, area_id=DISTRICT, name="全区募捐", status="approved", **common)
    draft = make(Campaign, area_id=DISTRICT, name="拟办募捐", **common)
    beside = make(Campaign, area_id=NEIGHBOUR, name="邻区募捐", status="approved", **common)
    column = Donation._meta.get_field("campaign")
    assert isinstance(column, ForeignKey)
    found = {
        user.username: {
            each.pk
            for each in choosable(column, user) or []
            if each.pk in (above.pk, draft.pk, beside.pk)
        }
        for user in (jiedao, jiangbei)
    }
    assert found == {jiedao.username: {above.pk}, jiangbei.username: {beside.pk}}


@pytest.mark.parametrize("kind", [Donation, Expenditure])
def test_a_fund_with_money_on_its_books_stays_where_it_is(
    fund: Fund, make: Make, kind: type[Donation | Expenditure]
) -> None:
    fund.area_id = MINSHENGLU
    assert "area_kept" not in codes(fund)
    make(kind, fund=fund, area_id=HUAYIPO, status="pending")
    assert "area_kept" in codes(fund)
    fund.area_id = HUAYIPO
    assert codes(fund) == []


def test_an_expenditure_without_a_fund_is_an_error_beside_the_fund(fund: Fund) -> None:
    form = modelform_factory(Expenditure, fields=["fund", "spent_on", "amount_yuan", "purpose"])
    filled = form({"spent_on": "2026-03-01", "amount_yuan": "5", "purpose": "慰问"})
    assert list(filled.errors) == ["fund"]


# when


@pytest.mark.parametrize(("kind", "field"), [(Donation, "donated_on"), (Expenditure, "spent_on")])
def test_money_outside_the_life_of_its_fund_is_a_warning(
    fund: Fund, make: Make, kind: type[Donation | Expenditure], field: str
) -> None:
    make(Donation, fund=fund, amount_yuan=1000)
    fund.closed_on = DAY + datetime.timedelta(days=9)
    fund.save()
    found = [
        codes(make(kind, fund=fund, amount_yuan=50, **{field: DAY + datetime.timedelta(days=days)}))
        for days in (-1, 0, 8, 9)
    ]
    assert found == [["before_fund"], [], [], ["after_fund"]]


# how much


def test_spending_up_to_what_was_received_is_accepted_and_a_fen_more_is_shown(
    fund: Fund, make: Make
) -> None:
    make(Donation, fund=fund, amount_yuan=100)
    spending = make(Expenditure, fund=fund, amount_yuan=100)
    assert codes(spending) == []
    spending.amount_yuan = Decimal("100.01")
    (problem,) = find_problems(spending)
    assert (problem.code, problem.field, problem.is_warning) == ("overspent", "amount_yuan", True)
    assert "累计支出100.01元，超过起始资金与累计收入100.00元" in problem.message


def test_the_opening_of_a_fund_may_be_spent(fund: Fund, make: Make) -> None:
    fund.initial_yuan = Decimal("0.99")
    fund.save()
    assert codes(make(Expenditure, fund=fund, amount_yuan=1)) == ["overspent"]
    fund.initial_yuan = Decimal(1)
    fund.save()
    assert codes(Expenditure.objects.select_related("fund").get()) == []


def test_spending_for_a_project_of_another_fund_is_shown(fund: Fund, make: Make) -> None:
    make(Donation, fund=fund, amount_yuan=10)
    project = make(Project, fund=fund)
    spending = make(Expenditure, fund=fund, amount_yuan=1, project=project)
    assert codes(spending) == []
    project.fund = make(Fund)
    assert codes(spending) == ["project"]


def test_voided_money_counts_on_neither_side(fund: Fund, make: Make) -> None:
    make(Donation, fund=fund, amount_yuan=100, status="void")
    assert codes(make(Expenditure, fund=fund, amount_yuan=1)) == ["overspent"]
    make(Donation, fund=fund, amount_yuan=1)
    make(Expenditure, fund=fund, amount_yuan=100, status="void")
    assert codes(Expenditure.objects.get(amount_yuan=1)) == []


def test_another_funds_money_does_not_help(fund: Fund, make: Make) -> None:
    make(Donation, fund=make(Fund), amount_yuan=100)
    make(Donation, area_id=HUAYIPO, amount_yuan=100)
    assert codes(make(Expenditure, fund=fund, amount_yuan=1)) == ["overspent"]


def test_a_batch_counts_its_own_money_once_and_warns_at_the_latest_spending(
    fund: Fund, make: Make
) -> None:
    make(Donation, fund=fund, amount_yuan=10)
    batch = [
        Donation(fund=fund, area_id=HUAYIPO, donated_on=DAY, amount_yuan=20, receipt_number="1"),
        *(
            Expenditure(
                fund=fund,
                area_id=HUAYIPO,
                spent_on=DAY + datetime.timedelta(days=day),
                amount_yuan=20,
                purpose="慰问",
            )
            for day in (0, 7, 3)
        ),
    ]
    found = [[problem.code for problem in problems] for problems in find_all_problems(batch)]
    assert found == [[], [], ["overspent"], []]
    assert not any(find_all_problems(batch[:2]))


def test_overspending_is_submitted_with_a_reason_only(fund: Fund, make: Make, quji: User) -> None:
    spending = make(Expenditure, fund=fund, amount_yuan=1)
    with pytest.raises(ProblemsFound, match="超过起始资金与累计收入"):
        submit(spending, by=quji)
    submit(spending, by=quji, reason="下月补足")
    assert spending.status == "pending"


# who


def test_a_listed_management_group_has_all_five_kinds(fund: Fund) -> None:
    for number, kind in enumerate(MemberKind, start=1):
        FundMember.objects.create(fund=fund, name=f"成员{number}", kind=kind)
        problems = find_problems(fund)
        if number < 5:
            problem = problems[0]
            assert (problem.code, problem.is_warning) == ("group", True)
            assert MemberKind(list(MemberKind)[number]).label in problem.message
        else:
            assert problems == []
