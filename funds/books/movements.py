"""The movements of one fund in order, with what is left after each: the lines of its book."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from django.db.models import TextChoices

from funds.books.sums import Totals, donations_in, expenditures_in, opening_of
from funds.models import Donation, Expenditure, Fund

#: What a book says of money that names no channel or no project.
UNSAID_CHANNEL, UNSAID_PROJECT = "未注明方式", "未列项目"


class MovementKind(TextChoices):
    """What moves the balance of a fund, in the order of a day."""

    OPENING = "opening", "起始资金"
    GIFT = "gift", "捐赠"
    REFUND = "refund", "退赠"
    SPENDING = "spending", "支出"


@dataclass(frozen=True)
class Movement:
    """One line of a fund's book; `amount` is by how much the balance rose, in yuan."""

    day: datetime.date
    kind: MovementKind
    amount: Decimal
    #: What it was for, whom it came from (a person's name is masked), number of receipt or resolution.
    purpose: str = ""
    party: str = ""
    number: str = ""
    #: The channel of a gift, or the project of an expenditure.
    group: str = ""
    #: The key of the donation or expenditure.
    pk: int | None = None
    balance: Decimal = Decimal(0)

    @property
    def income(self) -> Decimal | None:
        """The amount in the column 收入; a refund is negative there (红字)."""
        return None if self.kind == MovementKind.SPENDING else self.amount

    @property
    def spending(self) -> Decimal | None:
        """The amount in the column 支出."""
        return -self.amount if self.kind == MovementKind.SPENDING else None


class GroupSum(NamedTuple):
    """The money of one channel or one project."""

    name: str
    totals: Totals


def movements_of(fund: Fund, last: datetime.date) -> list[Movement]:
    """Return all approved movements of a fund up to a day, with the balance after each.

    Two statements.
    """
    gifts = donations_in().filter(fund=fund, donated_on__lte=last).select_related("refund_of")
    spendings = expenditures_in().filter(fund=fund, spent_on__lte=last).select_related("project")
    lines = [*map(_donated, gifts), *map(_spent, spendings)]
    if opening := opening_of(fund, last):
        lines.append(Movement(fund.established_on, MovementKind.OPENING, opening))
    order = list(MovementKind)
    lines.sort(key=lambda line: (line.day, order.index(line.kind), line.pk or 0))
    left = accumulate(line.amount for line in lines)
    return [replace(line, balance=balance) for line, balance in zip(lines, left, strict=True)]


def _donated(donation: Donation) -> Movement:
    is_refund = donation.refund_of_id is not None
    gift = donation.refund_of or donation  # a refund leaves by the channel of its gift
    return Movement(
        donation.donated_on,
        MovementKind.REFUND if is_refund else MovementKind.GIFT,
        donation.amount_yuan,
        donation.purpose,
        donation.donor_shown,
        donation.receipt_number,
        gift.channel_name or gift.get_channel_display() or UNSAID_CHANNEL,
        donation.pk,
    )


def _spent(expenditure: Expenditure) -> Movement:
    return Movement(
        expenditure.spent_on,
        MovementKind.SPENDING,
        -expenditure.amount_yuan,
        expenditure.purpose,
        "",
        expenditure.resolution_number,
        str(expenditure.project or UNSAID_PROJECT),
        expenditure.pk,
    )


@dataclass(frozen=True)
class FundBook:
    """A fund's book up to a day, and what it comes to over some of its days (both included)."""

    fund: Fund
    first: datetime.date
    last: datetime.date
    all_lines: Sequence[Movement]

    @cached_property
    def lines(self) -> list[Movement]:
        """The movements of these days."""
        return [line for line in self.all_lines if self.first <= line.day <= self.last]

    @property
    def opening(self) -> Decimal:
        """What was left before the first day."""
        earlier = [line.balance for line in self.all_lines if line.day < self.first]
        return earlier[-1] if earlier else Decimal(0)

    @property
    def closing(self) -> Decimal:
        """What is left at the end of the last day."""
        return self.all_lines[-1].balance if self.all_lines else Decimal(0)

    @property
    def totals(self) -> Totals:
        """What moved on these days, without the 起始资金."""
        return _sum(self.lines)

    @property
    def channels(self) -> list[GroupSum]:
        """Gifts and refunds of these days by channel, the largest first."""
        kinds = (MovementKind.GIFT, MovementKind.REFUND)
        return _grouped([line for line in self.lines if line.kind in kinds], _raised)

    @property
    def projects(self) -> list[GroupSum]:
        """Expenditures of these days by project, the largest first."""
        spent = [line for line in self.lines if line.kind == MovementKind.SPENDING]
        return _grouped(spent, lambda totals: totals.spending)

    @property
    def last_moved_on(self) -> datetime.date | None:
        """The last day on which money moved; the 起始资金 is no movement."""
        moved = [line.day for line in self.all_lines if line.kind != MovementKind.OPENING]
        return moved[-1] if moved else None

    @property
    def idle_months(self) -> list[datetime.date]:
        """The first days of the whole months since the fund was set up in which no money moved.

        The month of `last` is left out until it is over, and so are months after the fund closed.
        """
        moved = {(line.day.year, line.day.month) for line in self.all_lines}
        month, found = _next_month(self.fund.established_on), []
        closed = self.fund.closed_on or datetime.date.max
        while (after := _next_month(month)) <= self.last + datetime.timedelta(days=1):
            if month >= closed:
                break
            if (month.year, month.month) not in moved:
                found.append(month)
            month = after
        return found


def book_of(fund: Fund, first: datetime.date, last: datetime.date) -> FundBook:
    """Return the book of a fund over some days. Two statements."""
    return FundBook(fund, first, last, movements_of(fund, last))


def _next_month(day: datetime.date) -> datetime.date:
    first = day.replace(day=1)
    return (first + datetime.timedelta(days=31)).replace(day=1)


def _sum(lines: Iterable[Movement]) -> Totals:
    found = Totals()
    for line in lines:
        if line.kind == MovementKind.GIFT:
            found += Totals(income=line.amount)
        elif line.kind == MovementKind.REFUND:
            found += Totals(refunds=-line.amount)
        elif line.kind == MovementKind.SPENDING:
            found += Totals(spending=-line.amount)
    return found


def _raised(totals: Totals) -> Decimal:
    return totals.raised


def _grouped(lines: Sequence[Movement], amount: Callable[[Totals], Decimal]) -> list[GroupSum]:
    by_name: dict[str, list[Movement]] = defaultdict(list)
    for line in lines:
        by_name[line.group].append(line)
    sums = [GroupSum(name, _sum(found)) for name, found in by_name.items()]
    return sorted(sums, key=lambda one: (-amount(one.totals), one.name))
