"""What a ledger states of a fund beside its rows (结余, 累计), compared with the fund's book.

Nothing of it is stored. A difference is told once where it begins, not on every row below.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, groupby, product

from funds.books.sums import LIVING, donations_in, expenditures_in, opening_of, totals
from funds.models import Donation, Expenditure, Fund, FundRecord, Stated
from ledgers.declaration import ReadRow

#: Position, field and warning.
Told = tuple[int, str, str]
#: Rows with their positions in the file.
_Rows = Sequence[tuple[int, ReadRow]]
#: A day, and by how much the balance rose on it.
_Moved = tuple[datetime.date, Decimal]


def unlike_book(rows: Sequence[ReadRow]) -> Iterator[Told]:
    """Yield where a row of a ledger of funds or of money states another amount than the book."""
    money: dict[Fund, list[tuple[int, ReadRow]]] = defaultdict(list)
    listed: list[tuple[int, Fund, Stated]] = []
    for position, row in enumerate(rows):
        record = row.record
        if isinstance(record, Donation | Expenditure) and record.fund:
            money[record.fund].append((position, row))
        elif isinstance(record, Fund) and isinstance(row.stored, Fund) and record.stated:
            listed.append((position, row.stored, record.stated))
    yield from _of_funds(listed)
    settled = {
        fund: found for fund, found in money.items() if not any(row.is_open for _, row in found)
    }
    yield from _of_money(settled)


# --- a list of funds ------------------------------------------------------------------------


def _of_funds(listed: Sequence[tuple[int, Fund, Stated]]) -> Iterator[Told]:
    for day, given in groupby(listed, key=lambda one: one[2].on):
        found = list(given)
        moved = totals([fund.pk for _, fund, _ in found], (None, day), LIVING)
        for position, fund, stated in found:
            total, opening = moved[fund.pk], opening_of(fund, day)
            for field, label, said, book in (
                ("balance", "结余", stated.balance, opening + total.change),
                ("raised_in_all", "累计筹集", stated.raised, total.raised),
                ("spent_in_all", "累计支出", stated.spent, total.spending),
            ):
                # The 起始资金 is part of some bureaus' 累计筹集 and 结余, and not of others'.
                if said is not None and said not in (book, book - opening, book + opening):
                    told = (
                        f"系统中该基金截至{day}的{label}为{book:,.2f}元，与本行{said:,.2f}元不一致"
                    )
                    yield position, field, f"{told}，请核对收支"


# --- a cash book ----------------------------------------------------------------------------


def _of_money(money: Mapping[Fund, _Rows]) -> Iterator[Told]:
    """Yield where stated balances part from the book of their fund, and where the gap changes."""
    told = {
        fund: stated
        for fund, rows in money.items()
        if (stated := [(at, row) for at, row in rows if _balance_of(row) is not None])
    }
    others = _stored([fund.pk for fund in told], [row for fund in told for _, row in money[fund]])
    for fund, stated in told.items():
        yield from _gaps(_Book(fund, money[fund], others[fund.pk]), stated)


def _gaps(book: _Book, stated: _Rows) -> Iterator[Told]:
    gap = Decimal(0)
    for position, row in stated:
        said = _balance_of(row) or Decimal(0)
        possible = book.after(position, row)
        gaps = [said - one for one in possible]
        if 0 in gaps:
            gap = Decimal(0)
        elif gap not in gaps:
            gap = gaps[0]
            yield (
                position,
                "balance",
                f"按系统中的收支和本表，该基金此时的结余为{possible[0]:,.2f}元，与本行{said:,.2f}元不一致，"
                "请核对此前的收支",
            )


def _balance_of(row: ReadRow) -> Decimal | None:
    record = row.record
    stated = record.stated if isinstance(record, FundRecord) else None
    return stated.balance if stated else None


class _Book:
    """The book of one fund, were the rows of a ledger stored."""

    def __init__(self, fund: Fund, rows: _Rows, others: Sequence[_Moved]) -> None:
        self._opening = opening_of(fund)
        moved = [(position, *_moved(row)) for position, row in rows]
        self._downwards = _running(moved, 1)
        self._upwards = _running(moved, -1)
        known = sorted(others)
        self._days = [day for day, _ in known]
        self._sums = [Decimal(0), *accumulate(amount for _, amount in known)]

    def after(self, position: int, row: ReadRow) -> list[Decimal]:
        """Return what may be left after a row, the likeliest first.

        The file may begin with the oldest row or with the newest, its balances may leave out the
        起始资金, and other money of that day may have moved before or after.
        """
        day, _ = _moved(row)
        sums = (self._sums[bisect(self._days, day)] for bisect in (bisect_right, bisect_left))
        own = (self._downwards[position], self._upwards[position])
        bases = [other + one for other, one in product(sums, own)]
        return [base + self._opening for base in bases] + bases


def _running(moved: Sequence[tuple[int, datetime.date, Decimal]], step: int) -> dict[int, Decimal]:
    """Return by position the sum of all rows up to it: by day, and on a day by position (step 1) or
    against it (-1)."""
    ordered = sorted(moved, key=lambda one: (one[1], step * one[0]))
    sums = accumulate(amount for _, _, amount in ordered)
    return {position: total for (position, _, _), total in zip(ordered, sums, strict=True)}


def _stored(funds: Collection[int], rows: Sequence[ReadRow]) -> dict[int, list[_Moved]]:
    """Return by fund the stored money that the ledger does not hold. Two statements."""
    found: dict[int, list[_Moved]] = defaultdict(list)
    for model, kept, name, sign in (
        (Donation, donations_in(LIVING), "donated_on", 1),
        (Expenditure, expenditures_in(LIVING), "spent_on", -1),
    ):
        held = [row.stored.pk for row in rows if isinstance(row.stored, model)]
        others = kept.filter(fund__in=funds).exclude(pk__in=held).order_by()
        for pk, day, amount in others.values_list("fund_id", name, "amount_yuan"):
            found[pk].append((day, sign * amount))
    return found


def _moved(row: ReadRow) -> _Moved:
    """Return the day of a row and by how much it changes the balance."""
    record = row.record
    if isinstance(record, Donation):
        return record.donated_on, record.amount_yuan
    if isinstance(record, Expenditure):
        return record.spent_on, -record.amount_yuan
    raise TypeError(f"{type(record).__name__} moves no money")
