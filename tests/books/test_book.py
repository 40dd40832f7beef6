"""A fund's book equals a count from its records, on any day; one arithmetic for all who ask."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from areas.models import Area
from areas.services import register_succession
from funds.books.movements import MovementKind, book_of
from funds.books.overview import rows_of
from funds.books.sums import Totals, balances, last_movements, totals
from funds.models import Donation, DonationChannel, Expenditure, Fund
from projects.models import Project
from reports.books.listing import FundList
from reviews.services import approve, reopen, submit, void
from tests.conftest import DISTRICT, HUAYIPO
from tests.indicators.oracle import home
from tests.indicators.worlds import moves_now
from tests.types import Make
from tests.worlds import share

FIRST, LAST = datetime.date(2024, 3, 10), datetime.date(2026, 6, 30)
SPAN = (LAST - FIRST).days
NUMBER = 300
#: Within the new district: the street of the funds, and the one that it joins later.
STREET, NEXT_STREET = HUAYIPO[6:9], "500199777"


@pytest.fixture
def fund(district: Area, make: Make, quji: User, shiju: User) -> Fund:
    """A fund with 300 movements: refunds, voided gifts, drafts; closed once and reopened."""
    fund = make(Fund, established_on=FIRST, initial_yuan=Decimal("50000.00"), status="approved")
    fill(fund, make, random.Random(7))
    void(_of(Donation, fund, "approved")[3], by=shiju, reason="重复登记")
    _closed_and_reopened(fund, quji, shiju)
    return fund


@pytest.fixture
def other(district: Area, make: Make) -> Fund:
    """Another fund, whose money does not mix with the first one's."""
    other = make(Fund, established_on=FIRST, initial_yuan=Decimal("0.03"), status="approved")
    fill(other, make, random.Random(8), number=20)
    return other


share(__name__, "district", "quji", "shiju", "fund", "other")


def fill(fund: Fund, make: Make, dice: random.Random, number: int = NUMBER) -> None:
    """Store movements of a fund on random days: gifts, refunds of them, expenditures."""
    projects = [make(Project, fund=fund) for _ in range(3)]
    gifts: list[Donation] = []
    for _ in range(number):
        day = FIRST + datetime.timedelta(days=dice.randint(0, SPAN))
        fen = Decimal(dice.randint(1, 9_999_999)) / 100
        status = dice.choice(["approved"] * 6 + ["draft", "pending", "returned", "void"])
        common = {"fund": fund, "area_id": fund.area_id, "status": status}
        kind = dice.choice(["gift", "gift", "refund", "spending", "spending"])
        if kind == "refund" and gifts:
            gift = gifts.pop(dice.randrange(len(gifts)))
            back = -(gift.amount_yuan * dice.randint(1, 100) / 100).quantize(Decimal("0.01"))
            if back:
                later = max(day, gift.donated_on)
                make(Donation, donated_on=later, amount_yuan=back, refund_of=gift, **common)
        elif kind == "spending":
            project = dice.choice([None, *projects])
            make(Expenditure, spent_on=day, amount_yuan=fen, project=project, **common)
        else:
            channel = dice.choice(DonationChannel.values[:5])
            gifts.append(make(Donation, donated_on=day, amount_yuan=fen, channel=channel, **common))


def _of(kind: type[Donation], fund: Fund, status: str) -> list[Donation]:
    return list(kind.objects.filter(fund=fund, status=status, refund_of=None).order_by("pk"))


def _closed_and_reopened(fund: Fund, clerk: User, reviewer: User) -> None:
    """Close the fund and take that back, as its clerk and its reviewer do it."""
    for closed_on in (datetime.date(2025, 5, 1), None):
        reopen(fund, by=reviewer, reason="变更终止日期")
        fund.closed_on = closed_on
        fund.save()
        submit(fund, by=clerk, reason="已核对")
        approve(fund, by=reviewer)


