"""Reads stored rows: whole months, and any day within a month.

A stored row has the values at the end of a month; for an earlier day of the month, the events of
the days after it are subtracted.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from areas.codes import ancestors_of, cut_to, level_of
from dates.months import month_end
from indicators.measures import LEVEL_OF_AREAS, MEASURES
from indicators.models import Covers, SeriesLayout
from indicators.store.blobs import unpack
from indicators.store.catalogue import layout_keys
from indicators.store.engine import SeriesKey, Span, month_of
from indicators.store.events import Scope, changes_between, covers_of, read_openings
from indicators.store.owed.series import DUTY, duty_changes
from indicators.store.series_view import Rows
from indicators.store.tree_context import TreeContext


def stored_rows(
    codes: Collection[str],
    span: Span,
    tree: TreeContext,
    layout: SeriesLayout,
    keys: Sequence[SeriesKey],
) -> Rows:
    """Return the months of a span that begins in January; zeros if nothing is stored."""
    order = {key: position for position, key in enumerate(layout_keys(layout))}
    at = [order[key] for key in keys]
    blocks = {code: np.zeros((len(keys), len(span)), dtype=np.int64) for code in codes}
    for code, year, blob in tree.blobs(codes, span.first // 12, span.last // 12):
        start = month_of(year, 1) - span.first
        part = blocks[code][:, start : start + 12]
        part[:] = unpack(blob)[at, : part.shape[1]]
    return {
        (code, key): block[row] for code, block in blocks.items() for row, key in enumerate(keys)
    }


#: (kind, measure) → what events of the month's remaining days add, by area code.
_Late = dict[tuple[str, str], Counter[str]]


def take_away_the_rest(
    rows: Rows, day: datetime.date, scope: Scope, tree: TreeContext, layout: SeriesLayout
) -> None:
    """Turn the last column from the value at the month's end into the value on the day."""
    keys = {key for _, key in rows}
    own = _late(keys, day, scope)
    below = {source: _rolled_up(sums) for source, sums in own.items()}
    coverages = [key for key in keys if key.kind == "coverage"]
    lost = _lost_coverage(coverages, own, below, day, tree, layout)
    for (code, key), row in rows.items():
        if key.kind == "coverage":
            row[-1] -= lost[key][code]
        elif key.kind != "manual":
            row[-1] -= below[key.kind, key.measure][code]


def _late(keys: Collection[SeriesKey], day: datetime.date, scope: Scope) -> _Late:
    """Return each area's own events in the remaining days, for every measure behind the series."""
    end = month_end(day)
    names = {key.measure for key in keys if key.kind in ("measure", "coverage")}
    names |= {key.areas for key in keys if key.kind == "coverage"}
    changes = changes_between(sorted(names), scope, day, end)
    late: _Late = {("measure", name): sums for name, sums in changes.items()}
    late |= {("opening", key.measure): Counter() for key in keys if key.kind == "opening"}
    openings = read_openings(scope, end, after=day)
    for (kind, name), sums in late.items():
        rule = MEASURES[name]
        covers = covers_of(rule) if kind == "measure" else Covers.ALL
        if (events := openings.get((rule.balances, covers))) is not None:
            codes, quantities = events["area"].tolist(), events["quantity"].tolist()
            for code, quantity in zip(codes, quantities, strict=True):
                sums[str(code)] += quantity
    owed = [key.measure for key in keys if key.kind == DUTY]
    late |= {(DUTY, name): sums for name, sums in duty_changes(owed, scope, day, end).items()}
    return late


def _rolled_up(own: Counter[str]) -> Counter[str]:
    """Return the sums of whole subtrees."""
    below = Counter(own)
    for code, number in own.items():
        for ancestor in ancestors_of(code):
            below[ancestor] += number
    return below


def _lost_coverage(
    keys: Sequence[SeriesKey],
    own: _Late,
    below: _Late,
    day: datetime.date,
    tree: TreeContext,
    layout: SeriesLayout,
) -> dict[SeriesKey, Counter[str]]:
    """Return how many more areas reach a threshold at the month's end than on the day, by series
    and area.
    """
    lost: dict[SeriesKey, Counter[str]] = {key: Counter() for key in keys}
    touched = {key: _touched(key, own, day, tree) for key in keys}
    terms = {code: tree.successions.sources(code, day) for code in set().union(*touched.values())}
    parts = {*terms, *(part for found in terms.values() for part in found)}
    sources = {SeriesKey("measure", name) for key in keys for name in (key.measure, key.areas)}
    span = Span(month_of(day.year, 1), month_of(day.year, day.month))
    rows = stored_rows(parts, span, tree, layout, sorted(sources, key=str)) if parts else {}
    for key in keys:
        source, areas = SeriesKey("measure", key.measure), SeriesKey("measure", key.areas)
        is_yearly = key.within == "year" and not MEASURES[key.measure].is_stock
        for code in touched[key]:
            at_end, later = 0, 0
            for part, sign in terms[code].items():
                row = rows[part, source]
                at_end += sign * int(row.sum() if is_yearly else row[-1])
                later += sign * below["measure", key.measure][part]
            is_there = int(rows[code, areas][-1])
            was_there = is_there - below["measure", key.areas][code]
            reached = is_there > 0 and at_end >= key.at_least
            lost[key][code] = reached - (was_there > 0 and at_end - later >= key.at_least)
    return {key: _rolled_up(numbers) for key, numbers in lost.items()}


def _touched(key: SeriesKey, own: _Late, day: datetime.date, tree: TreeContext) -> set[str]:
    """Return the areas that the days left may move across the threshold, or in or out of the
    coverage.
    """
    level = LEVEL_OF_AREAS[key.areas]
    changed = {code for code, number in own["measure", key.measure].items() if number}
    homes = tree.homes_of(changed, day).values()
    found = {cut_to(home, level) for home in homes if level_of(home) >= level}
    return found | {code for code, number in own["measure", key.areas].items() if number}
