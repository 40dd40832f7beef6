"""A fund's book (基金账簿): what came, went back and was spent, and what is left on any day.

Balance = 起始资金 + gifts − refunds − expenditures. The page, the statement, the lists, the API, the
check of overspending and the comparison with a ledger's 结余 all add up here, in whole fen: SQLite
would add up decimals as binary fractions.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection, models
from django.db.models import BigIntegerField, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round

from funds.models import Donation, Expenditure, Fund
from reviews.models import Status
from reviews.querysets import SubmissionQuerySet

#: Which records a book holds: facts only, or all that are not void (for checks before a review).
FACTS: Final = (Status.APPROVED,)
LIVING: Final = tuple(status for status in Status if status != Status.VOID)

#: The days of a statement: both included; None is open.
Days = tuple[datetime.date | None, datetime.date | None]
ALL_DAYS: Final[Days] = (None, None)
Statuses = Collection[str]

GIFT, REFUND = Q(refund_of__isnull=True), Q(refund_of__isnull=False)


@dataclass(frozen=True)
class Totals:
    """What moved in a fund over some days, in yuan; no number is negative."""

    income: Decimal = Decimal(0)
    refunds: Decimal = Decimal(0)
    spending: Decimal = Decimal(0)

    def __add__(self, other: Totals) -> Totals:
        """Return what moved in both."""
        return Totals(
            self.income + other.income,
            self.refunds + other.refunds,
            self.spending + other.spending,
        )

    @property
    def raised(self) -> Decimal:
        """Gifts less refunds, as the measure `raised` counts them."""
        return self.income - self.refunds

    @property
    def change(self) -> Decimal:
        """By how much the balance rose."""
        return self.raised - self.spending


def fen(field: str = "amount_yuan") -> Any:
    """Return an amount in fen as an integer, which every database adds up exactly."""
    whole: Any = F(field) * 100
    if connection.vendor == "sqlite":
        whole = Round(whole)
    return Cast(whole, BigIntegerField())


def yuan(whole: int | None) -> Decimal:
    """Return an amount of fen in yuan, with two decimals."""
    return Decimal(whole or 0).scaleb(-2)


def donations_in(statuses: Statuses = FACTS) -> SubmissionQuerySet:
    """Return the gifts and refunds of books; a refund stands while its gift does."""
    stands = GIFT | Q(refund_of__status__in=statuses)
    return Donation.objects.filter(stands, status__in=statuses)


def expenditures_in(statuses: Statuses = FACTS) -> SubmissionQuerySet:
    """Return the expenditures of books."""
    return Expenditure.objects.filter(status__in=statuses)


def within(days: Days, field: str) -> Q:
    """Return the condition that a record's day lies in these days."""
    first, last = days
    found = Q()
    if first is not None:
        found &= Q(**{f"{field}__gte": first})
    if last is not None:
        found &= Q(**{f"{field}__lte": last})
    return found


def totals(
    funds: Collection[int] | QuerySet[Any], days: Days = ALL_DAYS, statuses: Statuses = FACTS
) -> dict[int, Totals]:
    """Return by fund what moved on these days; nothing where nothing did. Two statements."""
    return _added_up(
        donations_in(statuses).filter(within(days, "donated_on"), fund__in=funds),
        expenditures_in(statuses).filter(within(days, "spent_on"), fund__in=funds),
    )


def totals_with(batch: Iterable[models.Model], funds: Collection[int]) -> dict[int, Totals]:
    """Return by fund what moves once a batch is stored: all that is not void, and the batch."""
    money = [each for each in batch if isinstance(each, Donation | Expenditure)]
    money = [each for each in money if each.fund_id in funds and each.amount_yuan is not None]
    known = [each.pk for each in money if isinstance(each, Donation) and each.pk]
    spent = [each.pk for each in money if isinstance(each, Expenditure) and each.pk]
    found = _added_up(
        donations_in(LIVING).filter(fund__in=funds).exclude(pk__in=known),
        expenditures_in(LIVING).filter(fund__in=funds).exclude(pk__in=spent),
    )
    for each in money:
        pk, amount = each.fund_id or 0, each.amount_yuan
        if isinstance(each, Expenditure):
            found[pk] += Totals(spending=amount)
        else:
            found[pk] += Totals(max(amount, Decimal(0)), max(-amount, Decimal(0)))
    return found


def _added_up(came: QuerySet[Any], went: QuerySet[Any]) -> dict[int, Totals]:
    found: dict[int, Totals] = defaultdict(Totals)
    sums = {"income": Sum(fen(), filter=GIFT), "refunds": Sum(fen(), filter=REFUND)}
    for pk, income, refunds in came.order_by().values_list("fund_id").annotate(**sums):
        found[pk] += Totals(yuan(income), -yuan(refunds))
    for pk, spending in went.order_by().values_list("fund_id").annotate(spending=Sum(fen())):
        found[pk] += Totals(spending=yuan(spending))
    return found


def opening_of(fund: Fund, day: datetime.date | None = None) -> Decimal:
    """Return the 起始资金 in a fund's book on a day (default: at any time): none before it was set up."""
    is_there = day is None or fund.established_on is None or fund.established_on <= day
    return (fund.initial_yuan or Decimal(0)) if is_there else Decimal(0)


def balances(
    funds: Collection[Fund], day: datetime.date | None = None, statuses: Statuses = FACTS
) -> dict[int, Decimal]:
    """Return by fund what is left at the end of a day (default: of all days), in yuan."""
    moved = totals([fund.pk for fund in funds], (None, day), statuses)
    return {fund.pk: opening_of(fund, day) + moved[fund.pk].change for fund in funds}


def balance_before(fund: Fund, day: datetime.date, statuses: Statuses = FACTS) -> Decimal:
    """Return what is left before the movements of a day: a fund set up that day has its opening."""
    moved = totals([fund.pk], (None, day - datetime.timedelta(days=1)), statuses)
    return opening_of(fund, day) + moved[fund.pk].change


def last_movements(
    funds: Collection[int] | QuerySet[Any], day: datetime.date
) -> dict[int, datetime.date]:
    """Return by fund the last day up to `day` on which money moved. Two statements."""
    found = _last_days(donations_in(), "donated_on", funds, day)
    for pk, last in last_spendings(funds, day).items():
        found[pk] = max(last, found.get(pk, last))
    return found


def last_spendings(
    funds: Collection[int] | QuerySet[Any], day: datetime.date
) -> dict[int, datetime.date]:
    """Return by fund the last day up to `day` on which it spent money. One statement."""
    return _last_days(expenditures_in(), "spent_on", funds, day)


def _last_days(
    rows: QuerySet[Any], name: str, funds: Collection[int] | QuerySet[Any], day: datetime.date
) -> dict[int, datetime.date]:
    moved = rows.filter(within((None, day), name), fund__in=funds).order_by()
    return dict(moved.values_list("fund_id").annotate(last=Max(name)))
