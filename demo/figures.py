"""Demonstration figures that no ledger contains: manual figures and opening balances."""

from __future__ import annotations

import datetime

from areas.models import Area
from indicators.models import Covers, ManualFigure, OpeningBalance


def manual(
    plan: str,
    indicator: str,
    area: Area,
    day: datetime.date,
    done: tuple[int, int],
    evidence: str,
) -> ManualFigure:
    """Build an unsaved manual figure: `done` = (numerator, denominator), with evidence."""
    return ManualFigure(
        area=area,
        plan_code=plan,
        indicator_code=indicator,
        as_of=day,
        numerator=int(done[0]),
        denominator=done[1],
        evidence=f"{area}{evidence}（演示数据）",
    )


def opening(
    measure: str, area: Area, day: datetime.date, quantity: int, evidence: str
) -> OpeningBalance:
    """Build an unsaved opening balance of a measure as of `day`; money in yuan."""
    return OpeningBalance(
        area=area,
        measure=measure,
        as_of=day,
        covers=Covers.ALL,
        quantity=quantity,
        evidence=evidence,
    )
