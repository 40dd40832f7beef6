"""Reads series of some areas up to a day, from stored rows or counted by the same engine."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from areas.codes import is_within
from areas.models import Area
from areas.successions import Successions
from dates.months import month_end, year_before
from indicators.models import ManualFigure, SeriesLayout
from indicators.store.catalogue import catalogue, layout_keys, years_to_keep
from indicators.store.engine import Matrix, SeriesKey, Span, month_of
from indicators.store.events import Scope
from indicators.store.series import count_in_blocks
from indicators.store.series_view import Rows, SeriesView
from indicators.store.stored import stored_rows, take_away_the_rest
from indicators.store.tree_context import TreeContext
from running.db_snapshot import read_snapshot


def views_of(
    codes: Sequence[str],
    day: datetime.date,
    tree: TreeContext,
    keys: Collection[SeriesKey] | None = None,
    last_year: Collection[SeriesKey] | None = None,
) -> tuple[SeriesView, SeriesView]:
    """Return the views that figures need: of the day, and of a year before on the same tree.

    `last_year`: the only series needed of the latter (default: the same as of the former).
    """
    asked = keys if last_year is None else last_year
    with _moment(day):
        now = view(codes, day, tree, keys)
        return now, view(codes, year_before(day), tree, asked, is_before=True, tree_day=day)


def view(
    codes: Sequence[str],
    day: datetime.date,
    tree: TreeContext,
    keys: Collection[SeriesKey] | None = None,
    *,
    is_before: bool = False,
    tree_day: datetime.date | None = None,
    years: int | None = None,
) -> SeriesView:
    """Return the series of `codes` as of `day`; all codes must lie in the subtree of `tree`.

    Month ends come from the store. For another day in the stored years, the stored month end is
    read and the events of the remaining days are subtracted. The engine counts from the records
    where the day is outside the stored years, or where the tree changes later in its month.
    `keys`: only these series (default: all stored). `is_before`: the view is that of last year, so
    the year before it is not needed. `years`: only so many years, the day's own included (default:
    all stored); 1 suits many areas of which only the day and the year so far are needed.
    """
    with _moment(day):
        return _view(codes, day, tree, keys, 0 if is_before else 1, tree_day, years)


def _moment(day: datetime.date) -> AbstractContextManager[None]:
    """Return a snapshot for days within a month, where stored rows and later events are read."""
    return read_snapshot() if day < month_end(day) else nullcontext()


def _view(
    codes: Sequence[str],
    day: datetime.date,
    tree: TreeContext,
    keys: Collection[SeriesKey] | None,
    years_back: int,
    tree_day: datetime.date | None,
    years: int | None,
) -> SeriesView:
    layout, successions = tree.layout, tree.successions
    stored = layout_keys(layout) if layout else catalogue()
    wanted = stored if keys is None else list(keys)
    if not wanted:
        return SeriesView(
            day, Span(month_of(day.year, 1), month_of(day.year, day.month)), {}, successions
        )
    parts = {part for code in codes for part in successions.everywhere(code)} | set(codes)
    roots = _roots([tree.root, *successions.everywhere(tree.root)])
    if (
        layout is not None
        and set(wanted) <= set(stored)
        and _is_stored(layout, day, successions, years_back)
    ):
        first = layout.first_year if years is None else day.year - years + 1
        span = Span(month_of(first, 1), month_of(day.year, day.month))
        rows = stored_rows(parts, span, tree, layout, wanted)
        if day < month_end(day):
            take_away_the_rest(rows, day, Scope(*roots), tree, layout)
            if reported := _reported_later(wanted, day, roots):
                rows |= _counted_rows(parts, day, roots, span, reported)
    else:
        first = min(layout.first_year if layout else years_to_keep()[0], day.year - 1)
        first = first if years is None else day.year - years + 1
        span = Span(month_of(first, 1), month_of(day.year, day.month))
        rows = _counted_rows(parts, day, roots, span, wanted)
    return SeriesView(day, span, rows, successions, tree_day)


def _roots(codes: Iterable[str]) -> list[str]:
    """Return only the topmost of some subtrees."""
    return [
        code
        for code in sorted(set(codes))
        if not any(is_within(code, other) and other != code for other in codes)
    ]


def _is_stored(
    layout: SeriesLayout, day: datetime.date, successions: Successions, years_back: int
) -> bool:
    """Whether the day's month is stored, on the same tree as on the day itself."""
    if not layout.first_year + years_back <= day.year <= layout.last_year:
        return False
    return not any(day < on <= month_end(day) for on in successions.days)


def _reported_later(
    keys: Collection[SeriesKey], day: datetime.date, roots: Sequence[str]
) -> list[SeriesKey]:
    """Return the series of manual figures that were reported in the rest of the month.

    They replace one another, so they cannot be subtracted from the month's end.
    """
    reported = [key for key in keys if key.kind == "manual"]
    later = ManualFigure.objects.approved().filter(
        Scope(*roots).condition("area_id"), as_of__gt=day, as_of__lte=month_end(day)
    )
    return reported if reported and later.exists() else []


def _counted_rows(
    codes: Collection[str],
    day: datetime.date,
    roots: Sequence[str],
    span: Span,
    keys: Sequence[SeriesKey],
) -> Rows:
    scope, rows = Scope(*roots), dict[tuple[str, SeriesKey], Matrix]()
    inside = list(Area.objects.filter(scope.condition("code")).values_list("code", flat=True))
    for tree, series in count_in_blocks(inside, span, keys, scope, until=day):
        for code in tree.codes:
            if code in codes:
                for key in keys:
                    rows[code, key] = series[key][tree.row[code]].copy()
    return rows
