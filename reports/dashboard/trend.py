"""The trend of 36 months: values, the steps of the targets, and the projection."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import TypedDict

from dates.months import end_of_month, month_end, year_before
from dates.text import month_text
from indicators.models import Indicator, Target
from indicators.progress.progress import Progress, targets_at, trend_of
from indicators.rules import keys_of_last_year, rule_of
from indicators.rules.answers.values import plain
from indicators.store.engine import month_of
from indicators.store.series_reader import view
from indicators.store.series_view import SeriesView
from reports.dashboard.board import DashboardFigures

#: The months up to the day (its own month included), and the most months ahead of it.
MONTHS, _AHEAD = 36, 14


#: One value per month; None in months without one. Percentages are in per cent.
Line = list[float | None]


class Projection(TypedDict):
    """The projected values by month, and the range around them."""

    projection: Line
    low: Line
    high: Line


class Series(Projection):
    """The lines of one indicator in the chart."""

    code: str
    name: str
    unit: str
    values: Line
    targets: Line


class Trend(TypedDict):
    """The trend as page and script read it; `behind` months of the labels lie up to the day."""

    labels: list[str]
    behind: int
    series: list[Series]


def trend(board: DashboardFigures) -> Trend:
    """Return labels and, for each indicator, values, targets and the projection with its range.

    The last value is that of the day itself. A month in which the area did not exist is blank.
    """
    question, now = board.question, board.views[0]
    last = now.span.last
    ahead = min(max((_months_to(item, last) for item in board.items), default=0), _AHEAD)
    days = [end_of_month(month) for month in range(last - MONTHS + 1, last + ahead + 1)]
    behind = [min(day, question.day) for day in days[:MONTHS]]
    is_there = [question.area.exists_on(day) for day in behind]
    leaps = _after_leap_years(board, days[: MONTHS - 1])
    return {
        "labels": [month_text(day) for day in days],
        "behind": MONTHS,
        "series": [
            _series(board, item, days, is_there, leaps) for item in [*board.annex, *board.text]
        ],
    }


def _after_leap_years(
    board: DashboardFigures, days: Sequence[datetime.date]
) -> dict[int, SeriesView]:
    """Return, by position, the views to compare with a 28 February after a leap year.

    Growth is measured up to the same day of the year before. A 29 February is read by itself,
    since it is no month's end that the stored rows hold; at most one of three years has one.
    """
    keys, code, now = keys_of_last_year(board.indicators), board.question.area.code, board.views[0]
    found = {}
    for at, day in enumerate(days):
        before = year_before(day)
        if keys and before != month_end(before) and now.span.first <= before.year * 12:
            found[at] = view([code], before, board.tree, keys, is_before=True, tree_day=day)
    return found


def _months_to(item: Progress, last: int) -> int:
    if item.target is None or item.projection is None:
        return 0
    return max(month_of(item.target.due_on.year, item.target.due_on.month) - last, 0)


def _series(
    board: DashboardFigures,
    item: Progress,
    days: Sequence[datetime.date],
    is_there: Sequence[bool],
    leaps: dict[int, SeriesView],
) -> Series:
    indicator, (now, before) = item.indicator, board.views
    code = board.question.area.code
    figures = trend_of(indicator, code, now, MONTHS, before, item.at_least)
    for at, earlier in leaps.items() if rule_of(indicator).reads_last_year else ():
        then = now.cut(days[at])
        figures[at - MONTHS] = rule_of(indicator).figure(code, then, earlier, item.at_least)
    values = [
        _number(indicator, figure.value) if there else None
        for figure, there in zip(figures, is_there[-len(figures) :], strict=True)
    ]
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "values": [*([None] * (MONTHS - len(values))), *values],
        "targets": _staircase(indicator, targets_at(indicator, code), days),
        **_projection(item, days),
    }


def _number(indicator: Indicator, value: Decimal | None) -> float | None:
    """Return the number that is drawn; percentages are in per cent."""
    if value is None:
        return None
    return float(plain(value * (100 if indicator.is_percentage else 1), 2) or 0)


def _staircase(
    indicator: Indicator, targets: Sequence[Target], days: Sequence[datetime.date]
) -> Line:
    """Return for each month's end the target that is due next; None after the last."""
    steps = []
    for day in days:
        due = next((target for target in targets if target.due_on >= day), None)
        steps.append(_number(indicator, due.value) if due else None)
    return steps


def _projection(item: Progress, days: Sequence[datetime.date]) -> Projection:
    """Return straight lines from the figure of the day to what is expected on the due day."""
    pace, target, length = item.pace, item.target, len(days)
    ends = (
        days.index(month_end(target.due_on)) if target and month_end(target.due_on) in days else -1
    )
    if pace is None or item.value is None or ends < MONTHS:
        nothing: Line = [None] * length
        return {"projection": nothing, "low": nothing, "high": nothing}
    line = partial(_line, item.indicator, item.value, ends=ends, length=length)
    return {"projection": line(pace.projection), "low": line(pace.low), "high": line(pace.high)}


def _line(
    indicator: Indicator, start: Decimal, goal: Decimal | None, ends: int, length: int
) -> Line:
    if goal is None:
        return [None] * length
    begin = MONTHS - 1
    steps = range(begin, ends + 1)
    line = [
        _number(indicator, start + (goal - start) * (at - begin) / (ends - begin)) for at in steps
    ]
    return [*([None] * begin), *line, *([None] * (length - ends - 1))]
