"""Series of some areas by month, on the tree of a given day."""

from __future__ import annotations

import datetime

import numpy as np

from areas.successions import Successions
from indicators.measures import MEASURES
from indicators.store.engine import Matrix, SeriesKey, Span, month_of
from indicators.store.owed.series import AREAS, DUTY

#: (code, key) → one value per month.
Rows = dict[tuple[str, SeriesKey], Matrix]


class SeriesView:
    """Series of some areas for all stored months up to a day; the last column is that day.

    Additive series are read on the tree of `tree_day` (`Successions.sources`). A coverage was
    counted that way, and the series of existing areas belong to their own area alone.
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
        #: A view cut to an earlier day shares the rows, which are longer then.
        self._rows, self._successions = rows, successions

    def row(self, code: str, key: SeriesKey) -> Matrix:
        """Return the values of all months of the view."""
        width = len(self.span)
        if not self._successions or not _is_additive(key):
            return self._rows[code, key][:width]
        terms = self._successions.sources(code, self.tree_day)
        rows = [(sign, self._rows[c, key]) for c, sign in terms.items() if (c, key) in self._rows]
        parts = [sign * row[:width] for sign, row in rows]
        total: Matrix = np.sum(parts, axis=0) if parts else np.zeros(width, dtype=np.int64)
        return total

    def at(self, code: str, key: SeriesKey, column: int = -1) -> int:
        """Return the value of one month (default: of the day itself); 0 before the first month."""
        row = self.row(code, key)
        return int(row[column]) if len(row) else 0

    def sum(self, code: str, key: SeriesKey, first: int, last: int) -> int:
        """Return the sum over months first … last (running numbers), limited to those of the view."""
        start, stop = max(first - self.span.first, 0), last - self.span.first + 1
        return int(self.row(code, key)[start : max(stop, 0)].sum())

    def cut(self, day: datetime.date, tree_day: datetime.date | None = None) -> SeriesView:
        """Return the same series up to the end of an earlier month."""
        width = max(month_of(day.year, day.month) - self.span.first + 1, 0)
        span = Span(self.span.first, self.span.first + width - 1)
        return SeriesView(day, span, self._rows, self._successions, tree_day)

    @property
    def codes(self) -> set[str]:
        """Return the areas whose rows the view has."""
        return {code for code, _ in self._rows}

    def plus(self, more: Rows) -> SeriesView:
        """Return the view with other rows of its span added (see `indicators.progress.impact`)."""
        width = len(self.span)
        rows = {
            name: row[:width] + more[name] if name in more else row
            for name, row in self._rows.items()
        }
        return SeriesView(self.day, self.span, rows, self._successions, self.tree_day)

    def year_to_date(self, code: str, key: SeriesKey, year: int) -> int:
        """Return the sum since January of `year`, at most up to the day."""
        return self.sum(code, key, month_of(year, 1), min(month_of(year, 12), self.span.last))


def _is_additive(key: SeriesKey) -> bool:
    if key.kind == "coverage" or (key.kind == DUTY and key.within == AREAS):
        return False
    return key.kind != "measure" or MEASURES[key.measure].record is not None
