"""Checks of refunds (退赠): no more goes back than came, and not before it came."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db import connection

from funds.models import Donation
from reviews.checks import CheckedRecord, Problem, field_label, yuan_text
from reviews.models import Status

#: Refunds that take from their gift: those that are, or may yet be, facts.
_STANDING = (Status.PENDING, Status.APPROVED)


def signed(donation: Donation) -> Iterator[Problem]:
    """Require more than zero of a gift and less than zero of a refund."""
    amount, label = donation.amount_yuan, field_label(donation, "amount_yuan")
    if amount is None:
        return
    if donation.refund_of_id is not None:
        if amount >= 0:
            message = f"退赠的“{label}”应填负数，如-200.00（现为{amount}）"
            yield Problem("refund_sign", "amount_yuan", message)
    elif amount <= 0:
        told = "；退还以往捐赠的，请另选“退赠的原捐赠”" if amount < 0 else ""
        yield Problem("not_positive", "amount_yuan", f"“{label}”应大于0（现为{amount}）{told}")


def refund_of_a_gift(donation: Donation) -> Iterator[Problem]:
    """Require that a refund names a gift that counts, of the same fund and area, of an earlier day."""
    gift = donation.refund_of
    if gift is None:
        return
    for fault in _faults(donation, gift):
        yield Problem("refund_of", "refund_of", fault)
    if _is_before(donation.donated_on, gift.donated_on):
        message = f"退赠日期{donation.donated_on}早于原捐赠的日期{gift.donated_on}"
        yield Problem("refund_day", "donated_on", message)


def _faults(refund: Donation, gift: Donation) -> Iterator[str]:
    if gift.refund_of_id is not None or gift.pk == refund.pk:
        yield "所选记录本身是退赠，请选择原捐赠"
    elif gift.status != Status.APPROVED:
        yield f"原捐赠为“{gift.get_status_display()}”，审核通过后才能登记退赠；登记有误的请更正或作废原捐赠"
    if refund.fund_id != gift.fund_id:
        yield f"退赠与原捐赠应属同一基金（原捐赠：{gift.fund or '未归入基金'}）"


def within_gift(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Refuse refunds that exceed their gift together, and a gift that no longer covers its refunds.

    The gifts are locked, so that two refunds that are submitted at once see each other.
    """
    refunds: list[tuple[int, Donation]] = []
    gifts: dict[int, tuple[int, Donation]] = {}
    for at, each in enumerate(records):  # most gifts of a batch are new, and of no interest
        if isinstance(each, Donation) and each.refund_of_id is not None:
            refunds.append((at, each))
        elif isinstance(each, Donation) and each.pk:
            gifts[each.pk] = at, each
    stored = _stored({each.refund_of_id for _, each in refunds} | {*gifts}, refunds)
    for pk, (at, gift) in gifts.items():
        yield from ((at, problem) for problem in _covered(gift, stored[pk]))
    for at, refund in refunds:
        given_back = refund.refund_of
        if given_back is not None and refund.amount_yuan is not None:
            left = given_back.amount_yuan + _returned(stored[given_back.pk])
            stored[given_back.pk].append(refund)
            if left + refund.amount_yuan < 0:
                message = (
                    f"退赠{yuan_text(-refund.amount_yuan)}超过可退金额{yuan_text(left)}"
                    f"（原捐赠{yuan_text(given_back.amount_yuan)}，减去已登记的退赠）"
                )
                yield at, Problem("over_refunded", "amount_yuan", message)


def _covered(gift: Donation, refunds: Sequence[Donation]) -> Iterator[Problem]:
    """Yield what of a changed gift contradicts its refunds."""
    if not refunds:
        return
    returned = -_returned(refunds)
    if gift.amount_yuan is not None and gift.amount_yuan < returned:
        message = f"已登记退赠{yuan_text(returned)}，金额不能小于它"
        yield Problem("over_refunded", "amount_yuan", message)
    if _is_before(min(each.donated_on for each in refunds), gift.donated_on):
        yield Problem("refund_day", "donated_on", "捐赠日期不能晚于已登记的退赠日期")
    if any(each.fund_id != gift.fund_id for each in refunds):
        yield Problem("refund_of", "fund", "已登记退赠的捐赠不能改到其他基金")


def _returned(refunds: Sequence[Donation]) -> Decimal:
    """Return the sum of refunds, which is negative."""
    return sum((each.amount_yuan for each in refunds), Decimal(0))


def _is_before(day: datetime.date | None, other: datetime.date | None) -> bool:
    return day is not None and other is not None and day < other


def _stored(
    gifts: set[int | None], refunds: Sequence[tuple[int, Donation]]
) -> dict[int, list[Donation]]:
    """Return by gift its stored refunds that stand, without those of the batch."""
    found: dict[int, list[Donation]] = defaultdict(list)
    if not gifts:
        return found
    if connection.in_atomic_block:
        locked = Donation.objects.select_for_update(of=("self",), no_key=True)
        list(locked.filter(pk__in=gifts).order_by("pk").values_list("pk", flat=True))
    others = Donation.objects.filter(refund_of__in=gifts, status__in=_STANDING)
    for each in others.exclude(pk__in=[refund.pk for _, refund in refunds if refund.pk]):
        found[each.refund_of_id or 0].append(each)
    return found
