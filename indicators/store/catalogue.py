"""Which series are stored, for which years, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models
from django.utils import timezone

from indicators.measures import MEASURES
from indicators.models import Indicator, Plan, SeriesLayout
from indicators.store.engine import SeriesKey, Span, month_of

_EARLIEST_YEAR = 2000

#: By counting rule, what an indicator needs stored beside measures and opening balances. The rules
#: are above the store, so `indicators.rules` enters them here when Django starts.
STORED_KEYS: dict[str, Callable[[Indicator], set[SeriesKey]]] = {}


def catalogue() -> list[SeriesKey]:
    """Return all series in the order of storing: measures, opening balances, what loaded plans
    need.
    """
    keys = [SeriesKey("measure", code) for code in MEASURES]
    keys += [
        SeriesKey("opening", code)
        for code, measure in MEASURES.items()
        if not measure.is_stock and measure.record is not None
    ]
    indicators = Indicator.objects.select_related("plan").prefetch_related("targets")
    wanted = {key for one in indicators for key in STORED_KEYS[one.counting](one)}
    return keys + sorted(wanted.difference(keys), key=str)


def years_to_keep() -> tuple[int, int]:
    """Return the first and the last year to store.

    The first is the year before the earliest plan begins, which growth compares with; the last is
    next year.
    """
    first = Plan.objects.aggregate(first=models.Min("starts_on"))["first"]
    today = timezone.localdate().year
    return max(_EARLIEST_YEAR, (first.year if first else today) - 1), today + 1


def current_layout() -> SeriesLayout | None:
    """Return the layout of the stored rows; None before anything is stored."""
    return SeriesLayout.objects.first()


def full_span(layout: SeriesLayout) -> Span:
    """Return the span of all stored months."""
    return Span(month_of(layout.first_year, 1), month_of(layout.last_year, 12))


def layout_keys(layout: SeriesLayout) -> list[SeriesKey]:
    """Return the stored series in their order."""
    return [SeriesKey(*entry) for entry in layout.keys]


def layout_entry(key: SeriesKey) -> list[Any]:
    """Return a series as `SeriesLayout.keys` writes it."""
    return list(key)
