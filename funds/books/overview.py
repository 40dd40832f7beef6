"""The funds of an area with what each has, what moved this year, and how long it has lain idle."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dates.months import day_in_month, month_number
from funds.books.sums import Totals, balances, last_movements, last_spendings, totals
from funds.models import Fund, FundMember, MemberKind

#: 作用发挥: the platform's default; 渝中's document gives no number.
ACTIVE_MONTHS = 12


@dataclass(frozen=True)
class FundRow:
    """One fund on a day. Amounts in yuan; `year` is what moved in the day's year up to the day."""

    fund: Fund
    day: datetime.date
    balance: Decimal
    year: Totals
    moved_on: datetime.date | None
    spent_on: datetime.date | None
    missing_members: tuple[str, ...]

    @property
    def days_idle(self) -> int:
        """Days since money last moved, or since the fund was set up."""
        return (self.day - (self.moved_on or self.fund.established_on)).days

    @property
    def is_active(self) -> bool:
        """Whether the fund runs and spent money within the last `ACTIVE_MONTHS` (作用发挥)."""
        spent = self.spent_on
        return (
            self.is_running
            and spent is not None
            and self.day < day_in_month(month_number(spent) + ACTIVE_MONTHS, spent.day)
        )

    @property
    def is_running(self) -> bool:
        """Whether the fund runs on the day."""
        return self.fund.closed_on is None or self.fund.closed_on > self.day


def rows_of(funds: Sequence[Fund], day: datetime.date) -> list[FundRow]:
    """Return the rows of some funds on a day; eight statements for any number of funds."""
    keys = [fund.pk for fund in funds]
    left, moved, spent = balances(funds, day), last_movements(keys, day), last_spendings(keys, day)
    year = totals(keys, (day.replace(month=1, day=1), day))
    missing = missing_kinds(keys)
    return [
        FundRow(
            fund,
            day,
            left[fund.pk],
            year[fund.pk],
            moved.get(fund.pk),
            spent.get(fund.pk),
            tuple(kind.label for kind in missing[fund.pk]),
        )
        for fund in funds
    ]


def missing_kinds(funds: Collection[int]) -> dict[int, list[MemberKind]]:
    """Return by fund which of the five kinds of members its group lacks. One statement."""
    present: dict[int, set[str]] = defaultdict(set)
    members = FundMember.objects.filter(fund_id__in=funds)
    for fund_id, kind in members.order_by().values_list("fund_id", "kind").distinct():
        present[fund_id].add(kind)
    return {pk: [kind for kind in MemberKind if kind not in present[pk]] for pk in funds}
