"""The stored series read back: whole months, and any day within one.

Of a month the store holds the end; for a day before it the events of the days left are taken away.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from areas.codes import ancestors_of, cut_to, is_within, level_of
from areas.successions import Successions, homes_of
from indicators.blobs import unpack
from indicators.engine import SeriesKey, Span, month_of
from indicators.events import Scope, changes_between
from indicators.measures import LEVEL_OF_AREAS, MEASURES
from indicators.models import AreaSeries, Covers, OpeningBalance, SeriesLayout
from indicators.series import layout_keys
from indicators.view import Rows, View, month_end


def stored_rows(
    codes: Collection[str], span: Span, layout: SeriesLayout, keys: Sequence[SeriesKey]
) -> Rows:
    """The months of a span that begins in January, from the store; zeros where nothing is stored."""
    order = {key: position for position, key in enumerate(layout_keys(layout))}
    at = [order[key] for key in keys]
    blocks = {code: np.zeros((len(keys), len(span)), dtype=np.int64) for code in codes}
    years = (span.first // 12, span.last // 12)
    rows = AreaSeries.objects.filter(area_id__in=codes, year__range=years)
    for code, year, blob in rows.values_list("area_id", "year", "blob"):
        start = month_of(year, 1) - span.first
        part = blocks[code][:, start : start + 12]
        part[:] = unpack(blob)[at, : part.shape[1]]
    return {
        (code, key): block[row] for code, block in blocks.items() for row, key in enumerate(keys)
    }


def take_away_the_rest(
    rows: Rows, day: datetime.date, scope: Scope, layout: SeriesLayout, successions: Successions
) -> None:
    """Make the last column, that of the month's end, the day's own."""
    keys, end = {key for _, key in rows}, month_end(day)
    late = _late_sums(keys, day, end, scope)
    _take_away(rows, late)
    coverages = [key for key in keys if key.kind == "coverage"]
    lost = _lost_coverage(coverages, late, day, layout, successions)
    for code, key in rows:
        if key.kind == "coverage":
            rows[code, key][-1] -= sum(
                n for place, n in lost[key].items() if is_within(place, code)
            )


#: By (kind, measure): what each area's own events of the days left add.
_Late = dict[tuple[str, str], Counter[str]]


def _late_sums(
    keys: Collection[SeriesKey], day: datetime.date, end: datetime.date, scope: Scope
) -> _Late:
    """Of every measure behind the series: records, and opening balances."""
    names = {key.measure for key in keys if key.kind in ("measure", "coverage")}
    names |= {key.areas for key in keys if key.kind == "coverage"}
    changes = changes_between(sorted(names), scope, day, end)
    late: _Late = {("measure", name): sums for name, sums in changes.items()}
    late |= {("opening", key.measure): Counter() for key in keys if key.kind == "opening"}
    balances = OpeningBalance.objects.approved().filter(
        scope.condition("area_id"), as_of__gt=day, as_of__lte=end
    )
    for name, covers, code, quantity in balances.values_list(
        "measure", "covers", "area_id", "quantity"
    ):
        if (rule := MEASURES.get(name)) is None:
            continue
        whole = int(quantity * (100 if rule.is_money else 1))
        if covers == (Covers.ALL if rule.is_stock else Covers.YEAR) and ("measure", name) in late:
            late["measure", name][code] += whole
        if covers == Covers.ALL and ("opening", name) in late:
            late["opening", name][code] += whole
    return late


def _take_away(rows: Rows, late: _Late) -> None:
    """From every area what lies in its subtree."""
    below: _Late = {}
    for source, sums in late.items():
        below[source] = Counter()
        for place, number in sums.items():
            for code in (*ancestors_of(place), place):
                below[source][code] += number
    for (code, key), row in rows.items():
        if (key.kind, key.measure) in below:
            row[-1] -= below[key.kind, key.measure][code]


def _lost_coverage(
    keys: Collection[SeriesKey],
    late: _Late,
    day: datetime.date,
    layout: SeriesLayout,
    successions: Successions,
) -> dict[SeriesKey, Counter[str]]:
    """By series, the areas that reach the threshold at the month's end and not on the day (1), or on
    the day and not any more (-1)."""
    lost: dict[SeriesKey, Counter[str]] = {key: Counter() for key in keys}
    touched = {key: _touched(key, late, day, successions) for key in keys}
    places = set().union(*touched.values())
    if not places:
        return lost
    parts = {part for code in places for part in successions.everywhere(code)}
    sources = {SeriesKey("measure", name) for key in keys for name in (key.measure, key.areas)}
    span = Span(month_of(day.year, 1), month_of(day.year, day.month))
    ends = stored_rows(parts, span, layout, sorted(sources, key=str))
    days = {name: row.copy() for name, row in ends.items()}
    _take_away(days, late)
    at_end = View(month_end(day), span, ends, successions)
    on_day = View(day, span, days, successions)
    for key in keys:
        for code in touched[key]:
            lost[key][code] = _reaches(at_end, code, key) - _reaches(on_day, code, key)
    return lost


def _touched(key: SeriesKey, late: _Late, day: datetime.date, successions: Successions) -> set[str]:
    """The areas of a coverage that the days left may move over its threshold, or in or out of it."""
    level = LEVEL_OF_AREAS[key.areas]
    changed = {code for code, number in late["measure", key.measure].items() if number}
    homes = homes_of(changed, day, successions).values()
    found = {cut_to(home, level) for home in homes if level_of(home) >= level}
    return found | {code for code, number in late["measure", key.areas].items() if number}


def _reaches(seen: View, code: str, key: SeriesKey) -> bool:
    """Whether an area is one the coverage is about and has its threshold."""
    if not seen.at(code, SeriesKey("measure", key.areas)):
        return False
    source, is_flow = SeriesKey("measure", key.measure), not MEASURES[key.measure].is_stock
    if is_flow and key.within == "year":
        return seen.year_to_date(code, source, seen.day.year) >= key.at_least
    return seen.at(code, source) >= key.at_least
