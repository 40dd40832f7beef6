"""The stored series: computing, storing and refreshing them, and comparing them with the records.

A refresh runs inside the transaction of the approval that requires it, under locks on the areas
from the top down to the county (in code order), so that a figure and its record commit together.
`count_in_blocks` is the same engine on the same events, for any scope and day.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from django.db import connection, models, transaction

from areas.codes import COUNTY_LEVEL, LENGTHS, ancestors_of, cut_to, level_of
from areas.models import Area
from areas.successions import Successions
from indicators.measures import MEASURES
from indicators.models import (
    AreaSeries,
    ManualFigure,
    OpeningBalance,
    Plan,
    SeriesLayout,
)
from indicators.store.blobs import BlobError, pack, packed_rows, unpack
from indicators.store.catalogue import (
    catalogue,
    current_layout,
    full_span,
    layout_entry,
    layout_keys,
    years_to_keep,
)
from indicators.store.engine import (
    Blocks,
    Events,
    Matrix,
    SeriesKey,
    Source,
    Span,
    Succeeded,
    Tree,
    compute,
    month_of,
    place,
)
from indicators.store.events import Scope, read, read_openings
from indicators.store.owed.feeding import debtors_reached, fed_by
from indicators.store.owed.series import DUTY, read_duties

#: Rows of a block: small enough for the processor's cache and for flat memory (ADR 0007).
_BLOCK_ROWS = 1000

#: A block's tree and its series, each of shape (areas, months).
Block = tuple[Tree, dict[SeriesKey, Matrix]]


# --- computing ------------------------------------------------------------------------------


def sources_of(keys: Iterable[SeriesKey]) -> list[Source]:
    """Return the (kind, measure) pairs whose events these series need."""
    names: dict[Source, None] = {}
    for key in keys:
        if key.kind == "coverage":
            names["measure", key.measure] = None
            names["measure", key.areas] = None
        else:
            names[key.kind, key.measure] = None
    return list(names)


def _is_stock(source: Source) -> bool:
    kind, measure = source
    return kind != "measure" or MEASURES[measure].is_stock


def computed_blocks(layout: SeriesLayout, codes: Sequence[str]) -> Iterator[Block]:
    """Yield every stored series of all areas, block by block."""
    yield from count_in_blocks(codes, full_span(layout), layout_keys(layout), Scope())


def count_in_blocks(
    codes: Sequence[str],
    span: Span,
    keys: Sequence[SeriesKey],
    scope: Scope,
    until: datetime.date | None = None,
) -> Iterator[Block]:
    """Yield series of the areas `codes` (whole subtrees, or one area's own), counted from the records."""
    openings, sources = read_openings(scope, until), sources_of(keys)
    duties = read_duties(sources, scope, until)
    events = (
        (source, duties[source] if source in duties else read(*source, scope, until, openings))
        for source in sources
    )
    yield from count_events(codes, span, keys, events, Successions.stored(), until)


def count_events(
    codes: Sequence[str],
    span: Span,
    keys: Sequence[SeriesKey],
    events: Iterable[tuple[Source, Events]],
    successions: Successions,
    until: datetime.date | None = None,
) -> Iterator[Block]:
    """Yield the same from given events, without a database.

    Counties come first; those whose records move between one another share a block. The areas above
    come last and add the counties up.
    """
    tree = Tree(codes)
    roots = [code for code in tree.codes if _is_top(code, tree)]
    blocks = Blocks(tree, _block_roots(tree, roots, successions))
    parts = {
        source: blocks.split(place(tree, span, found, is_stock=_is_stock(source)))
        for source, found in events
    }
    upper = Tree(blocks.codes(tree, blocks.number - 1))
    added = {key: np.zeros((len(upper), len(span)), dtype=np.int64) for key in keys}
    for number in range(blocks.number - 1):
        block = Tree(blocks.codes(tree, number))
        changes = _changes(block, span, successions, until)
        series = compute(block, span, keys, {s: part[number] for s, part in parts.items()}, changes)
        if len(upper):
            _add_to_ancestors(block, series, upper, added)
        yield block, series
    if len(upper):
        own = compute(upper, span, keys, {source: part[-1] for source, part in parts.items()})
        yield upper, {key: own[key] + added[key] for key in keys}


def _is_top(code: str, tree: Tree) -> bool:
    """Return whether one block holds the subtree of `code`: a county, or an area without one above."""
    size = LENGTHS[COUNTY_LEVEL - 1]
    if len(code) <= size:
        return len(code) == size
    return not any(code[:length] in tree.row for length in LENGTHS if size <= length < len(code))


def _block_roots(tree: Tree, roots: Sequence[str], successions: Successions) -> list[list[str]]:
    """Return the roots of each block; blocks are filled up, and no group is split."""
    blocks: list[list[str]] = []
    size = _BLOCK_ROWS
    for group in successions.groups(roots) if successions else ([root] for root in roots):
        if size >= _BLOCK_ROWS:
            blocks.append([])
            size = 0
        blocks[-1] += group
        size += sum(int(tree.end[tree.row[root]]) - tree.row[root] for root in group)
    return blocks


def _changes(
    tree: Tree, span: Span, successions: Successions, until: datetime.date | None
) -> list[Succeeded]:
    """Return where and when the rows of a block count what was registered in other rows."""
    days = [day for day in successions.days if until is None or day <= until]
    firsts = [month_of(day.year, day.month) - span.first for day in days]
    found = []
    for day, first, behind in zip(days, firsts, [*firsts, len(span)][1:], strict=True):
        if behind <= max(first, 0):
            continue
        for code in tree.codes:
            terms = successions.sources(code, day) if successions.concerns(code) else {code: 1}
            if terms != {code: 1}:
                known = [(tree.row[c], sign) for c, sign in terms.items() if c in tree.row]
                found.append(Succeeded(tree.row[code], max(first, 0), behind - 1, tuple(known)))
    return found


def _add_to_ancestors(
    block: Tree, series: dict[SeriesKey, Matrix], upper: Tree, added: dict[SeriesKey, Matrix]
) -> None:
    pairs = [
        (upper.row[ancestor], block.row[code])
        for code in block.codes
        if len(code) == LENGTHS[COUNTY_LEVEL - 1]
        for ancestor in ancestors_of(code)
        if ancestor in upper.row
    ]
    above, rows = ([pair[at] for pair in pairs] for at in (0, 1))
    for key, matrix in series.items():
        np.add.at(added[key], above, matrix[rows])


# --- storing --------------------------------------------------------------------------------


@transaction.atomic
def recompute_all() -> int:
    """Count everything from the records and store it; return the number of rows written."""
    codes = list(Area.objects.select_for_update(no_key=True).values_list("code", flat=True))
    first, last = years_to_keep()
    layout, _ = SeriesLayout.objects.update_or_create(
        pk=1,
        defaults={
            "keys": [layout_entry(key) for key in catalogue()],
            "first_year": first,
            "last_year": last,
        },
    )
    AreaSeries.objects.all()._raw_delete(AreaSeries.objects.db)  # nothing refers to them
    return sum(_insert(_stored_rows(block, layout)) for block in computed_blocks(layout, codes))


def _stored_rows(block: Block, layout: SeriesLayout) -> list[tuple[str, int, bytes]]:
    """Return (code, year, bytes) of a block, without years that are all zero."""
    tree, series = block
    cube = np.stack([series[key] for key in layout_keys(layout)])
    return list(packed_rows(tree.codes, layout.first_year, cube))


def _insert(rows: Sequence[tuple[str, int, bytes]]) -> int:
    """Insert many rows at once: COPY on PostgreSQL, one prepared INSERT on SQLite."""
    table = AreaSeries._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lines = "".join(f"{code}\t{year}\t\\\\x{blob.hex()}\n" for code, year, blob in rows)
            cursor.copy_expert(f"COPY {table} (area_id, year, blob) FROM STDIN", io.StringIO(lines))
        else:
            insert = f"INSERT INTO {table} (area_id, year, blob) VALUES (%s, %s, %s)"  # noqa: S608
            cursor.executemany(insert, rows)
    return len(rows)


def ensure_layout() -> bool:
    """Recompute if the plans or the calendar need other series than the stored ones; return whether."""
    layout = current_layout()
    first, last = years_to_keep()
    fits = (
        layout is not None
        and layout.keys == [layout_entry(key) for key in catalogue()]
        and layout.first_year == first
        and layout.last_year >= last - 1
    )
    if not fits:
        recompute_all()
    return not fits


def affected_keys(model: type[models.Model], keys: Iterable[SeriesKey]) -> list[SeriesKey]:
    """Return the series that records of this model change."""
    if model is ManualFigure:
        keys = list(keys)
        owed = fed_by(model, [key.measure for key in keys if key.kind == DUTY])
        return [k for k in keys if k.kind == "manual" or (k.kind == DUTY and k.measure in owed)]
    if model is OpeningBalance:
        return [key for key in keys if key.kind not in ("manual", DUTY)]
    keys = list(keys)
    owed = fed_by(model, [key.measure for key in keys if key.kind == DUTY])
    return [
        key
        for key in keys
        if (key.kind in ("measure", "coverage") and model in MEASURES[key.measure].kinds)
        or (key.kind == DUTY and key.measure in owed)
    ]


def refresh(model: type[models.Model], area_codes: Collection[str]) -> None:
    """Update the series after records of `model` in these areas changed.

    Must run in the transaction of the change. Only the model's series of the counties concerned are
    counted; the areas above are added up again from their children.
    """
    if (layout := current_layout()) is None:
        ensure_layout()
        return
    area_codes = {*area_codes, *debtors_reached(model, area_codes, layout_keys(layout))}
    groups, above = concerned(area_codes)
    lock_areas({*above, *(county for group in groups for county in group)})
    # Only now: a succession or new plans may have come in while we waited.
    layout = SeriesLayout.objects.get()
    if changed := affected_keys(model, layout_keys(layout)):
        _refresh(area_codes, layout, changed)


def refresh_tree(area_codes: Collection[str] | None) -> None:
    """Update every series after the tree changed in these areas (None: anywhere).

    Must run in the transaction of the change, which holds the locks of the whole tree.
    """
    layout = SeriesLayout.objects.get()
    if area_codes is None or any(level_of(code) < COUNTY_LEVEL for code in area_codes):
        recompute_all()
    else:
        _refresh(area_codes, layout, layout_keys(layout))


def _refresh(
    area_codes: Collection[str], layout: SeriesLayout, changed: Sequence[SeriesKey]
) -> None:
    """Count the counties concerned, and add up the areas above them."""
    groups, above = concerned(area_codes)
    for group in groups:
        _refresh_counties(group, layout, changed)
    present = Area.objects.filter(code__in=above).values_list("code", flat=True)
    for code in sorted(present, key=lambda code: (-len(code), code)):
        _add_up(code, layout, changed)


def concerned(area_codes: Collection[str]) -> tuple[list[list[str]], set[str]]:
    """Return the groups of counties whose series these areas change, and the areas above them."""
    roots = sorted({cut_to(code, COUNTY_LEVEL) for code in area_codes})
    counties = [root for root in roots if level_of(root) == COUNTY_LEVEL]
    groups, successions = [[county] for county in counties], Successions.stored()
    if successions:
        everyone = Area.objects.filter(level=COUNTY_LEVEL).values_list("code", flat=True)
        groups = [g for g in successions.groups(everyone) if not set(g).isdisjoint(counties)]
    above = {code for code in roots if level_of(code) < COUNTY_LEVEL}
    # Their reports may take the place of a predecessor's (see `indicators.store.reported`).
    parts = {part for code in above for part in successions.everywhere(code)}
    above |= {code for code in parts if level_of(code) < COUNTY_LEVEL}
    for code in [*above, *(county for group in groups for county in group)]:
        above |= set(ancestors_of(code))
    return groups, above


def lock_areas(codes: Collection[str] | models.QuerySet[Area, str]) -> None:
    """Lock areas in code order, so that two refreshes cannot deadlock.

    `codes`: the codes, or a query that returns them.
    """
    rows = Area.objects.select_for_update(no_key=True).filter(code__in=codes).order_by("code")
    list(rows.values_list("code", flat=True))


def _refresh_counties(
    counties: Sequence[str], layout: SeriesLayout, changed: Sequence[SeriesKey]
) -> None:
    scope = Scope(*counties)
    codes = list(Area.objects.filter(scope.condition("code")).values_list("code", flat=True))
    for tree, series in count_in_blocks(codes, full_span(layout), changed, scope):
        cube = np.stack([series[key] for key in changed])
        _merge({code: cube[:, row] for row, code in enumerate(tree.codes)}, layout, changed)


def _add_up(code: str, layout: SeriesLayout, changed: Sequence[SeriesKey]) -> None:
    """Store an area above the counties as the sum of its children's rows and its own records."""
    span = full_span(layout)
    (_, own), *_ = count_in_blocks([code], span, changed, Scope(only=code))
    total = np.stack([own[key][0] for key in changed])
    at = _positions(layout, changed)
    children = AreaSeries.objects.filter(
        area__in=Area.objects.within(code).filter(level=level_of(code) + 1)
    )
    for year, blob in children.values_list("year", "blob"):
        start = month_of(year, 1) - span.first
        total[:, start : start + 12] += unpack(blob)[at]
    _merge({code: total}, layout, changed)


def _positions(layout: SeriesLayout, keys: Iterable[SeriesKey]) -> list[int]:
    order = {key: position for position, key in enumerate(layout_keys(layout))}
    return [order[key] for key in keys]


def _merge(fresh: dict[str, Matrix], layout: SeriesLayout, changed: Sequence[SeriesKey]) -> None:
    """Put the changed series of these areas into the stored rows; write only rows that differ."""
    at, years = _positions(layout, changed), range(layout.first_year, layout.last_year + 1)
    known = {(row.area_id, row.year): row for row in AreaSeries.objects.filter(area__in=fresh)}
    differing, empty = list[AreaSeries](), list[AreaSeries]()
    missing: list[tuple[str, int, bytes]] = []
    for code, matrix in fresh.items():
        for number, year in enumerate(years):
            new, row = matrix[:, number * 12 : number * 12 + 12], known.get((code, year))
            if row is None:
                if new.any():
                    block = np.zeros((len(layout.keys), 12), dtype=np.int64)
                    block[at] = new
                    missing.append((code, year, pack(block)))
                continue
            block = unpack(row.blob)
            if np.array_equal(block[at], new):
                continue
            block[at] = new
            row.blob = pack(block)
            (differing if block.any() else empty).append(row)
    AreaSeries.objects.bulk_update(differing, ["blob"], batch_size=500)
    AreaSeries.objects.filter(pk__in=[row.pk for row in empty]).delete()
    _insert(missing)


# --- checking -------------------------------------------------------------------------------


def differences() -> Iterator[str]:
    """Yield a sentence for every stored value that differs from the records; without a plan none is stored."""
    layout = current_layout()
    if layout is None:
        if Plan.objects.exists():
            yield "尚未生成统计序列"
        return
    if [layout_entry(key) for key in catalogue()] != layout.keys:
        yield "统计序列目录与方案不一致"
        return
    keys, codes = layout_keys(layout), list(Area.objects.values_list("code", flat=True))
    for block in computed_blocks(layout, codes):
        stored = AreaSeries.objects.filter(area__in=block[0].codes)
        found = {(row.area_id, row.year): bytes(row.blob) for row in stored}
        for code, year, right in _stored_rows(block, layout):
            blob = found.pop((code, year), None)
            if blob is None:
                yield f"{code} {year}年：缺少统计序列"
            elif blob != right:
                yield from _describe(f"{code} {year}年", blob, right, keys)
        for code, year in sorted(found):
            yield f"{code} {year}年：多出统计序列"
    homeless = AreaSeries.objects.exclude(area__in=Area.objects.all())
    for code, year in homeless.order_by("area", "year").values_list("area_id", "year"):
        yield f"{code} {year}年：多出统计序列（没有这个区划）"


def _describe(where: str, blob: bytes, expected: bytes, keys: Sequence[SeriesKey]) -> Iterator[str]:
    right = unpack(expected)
    try:
        stored = unpack(blob).reshape(right.shape)
    except (BlobError, ValueError):
        yield f"{where}：统计序列损坏"
        return
    for position, month in np.argwhere(stored != right):
        yield (
            f"{where}{month + 1}月 {keys[position]}："
            f"库存 {stored[position, month]}，应为 {right[position, month]}"
        )
