"""The stored series: what is kept per area and year, and how it stays equal to the records.

A refresh runs inside the transaction of the approval that made it necessary, under locks on the
areas from the top down to the county (in code order), so that a figure and its record commit
together. `compute_scope` is the same engine over the same events, for any day.
"""

from __future__ import annotations

import datetime
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from django.db import models, transaction
from django.utils import timezone

from areas.codes import COUNTY_LEVEL, ancestors_of, cut_to, level_of
from areas.models import Area
from indicators.engine import Matrix, SeriesKey, Span, Tree, compute, month_of
from indicators.events import Scope, read
from indicators.measures import AREA_MEASURES, MEASURES
from indicators.models import (
    AreaSeries,
    Counting,
    Indicator,
    ManualFigure,
    OpeningBalance,
    Plan,
    SeriesLayout,
)

_EARLIEST_YEAR = 2000


# --- what there is to store -----------------------------------------------------------------


def coverage_key(indicator: Indicator, at_least: int) -> SeriesKey:
    """The series of a coverage indicator with a threshold."""
    areas = AREA_MEASURES[indicator.level or 5, indicator.is_urban_only]
    units = at_least * (100 if MEASURES[indicator.measure].is_money else 1)  # yuan → fen
    return SeriesKey("coverage", indicator.measure, indicator.within, areas, units)


def manual_key(indicator: Indicator, part: str) -> SeriesKey:
    """The series of one part (numerator, denominator) of a manual indicator."""
    return SeriesKey("manual", f"{indicator.plan.code}/{indicator.code}/{part}")


def catalogue() -> list[SeriesKey]:
    """All series, in storing order: measures, openings, then what the loaded plans ask for."""
    keys = [SeriesKey("measure", code) for code in MEASURES]
    keys += [
        SeriesKey("opening", code)
        for code, measure in MEASURES.items()
        if not measure.is_stock and measure.record is not None
    ]
    wanted: set[SeriesKey] = set()
    indicators = Indicator.objects.select_related("plan").prefetch_related("targets")
    for indicator in indicators:
        if indicator.counting == Counting.COVERAGE:
            thresholds = {indicator.at_least}
            thresholds |= {t.at_least for t in indicator.targets.all() if t.at_least}
            wanted |= {coverage_key(indicator, number) for number in thresholds}
        elif indicator.counting == Counting.MANUAL:
            wanted |= {manual_key(indicator, part) for part in ("numerator", "denominator")}
    return keys + sorted(wanted, key=str)


def years_to_keep() -> tuple[int, int]:
    """The year before the earliest plan begins (growth looks there) to next year."""
    first = Plan.objects.aggregate(first=models.Min("starts_on"))["first"]
    today = timezone.localdate().year
    return max(_EARLIEST_YEAR, (first.year if first else today) - 1), today + 1


def full_span(layout: SeriesLayout) -> Span:
    """All stored months."""
    return Span(month_of(layout.first_year, 1), month_of(layout.last_year, 12))


def current_layout() -> SeriesLayout | None:
    """The layout of the stored rows; None before anything is stored."""
    return SeriesLayout.objects.first()


def layout_keys(layout: SeriesLayout) -> list[SeriesKey]:
    """The stored series in order."""
    return [SeriesKey(*entry) for entry in layout.keys]


def _entry(key: SeriesKey) -> list[Any]:
    return [key.kind, key.measure, key.within, key.areas, key.at_least]


# --- computing ------------------------------------------------------------------------------


def _sources(keys: Iterable[SeriesKey]) -> list[tuple[str, str]]:
    """The (kind, measure) pairs whose events these series need."""
    names: dict[tuple[str, str], None] = {}
    for key in keys:
        if key.kind == "coverage":
            names["measure", key.measure] = None
            names["measure", key.areas] = None
        else:
            names[key.kind, key.measure] = None
    return list(names)


def _is_stock() -> dict[str, bool]:
    return {code: measure.is_stock for code, measure in MEASURES.items()}