def counted(fund: Fund, first: datetime.date, last: datetime.date) -> Totals:
    """What moved from `first` to `last`, counted from the records in the plainest way."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for donation in Donation.objects.all():
        if donation.fund_id != fund.pk or donation.status != "approved":
            continue
        if not first <= donation.donated_on <= last:
            continue
        gift = donation.refund_of
        if gift is None:
            found["income"] += donation.amount_yuan
        elif gift.status == "approved":
            found["refunds"] -= donation.amount_yuan
    for expenditure in Expenditure.objects.all():
        is_own = expenditure.fund_id == fund.pk and expenditure.status == "approved"
        if is_own and first <= expenditure.spent_on <= last:
            found["spending"] += expenditure.amount_yuan
    return Totals(found["income"], found["refunds"], found["spending"])


def left_on(fund: Fund, day: datetime.date) -> Decimal:
    """The balance of a day, counted from the records."""
    moved = counted(fund, datetime.date.min, day)
    opening = fund.initial_yuan if day >= fund.established_on else 0
    return (opening or Decimal(0)) + moved.income - moved.refunds - moved.spending


def has_spent_since(fund: Fund, day: datetime.date) -> bool:
    """Whether the fund spent money after a day."""
    return Expenditure.objects.filter(fund=fund, status="approved", spent_on__gt=day).exists()


def test_a_fund_is_active_for_twelve_months_after_it_spent(district: Area, make: Make) -> None:
    fund = make(Fund, established_on=FIRST, closed_on=datetime.date(2026, 5, 1), status="approved")
    day = datetime.date(2025, 2, 28)
    assert not rows_of([fund], day)[0].is_active
    make(Expenditure, fund=fund, spent_on=day, amount_yuan=1, status="approved")
    make(Expenditure, fund=fund, spent_on=datetime.date(2026, 2, 1), amount_yuan=1)  # a draft
    for on, is_active in ((day, True), (datetime.date(2026, 2, 27), True), (LAST, False)):
        assert rows_of([fund], on)[0].is_active == is_active
    assert not rows_of([fund], datetime.date(2026, 2, 28))[0].is_active


def test_the_book_equals_a_count_from_the_records_on_200_days(fund: Fund, other: Fund) -> None:
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(-20, SPAN + 20), st.integers(0, SPAN))
    def check(offset: int, length: int) -> None:
        last = FIRST + datetime.timedelta(days=offset)
        first = last - datetime.timedelta(days=length)
        book = book_of(fund, first, last)
        assert book.closing == left_on(fund, last)
        assert book.totals == counted(fund, first, last)
        assert balances([fund, other], last) == {
            fund.pk: left_on(fund, last),
            other.pk: left_on(other, last),
        }
        assert totals([fund.pk], (first, last))[fund.pk] == counted(fund, first, last)

    check()


def test_a_succession_moves_the_fund_and_its_money_from_list_to_list(
    fund: Fund, other: Fund
) -> None:
    """From its day on, the fund stands in the list of the area that followed; its book goes on.

    The district goes over to another county in the midst of the movements, and the street of the
    fund joins another one a year later.
    """
    moved_on = (datetime.date(2025, 2, 15), datetime.date(2026, 2, 1))
    register_succession(DISTRICT, "500199", moved_on[0], name="新渝中区")
    register_succession(f"500199{STREET}", NEXT_STREET, moved_on[1])
    moves, codes = moves_now(), set(Area.objects.values_list("code", flat=True))
    listed = Area.objects.in_bulk(
        [DISTRICT, "500199", fund.area_id[:9], f"500199{STREET}", NEXT_STREET]
    )

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.integers(-5, SPAN + 20), st.sampled_from(_around(moved_on))))
    def check(offset: int) -> None:
        day = FIRST + datetime.timedelta(days=offset)
        assert book_of(fund, FIRST, day).closing == left_on(fund, day)
        begins = day.replace(month=1, day=1)
        known = [
            (each, left_on(each, day), counted(each, begins, day))
            for each in (fund, other)
            if each.established_on <= day
        ]
        for code, area in listed.items():
            rows = FundList(area, day).rows()
            wanted = [
                row for row in known if home(row[0].area_id, day, moves, codes).startswith(code)
            ]
            assert [(row.fund, row.balance, row.year) for row in rows] == wanted, (code, day)

    check()


def _around(days: tuple[datetime.date, ...]) -> list[int]:
    return [(day - FIRST).days + by for day in days for by in (-1, 0, 1)]


def test_a_book_adds_up_by_line_channel_and_project(fund: Fund) -> None:
    book = book_of(fund, datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    left = book.opening
    for line in book.lines:
        left += line.amount
        assert line.balance == left
    assert left == book.closing
    assert book.opening == left_on(fund, datetime.date(2024, 12, 31))
    assert sum((one.totals for one in [*book.channels, *book.projects]), Totals()) == book.totals
    assert len(book.projects) == 4  # three projects and what names none


def test_a_void_gift_takes_its_refund_with_it(fund: Fund, make: Make, shiju: User) -> None:
    gift = make(Donation, fund=fund, donated_on=LAST, amount_yuan=100, status="approved")
    before = left_on(fund, LAST)
    make(Donation, fund=fund, donated_on=LAST, amount_yuan=-40, refund_of=gift, status="approved")
    assert balances([fund], LAST)[fund.pk] == before - 40
    void(gift, by=shiju, reason="登记有误")
    assert balances([fund], LAST)[fund.pk] == before - 100


def test_months_without_movement(district: Area, make: Make) -> None:
    fund = make(Fund, established_on=datetime.date(2025, 1, 15), status="approved")
    for month in (3, 6):
        day = datetime.date(2025, month, 2)
        make(Donation, fund=fund, donated_on=day, amount_yuan=1, status="approved")
    months = [each.month for each in book_of(fund, FIRST, datetime.date(2025, 8, 30)).idle_months]
    assert months == [2, 4, 5, 7]
    assert book_of(fund, FIRST, datetime.date(2025, 8, 31)).idle_months[-1].month == 8
    fund.closed_on = datetime.date(2025, 5, 1)
    months = [each.month for each in book_of(fund, FIRST, datetime.date(2025, 8, 31)).idle_months]
    assert months == [2, 4]


def test_a_refund_is_red_in_the_column_of_income(fund: Fund) -> None:
    lines = book_of(fund, FIRST, LAST).lines
    kinds = {line.kind for line in lines}
    assert kinds == set(MovementKind)
    for line in lines:
        assert (line.income is None) == (line.kind == MovementKind.SPENDING)
        if line.kind == MovementKind.REFUND:
            assert line.income is not None
            assert line.income < 0


def test_the_rows_of_a_list_cost_the_same_for_any_number_of_funds(fund: Fund, other: Fund) -> None:
    numbers = []
    for funds in ([fund], [fund, other]):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = rows_of(funds, LAST)
        numbers.append(len(queries))
        for row in rows:
            assert row.balance == left_on(row.fund, LAST)
            assert row.year == counted(row.fund, datetime.date(2026, 1, 1), LAST)
            assert row.is_active == has_spent_since(row.fund, datetime.date(2025, 6, 30))
    assert numbers[0] == numbers[1]
    assert last_movements([fund.pk], LAST)[fund.pk] == max(
        line.day for line in book_of(fund, FIRST, LAST).lines
    )
