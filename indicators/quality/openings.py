"""Finds opening balances that cover the time of stored records: both count."""

from __future__ import annotations

from collections.abc import Iterator

from areas.successions import Successions
from indicators.measures import MEASURES
from indicators.models import OpeningBalance
from indicators.overlaps import records_within
from indicators.quality.findings import Finding, Found, Issue, QualityContext, listed, of_record
from reviews.checks import yuan_text

RULE_OF_OPENINGS = "期初数所含的时间内又有同一计量的记录，两者都会计入指标。"


def openings(sight: QualityContext) -> Found:
    """Return each opening balance that covers stored records, with their number and the first of
    them. One query per balance and one for each that overlaps."""
    return listed(_overlapping(sight))


def _overlapping(sight: QualityContext) -> Iterator[Finding]:
    rows = sight.records(OpeningBalance).select_related("area").order_by("area_id", "pk")
    successions = Successions.stored()
    for balance in rows:
        found = [rows for rows in records_within(balance, successions) if rows.exists()]
        first = found[0].order_by("pk").first() if found else None
        if first is None:
            continue
        number = sum(rows.count() for rows in found)
        measure = MEASURES[balance.measure]
        record = getattr(first, measure.record) if measure.record else first
        quantity = f"{balance.quantity.normalize():f}{measure.unit}"
        shown = yuan_text(balance.quantity) if measure.is_money else quantity
        text = (
            f"（截至{balance.as_of}，{shown}）与该时间内的{number}条记录（如“{record}”）重复计算，"
            "期初数应只含未录入的部分，或作废这些记录"
        )
        yield of_record(Issue.OPENING, balance, text)
