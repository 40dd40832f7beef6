"""Three years of month ends, the staircase of targets, and where the pace leads."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dates.months import end_of_month, month_end, year_before
from dates.text import month_text
from indicators.models import Indicator, Target
from indicators.progress.progress import Progress, targets_at, trend_of
from indicators.rules import keys_of_last_year, rule_of
from indicators.rules.values import plain
from indicators.store.engine import month_of
from indicators.store.series_reader import view
from indicators.store.series_view import SeriesView
from reports.dashboard.board import Board

#: Months behind the day (the day's own month included) and at most ahead of it.
MONTHS, _AHEAD = 36, 14


def trend(board: Board) -> dict[str, Any]:
    """Labels, and for every indicator values, targets, and the projection with its range.

    Values end with the day itself; months in which the area did not exist are blank.
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


def _after_leap_years(board: Board, days: Sequence[datetime.date]) -> dict[int, SeriesView]:
    """By position: what growth up to a 28 February is measured by, where the year before had a 29th.

    No month's end leaves that day out, so it is read; at most one of three years has it.
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
    board: Board,
    item: Progress,
    days: Sequence[datetime.date],
    is_there: Sequence[bool],
    leaps: dict[int, SeriesView],
) -> dict[str, Any]:
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
    """What is drawn: per cent as such."""
    if value is None:
        return None
    return float(plain(value * (100 if indicator.is_percentage else 1), 2) or 0)


def _staircase(
    indicator: Indicator, targets: Sequence[Target], days: Sequence[datetime.date]
) -> list[float | None]:
    """At each month end the target that is due next; none behind the last."""
    steps = []
    for day in days:
        due = next((target for target in targets if target.due_on >= day), None)
        steps.append(_number(indicator, due.value) if due else None)
    return steps


def _projection(item: Progress, days: Sequence[datetime.date]) -> dict[str, list[float | None]]:
    """Straight lines from the figure of the day to what is expected on the due day."""
    pace, target, length = item.pace, item.target, len(days)
    names = ("projection", "low", "high")
    ends = (
        days.index(month_end(target.due_on)) if target and month_end(target.due_on) in days else -1
    )
    if pace is None or item.value is None or ends < MONTHS:
        return {name: [None] * length for name in names}
    return {
        name: _line(item.indicator, item.value, getattr(pace, name), ends, length) for name in names
    }


def _line(
    indicator: Indicator, start: Decimal, goal: Decimal | None, ends: int, length: int
) -> list[float | None]:
    if goal is None:
        return [None] * length
    begin = MONTHS - 1
    steps = range(begin, ends + 1)
    line = [
        _number(indicator, start + (goal - start) * (at - begin) / (ends - begin)) for at in steps
    ]
    return [*([None] * begin), *line, *([None] * (length - ends - 1))]
