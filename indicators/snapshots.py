"""The series of some areas up to a day, from the store or counted on the spot by the same engine."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from django.db.models import Q

from areas.codes import is_within
from areas.models import Area
from areas.successions import Successions
from indicators.blobs import unpack
from indicators.engine import Matrix, SeriesKey, Span, month_of
from indicators.events import Scope
from indicators.measures import MEASURES
from indicators.models import AreaSeries, ManualFigure, OpeningBalance, SeriesLayout
from indicators.series import (
    catalogue,
    count_in_blocks,
    current_layout,
    layout_keys,
    years_to_keep,
)

#: Rows of (code, key): one value a month.
Rows = dict[tuple[str, SeriesKey], Matrix]


class View:
    """Series of some areas for all stored months up to a day; the last column is that day.

    What is additive is read as the tree of `tree_day` sees it (`Successions.sources`); a coverage
    was counted that way, and what areas there are is never anybody else's.
    """

    def __init__(
        self,
        day: datetime.date,
        span: Span,
        rows: Rows,
        successions: Successions,
        tree_day: datetime.date | None = None,
    ) -> None:
        self.day, self.span, self.tree_day = day, span, tree_day or day
        self._rows, self._successions = rows, successions

    def row(self, code: str, key: SeriesKey) -> Matrix:
        """The values of all months of the view."""
        if not self._successions or not _is_additive(key):
            return self._rows[code, key]
        terms = self._successions.sources(code, self.tree_day)
        parts = [sign * self._rows[c, key] for c, sign in terms.items() if (c, key) in self._rows]
        total: Matrix = np.sum(parts, axis=0) if parts else np.zeros_like(self._rows[code, key])
        return total

    def at(self, code: str, key: SeriesKey, column: int = -1) -> int:
        """The value at one month (default: on the day itself); 0 before the first month."""
        row = self.row(code, key)
        return int(row[column]) if len(row) else 0

    def sum(self, code: str, key: SeriesKey, first: int, last: int) -> int:
        """The sum over months first … last (running numbers), cut to what the view holds."""
        start, stop = max(first - self.span.first, 0), last - self.span.first + 1
        return int(self.row(code, key)[start : max(stop, 0)].sum())

    def cut(self, day: datetime.date, tree_day: datetime.date | None = None) -> View:
        """The same series up to the month end `day`."""
        width = max(month_of(day.year, day.month) - self.span.first + 1, 0)
        span = Span(self.span.first, self.span.first + width - 1)
        rows = {name: row[:width] for name, row in self._rows.items()}
        return View(day, span, rows, self._successions, tree_day)

    @property
    def codes(self) -> set[str]:
        """The areas whose rows the view holds."""
        return {code for code, _ in self._rows}

    def plus(self, more: Rows) -> View:
        """The same view with other rows of its span added where there are any (see `what_if`)."""
        rows = {name: row + more[name] if name in more else row for name, row in self._rows.items()}
        return View(self.day, self.span, rows, self._successions, self.tree_day)

    def year_to_date(self, code: str, key: SeriesKey, year: int) -> int:
        """The sum since January of `year`, at most up to the day."""
        return self.sum(code, key, month_of(year, 1), min(month_of(year, 12), self.span.last))


def _is_additive(key: SeriesKey) -> bool:
    if key.kind == "coverage":
        return False
    return key.kind != "measure" or MEASURES[key.measure].record is not None


def month_end(day: datetime.date) -> datetime.date:
    """The last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def year_before(day: datetime.date) -> datetime.date:
    """The same day a year earlier (28 February for a leap day)."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def views_of(
    codes: Sequence[str],
    day: datetime.date,
    root: str,
    keys: Collection[SeriesKey] | None = None,
) -> tuple[View, View]:
    """The views a day's figures need: as of the day, and a year before on the same tree."""
    before = view(codes, year_before(day), root, keys, is_before=True, tree_day=day)
    return view(codes, day, root, keys), before


def view(
    codes: Sequence[str],
    day: datetime.date,
    root: str,
    keys: Collection[SeriesKey] | None = None,
    *,
    is_before: bool = False,
    tree_day: datetime.date | None = None,
    this_year_only: bool = False,
) -> View:
    """The series of `codes`, all of them in the subtree of `root`, as of `day`.

    Month ends come from the store, and so does any day behind which the rest of its month holds no
    event (today, as a rule); every other day is counted from the records by the same engine.
    `keys`: only these (default: all stored). `is_before`: the view serves as last year's, so nothing
    a year before it is asked for. `this_year_only`: for many areas of which only the day and the
    year so far are asked.
    """
    layout, successions = current_layout(), Successions.stored()
    stored = layout_keys(layout) if layout else catalogue()
    wanted = stored if keys is None else list(keys)
    parts = {part for code in codes for part in successions.everywhere(code)} | set(codes)
    roots = _roots([root, *successions.everywhere(root)])
    if (
        layout is not None
        and set(wanted) <= set(stored)
        and _is_stored(layout, day, roots, successions, 0 if is_before else 1)
    ):
        first = day.year if this_year_only else layout.first_year
        span = Span(month_of(first, 1), month_of(day.year, day.month))
        rows = _stored_rows(parts, span, layout, wanted)
    else:
        first = min(layout.first_year if layout else years_to_keep()[0], day.year - 1)
        first = day.year if this_year_only else first
        span = Span(month_of(first, 1), month_of(day.year, day.month))
        rows = _counted_rows(parts, day, roots, span, wanted)
    return View(day, span, rows, successions, tree_day)


def _roots(codes: Iterable[str]) -> list[str]:
    """Only the topmost of some subtrees."""
    return [
        code
        for code in sorted(set(codes))
        if not any(is_within(code, other) and other != code for other in codes)
    ]


def _is_stored(
    layout: SeriesLayout,
    day: datetime.date,
    roots: Sequence[str],
    successions: Successions,
    years_back: int,
) -> bool:
    if not layout.first_year + years_back <= day.year <= layout.last_year:
        return False
    end = month_end(day)
    if day == end:
        return True
    return not any(day < on <= end for on in successions.days) and not _has_events(day, end, roots)


def _has_events(after: datetime.date, until: datetime.date, roots: Sequence[str]) -> bool:
    """Whether an approved record begins or ends in (after, until]."""
    seen: set[tuple[type, str]] = set()
    scope = Scope(*roots)
    for measure in MEASURES.values():
        for name in filter(None, (measure.start, measure.end)):
            if (measure.model, name) in seen:
                continue
            seen.add((measure.model, name))
            rows = measure.model._default_manager.filter(  # type: ignore[attr-defined]
                scope.condition(measure.area), **{f"{name}__gt": after, f"{name}__lte": until}
            )
            if rows.filter(measure.condition if measure.record else Q()).exists():
                return True
    return any(
        model.objects.approved()
        .filter(scope.condition("area_id"), as_of__gt=after, as_of__lte=until)
        .exists()
        for model in (OpeningBalance, ManualFigure)
    )


def _stored_rows(
    codes: Collection[str], span: Span, layout: SeriesLayout, keys: Sequence[SeriesKey]
) -> Rows:
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