def compute_scope(
    codes: Sequence[str],
    span: Span,
    keys: Sequence[SeriesKey],
    scope: Scope,
    until: datetime.date | None = None,
) -> dict[SeriesKey, Matrix]:
    """Series of the areas `codes` (a whole subtree, or one area's own) from the records."""
    events = {name: read(*name, scope, until) for name in _sources(keys)}
    is_stock = _is_stock() | {key.measure: True for key in keys if key.kind == "manual"}
    return compute(Tree(codes), span, keys, events, is_stock)


# --- storing --------------------------------------------------------------------------------


def pack(block: Matrix) -> bytes:
    """(series, 12) int64 → stored bytes."""
    return zlib.compress(np.ascontiguousarray(block, dtype="<i8").tobytes(), 1)


def unpack(blob: bytes | memoryview) -> Matrix:
    """Stored bytes → (series, 12) int64, writable."""
    flat = np.frombuffer(zlib.decompress(bytes(blob)), dtype="<i8").astype(np.int64)
    return flat.reshape(-1, 12)


@transaction.atomic
def recompute_all() -> int:
    """Count everything from scratch and store it; returns the number of rows written."""
    codes = list(Area.objects.select_for_update(no_key=True).values_list("code", flat=True))
    first, last = years_to_keep()
    layout, _ = SeriesLayout.objects.update_or_create(
        pk=1,
        defaults={
            "keys": [_entry(key) for key in catalogue()],
            "first_year": first,
            "last_year": last,
        },
    )
    AreaSeries.objects.all().delete()
    written = 0
    batch: list[AreaSeries] = []
    for row in _all_rows(layout, codes):
        batch.append(row)
        if len(batch) == 2000:
            AreaSeries.objects.bulk_create(batch)
            written, batch = written + len(batch), []
    AreaSeries.objects.bulk_create(batch)
    return written + len(batch)


def _all_rows(layout: SeriesLayout, codes: Sequence[str]) -> Iterator[AreaSeries]:
    """Every row as it should be stored now."""
    keys, span = layout_keys(layout), full_span(layout)
    if not codes:
        return
    series = compute_scope(codes, span, keys, Scope())
    for row, code in enumerate(sorted(codes)):
        matrix = np.stack([series[key][row] for key in keys])
        for year in range(layout.first_year, layout.last_year + 1):
            at = month_of(year, 1) - span.first
            yield AreaSeries(area_id=code, year=year, blob=pack(matrix[:, at : at + 12]))


def ensure_layout() -> bool:
    """Recompute when the plans or the calendar ask for other series than the stored ones."""
    layout = current_layout()
    first, last = years_to_keep()
    fits = (
        layout is not None
        and layout.keys == [_entry(key) for key in catalogue()]
        and layout.first_year == first
        and layout.last_year >= last - 1
    )
    if not fits:
        recompute_all()
    return not fits


def affected_keys(model: type[models.Model], keys: Iterable[SeriesKey]) -> list[SeriesKey]:
    """The series that records of this model feed."""
    if model is ManualFigure:
        return [key for key in keys if key.kind == "manual"]
    if model is OpeningBalance:
        return [key for key in keys if key.kind != "manual"]
    fed = {
        code
        for code, measure in MEASURES.items()
        if model
        is (
            measure.model._meta.get_field(measure.record).related_model
            if measure.record
            else measure.model
        )
    }
    return [key for key in keys if key.kind in ("measure", "coverage") and key.measure in fed]


def refresh(model: type[models.Model], area_codes: Collection[str]) -> None:
    """Bring the series up to date after records of `model` in these areas changed.

    Must run in the transaction of the change. Only the model's series, only the counties
    concerned; their ancestors are added up again from their children.
    """
    if current_layout() is None:
        ensure_layout()
        return
    roots = sorted({cut_to(code, COUNTY_LEVEL) for code in area_codes})
    above = {ancestor for root in roots for ancestor in ancestors_of(root)}
    lock_areas({*roots, *above})
    layout = SeriesLayout.objects.get()  # only now: new plans may have brought other series
    changed = affected_keys(model, layout_keys(layout))
    if not changed:
        return
    for root in roots:
        if level_of(root) == COUNTY_LEVEL:
            _refresh_county(root, layout, changed)
        else:
            above.add(root)
    for code in sorted(above, key=lambda code: (-len(code), code)):
        _add_up(code, layout, changed)


