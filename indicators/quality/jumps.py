"""Finds sudden jumps against a township's own history: of a month, and of a single record."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Q, QuerySet, RowRange, Sum, Window
from django.db.models.functions import Substr

from areas.querysets import within_q
from dates.text import month_text
from indicators.measures import MEASURES, Measure
from indicators.quality.findings import (
    TOWNSHIP_DIGITS,
    Day,
    Finding,
    Found,
    Issue,
    QualityContext,
    below,
    listed,
    of_record,
)
from reviews.addresses import list_address
from reviews.checks import yuan_text
from reviews.models import Status

#: A month is a jump if it is above this many times the highest of the twelve months before …
MONTH_TIMES = 3
#: … of which this many must have values (a beginning is not a jump) …
MONTHS_BEFORE = 3
#: … and if it has at least this size in yuan, 人次 or records, since small numbers vary by
#: themselves.
LEAST_YUAN, LEAST_PERSON_TIMES, LEAST_RECORDS = 10_000, 100, 5
#: A record is a jump if it is above this many times the largest of at least this many earlier
#: ones.
RECORD_TIMES, RECORDS_BEFORE = 10, 5

RULE_OF_JUMPS = (
    f"上一个完整月份审核通过的数量超过此前12个月中最高月份的{MONTH_TIMES}倍"
    f"（此前至少{MONTHS_BEFORE}个月有数，当月不少于{LEAST_YUAN // 10_000}万元、"
    f"{LEAST_PERSON_TIMES}人次或{LEAST_RECORDS}条）；或单条记录的数量超过同一街道（乡镇）此前最大一条的"
    f"{RECORD_TIMES}倍（此前至少{RECORDS_BEFORE}条）。"
)

#: A sum of several kinds jumps where one of them does.
_FLOWS = [measure for measure in MEASURES.values() if not (measure.is_stock or measure.also)]
_Month = tuple[Day, Day]
_Ratio = Decimal | float
_PLACE = Substr("area_id", 1, TOWNSHIP_DIGITS)


def jumps(sight: QualityContext) -> Found:
    """Return months and records, the steepest first."""
    found = [*_month_jumps(sight), *_record_jumps(sight)]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return listed(finding for _, finding in found)


def _month_jumps(sight: QualityContext) -> Iterator[tuple[_Ratio, Finding]]:
    months = _thirteen_months(sight.day)
    for measure in _FLOWS:
        for code, last, *earlier in _by_month(measure, sight.root.code, months):
            if _is_jump(measure, last, earlier):
                ratio = last / max(earlier)
                yield ratio, _of_month(measure, code, months[0], last, max(earlier), sight)


def _is_jump(measure: Measure, last: Any, earlier: Sequence[Any]) -> bool:
    is_begun = sum(1 for quantity in earlier if quantity) >= MONTHS_BEFORE
    return is_begun and last >= _least(measure) and last > MONTH_TIMES * max(earlier)


def _least(measure: Measure) -> int:
    if not measure.quantity:
        return LEAST_RECORDS
    return LEAST_YUAN if measure.is_money else LEAST_PERSON_TIMES


def _of_month(
    measure: Measure, code: str, month: _Month, last: Any, highest: Any, sight: QualityContext
) -> Finding:
    place, (first, _) = sight.name(code), month
    sentence = (
        f"{place}{month_text(first)}{measure.name}{_said(measure, last)}，"
        f"是此前12个月最高月份（{_said(measure, highest)}）的{last / highest:.1f}倍，"
        "应核对有无多报、重报或单位写错"
    )
    return Finding(Issue.JUMP, sentence, code, place, _month_link(measure, code, month))


def _month_link(measure: Measure, code: str, month: _Month) -> str:
    """Return the list of the month's records.

    For reached communities, of the month's activities.
    """
    day = measure.start.rpartition("__")[2]
    query = {f"{day}__gte": month[0], f"{day}__lte": month[1], "status__exact": Status.APPROVED}
    if not measure.record:
        return list_address(measure.model, **query, **below(code))
    return list_address(measure.record_model, **query)


def _thirteen_months(day: Day) -> list[_Month]:
    """Return first and last days of thirteen months, the last complete month first."""
    after = (day + datetime.timedelta(days=1)).replace(day=1)
    months = []
    for _ in range(13):
        last = after - datetime.timedelta(days=1)
        after = last.replace(day=1)
        months.append((after, last))
    return months


def _by_month(
    measure: Measure, root: str, months: Sequence[_Month]
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return each township's code and its approved quantity in each month."""
    whole = {f"{measure.start}__range": (months[-1][0], months[0][1])}
    rows: Any = measure.model._default_manager.filter(
        measure.condition, within_q(measure.area, root), **whole
    )
    columns = {f"month_{back}": _sum_of(measure, month) for back, month in enumerate(months)}
    places = rows.order_by().annotate(township=_PLACE).values("township")
    return places.annotate(**columns).values_list("township", *columns)


def _sum_of(measure: Measure, month: _Month) -> models.Aggregate:
    when = Q(**{f"{measure.start}__range": month})
    if not measure.quantity:
        return Count("pk", filter=when)
    return Sum(measure.quantity, filter=when, default=0)


def _record_jumps(sight: QualityContext) -> Iterator[tuple[_Ratio, Finding]]:
    """Yield records that jump against all earlier ones of their township, in any state."""
    for measure in _FLOWS:
        if not measure.quantity or measure.record != "":
            continue
        steep = {key: before for key, *before in _steep(measure, sight)}
        records = measure.model._default_manager.select_related("area").in_bulk(steep)
        for key, (highest, earlier) in steep.items():
            record = records[key]
            value = getattr(record, measure.quantity)
            text = (
                f"{measure.name}{_said(measure, value)}，是同一街道（乡镇）此前{earlier}条中"
                f"最大一条（{_said(measure, highest)}）的{value / highest:.1f}倍，应核对数量和单位"
            )
            yield value / highest, of_record(Issue.JUMP, record, text)


def _steep(measure: Measure, sight: QualityContext) -> QuerySet[Any, tuple[Any, ...]]:
    """Return key, largest earlier quantity and number of earlier records."""
    before: dict[str, Any] = {
        "partition_by": _PLACE,
        "order_by": [measure.start, "pk"],
        "frame": RowRange(end=-1),
    }
    rows = sight.records(measure.model).filter(measure.counted)  # type: ignore[arg-type]
    steep = rows.annotate(
        highest=Window(Max(measure.quantity), **before), earlier=Window(Count("pk"), **before)
    ).filter(
        earlier__gte=RECORDS_BEFORE,
        highest__gt=0,
        **{f"{measure.quantity}__gt": F("highest") * RECORD_TIMES},
    )
    return steep.order_by("pk").values_list("pk", "highest", "earlier")


def _said(measure: Measure, quantity: Any) -> str:
    """Return a quantity with its unit; a measure without a quantity counts records."""
    if measure.is_money:
        return yuan_text(quantity)
    return f"{quantity}人次" if measure.quantity else f"{quantity}条"
