"""Demonstration refunds (退赠) of gifts that are on the books."""

from __future__ import annotations

import datetime
from decimal import Decimal

from funds.models import Donation

Day = datetime.date


def refunds(*wanted: tuple[Day, Day, Decimal | None, str]) -> list[Donation]:
    """Build a refund for each (first day of the gift, day of the refund, yuan, reason).

    Of the first gift of an enterprise to a fund from that day on; without an amount it goes back whole.
    """
    found = []
    for since, on, yuan, reason in wanted:
        gift = _gift(since, yuan or Decimal(0))
        found.append(
            Donation(
                area_id=gift.area_id,
                fund=gift.fund,
                refund_of=gift,
                donated_on=on,
                amount_yuan=-(yuan or gift.amount_yuan),
                donor_name=gift.donor_name,
                donor_type=gift.donor_type,
                purpose=reason,
            )
        )
    return found


def _gift(since: Day, least: Decimal) -> Donation:
    gifts = Donation.objects.approved().filter(
        refund_of__isnull=True, fund__closed_on__isnull=True, donor_type="enterprise"
    )
    gifts = gifts.filter(fund__isnull=False, donated_on__gte=since, amount_yuan__gte=least)
    return gifts.select_related("fund").order_by("donated_on", "amount_yuan", "pk")[0]