def lock_areas(codes: Collection[str]) -> None:
    """Lock the areas in code order, so that two refreshes never wait for each other in a ring."""
    rows = Area.objects.select_for_update(no_key=True).filter(code__in=codes).order_by("code")
    list(rows.values_list("code", flat=True))


def _refresh_county(root: str, layout: SeriesLayout, changed: Sequence[SeriesKey]) -> None:
    codes = list(Area.objects.within(root).values_list("code", flat=True))
    span = full_span(layout)
    series = compute_scope(codes, span, changed, Scope(root))
    order = sorted(codes)
    stacked = {
        code: np.stack([series[key][row] for key in changed]) for row, code in enumerate(order)
    }
    _merge(AreaSeries.objects.filter(area__in=Area.objects.within(root)), stacked, layout, changed)


def _add_up(code: str, layout: SeriesLayout, changed: Sequence[SeriesKey]) -> None:
    """An ancestor is the sum of its children's rows and its own records."""
    span = full_span(layout)
    own = compute_scope([code], span, changed, Scope(only=code))
    total = np.stack([own[key][0] for key in changed])
    at = _positions(layout, changed)
    children = AreaSeries.objects.filter(
        area__in=Area.objects.within(code).filter(level=level_of(code) + 1)
    )
    for year, blob in children.values_list("year", "blob"):
        start = month_of(year, 1) - span.first
        total[:, start : start + 12] += unpack(blob)[at]
    _merge(AreaSeries.objects.filter(area_id=code), {code: total}, layout, changed)


def _positions(layout: SeriesLayout, keys: Iterable[SeriesKey]) -> list[int]:
    order = {key: position for position, key in enumerate(layout_keys(layout))}
    return [order[key] for key in keys]


def _merge(
    rows: models.QuerySet[AreaSeries],
    fresh: dict[str, Matrix],
    layout: SeriesLayout,
    changed: Sequence[SeriesKey],
) -> None:
    """Put the changed series into the stored rows; write only rows that differ."""
    at, first = _positions(layout, changed), full_span(layout).first
    differing = []
    for row in rows:
        block = unpack(row.blob)
        start = month_of(row.year, 1) - first
        new = fresh[row.area_id][:, start : start + 12]
        if not np.array_equal(block[at], new):
            block[at] = new
            row.blob = pack(block)
            differing.append(row)
    AreaSeries.objects.bulk_update(differing, ["blob"], batch_size=500)


def differences() -> Iterator[str]:
    """Every stored value that the records do not bear out, in words; nothing when all agree."""
    layout = current_layout()
    if layout is None:
        yield "尚未生成统计序列"
        return
    if [_entry(key) for key in catalogue()] != layout.keys:
        yield "统计序列目录与方案不一致"
        return
    stored = {(row.area_id, row.year): bytes(row.blob) for row in AreaSeries.objects.iterator()}
    keys = layout_keys(layout)
    codes = list(Area.objects.values_list("code", flat=True))
    for row in _all_rows(layout, codes):
        blob = stored.pop((row.area_id, row.year), None)
        if blob is None:
            yield f"{row.area_id} {row.year}年：缺少统计序列"
        elif blob != bytes(row.blob):
            yield from _describe(row, blob, keys)
    for area, year in stored:
        yield f"{area} {year}年：多出统计序列"


def _describe(row: AreaSeries, blob: bytes, keys: Sequence[SeriesKey]) -> Iterator[str]:
    right = unpack(row.blob)
    try:
        stored = unpack(blob).reshape(right.shape)
    except (zlib.error, ValueError):
        yield f"{row.area_id} {row.year}年：统计序列损坏"
        return
    for position, month in np.argwhere(stored != right):
        yield (
            f"{row.area_id} {row.year}年{month + 1}月 {keys[position]}："
            f"库存 {stored[position, month]}，应为 {right[position, month]}"
        )
