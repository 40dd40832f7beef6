"""Figures and progress: what an indicator's rule makes of the series, and how it meets its target.

A figure is a numerator and a denominator, both additive up the tree. A zero denominator is no data,
never 0 or 100 %.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

import numpy as np
from django.db.models import Q

from areas.models import Area
from indicators.engine import Matrix, SeriesKey, Span, month_of
from indicators.events import Scope
from indicators.measures import AREA_MEASURES, MEASURES
from indicators.models import (
    AreaSeries,
    Counting,
    Indicator,
    ManualFigure,
    OpeningBalance,
    Plan,
    SeriesLayout,
    Target,
)
from indicators.series import (
    catalogue,
    compute_scope,
    coverage_key,
    current_layout,
    full_span,
    layout_keys,
    manual_key,
    unpack,
    years_to_keep,
)

_FEN_PER_UNIT = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
_PLACES = {"元": 2, "万元": 4, "亿元": 6}


class State(StrEnum):
    """How a figure stands against its target."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    LAGGING = "lagging"
    BEHIND = "behind"
    NO_TARGET = "no_target"
    NO_DATA = "no_data"

    @property
    def label(self) -> str:
        """The word a bureau uses."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.ACHIEVED: "已完成",
    State.ON_TRACK: "正常",
    State.LAGGING: "滞后",
    State.BEHIND: "严重滞后",
    State.NO_TARGET: "未设目标",
    State.NO_DATA: "无数据",
}


@dataclass(frozen=True)
class Figure:
    """Numerator and denominator in the indicator's unit."""

    numerator: Decimal
    denominator: Decimal

    @property
    def value(self) -> Decimal | None:
        """The quotient; None when there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(frozen=True)
class Progress:
    """One indicator at one area on one day, against the target of one year."""

    indicator: Indicator
    figure: Figure
    value: Decimal | None
    target: Target | None
    rate: Decimal | None
    expected: Decimal | None
    projection: Decimal | None
    state: State
    at_least: int

    @property
    def gap(self) -> Decimal | None:
        """What is still missing; None without a target or once it is met."""
        if self.target is None or self.value is None or self.value >= self.target.value:
            return None
        return self.target.value - self.value


# --- the series of some areas up to a day ---------------------------------------------------


class View:
    """Series of some areas for all stored months up to a day; the last column is that day."""

    def __init__(
        self, day: datetime.date, span: Span, series: dict[tuple[str, SeriesKey], Matrix]
    ) -> None:
        self.day, self.span, self._series = day, span, series

    def at(self, code: str, key: SeriesKey, column: int = -1) -> int:
        """The value at one month (default: on the day itself); 0 before the first month."""
        row = self._series[code, key]
        return int(row[column]) if len(row) else 0

    def sum(self, code: str, key: SeriesKey, first: int, last: int) -> int:
        """The sum over months first … last (running numbers), cut to what the view holds."""
        start, stop = max(first - self.span.first, 0), last - self.span.first + 1
        return int(self._series[code, key][start : max(stop, 0)].sum())

    def cut(self, day: datetime.date) -> View:
        """The same series up to the month end `day`."""
        width = max(month_of(day.year, day.month) - self.span.first + 1, 0)
        span = Span(self.span.first, self.span.first + width - 1)
        return View(day, span, {name: row[:width] for name, row in self._series.items()})

    def year_to_date(self, code: str, key: SeriesKey, year: int) -> int:
        """The sum since January of `year`, at most up to the day."""
        return self.sum(code, key, month_of(year, 1), min(month_of(year, 12), self.span.last))


def month_end(day: datetime.date) -> datetime.date:
    """The last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def views_of(codes: Sequence[str], day: datetime.date, root: str) -> tuple[View, View]:
    """The views a day's figures need: as of the day, and a year before."""
    return view(codes, day, root), view(codes, year_before(day), root, is_before=True)


def view(codes: Sequence[str], day: datetime.date, root: str, *, is_before: bool = False) -> View:
    """The series of `codes`, all of them in the subtree of `root`, as of `day`.

    Month ends come from the store, and so does any day behind which the rest of its month holds no
    event (today, as a rule); every other day is counted from the records by the same engine.
    `is_before`: the view serves as last year's, so nothing a year before it is asked for.
    """
    layout = current_layout()
    if layout is not None and _is_stored(layout, day, root, 0 if is_before else 1):
        return _stored_view(codes, day, layout)
    first = layout.first_year if layout else years_to_keep()[0]
    span = Span(month_of(min(first, day.year - 1), 1), month_of(day.year, day.month))
    return _counted_view(codes, day, root, span, layout)


def _is_stored(layout: SeriesLayout, day: datetime.date, root: str, years_back: int) -> bool:
    if not layout.first_year + years_back <= day.year <= layout.last_year:
        return False
    end = month_end(day)
    return day == end or not _has_events(day, end, root)


def _has_events(after: datetime.date, until: datetime.date, root: str) -> bool:
    """Whether an approved record begins or ends in (after, until]."""
    seen: set[tuple[type, str]] = set()
    scope = Scope(root)
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


def _stored_view(codes: Sequence[str], day: datetime.date, layout: SeriesLayout) -> View:
    full = full_span(layout)
    span = Span(full.first, month_of(day.year, day.month))
    keys = layout_keys(layout)
    blocks = {code: np.zeros((len(keys), len(span)), dtype=np.int64) for code in codes}
    rows = AreaSeries.objects.filter(area_id__in=codes, year__lte=day.year)
    for code, year, blob in rows.values_list("area_id", "year", "blob"):
        start = month_of(year, 1) - span.first
        part = blocks[code][:, start : start + 12]
        part[:] = unpack(blob)[:, : part.shape[1]]
    return View(
        day,
        span,
        {(code, key): block[row] for code, block in blocks.items() for row, key in enumerate(keys)},
    )


def _counted_view(
    codes: Sequence[str], day: datetime.date, root: str, span: Span, layout: SeriesLayout | None
) -> View:
    keys = layout_keys(layout) if layout else catalogue()
    inside = sorted(Area.objects.within(root).values_list("code", flat=True))
    series = compute_scope(inside, span, keys, Scope(root), until=day)
    rows = {code: row for row, code in enumerate(inside)}
    return View(day, span, {(code, key): series[key][rows[code]] for code in codes for key in keys})


# --- the counting rules ---------------------------------------------------------------------


def _scale(indicator: Indicator) -> int:
    """Engine integers per unit of the indicator."""
    measure = MEASURES.get(indicator.measure)
    if measure is not None and measure.is_money:
        return _FEN_PER_UNIT.get(indicator.unit, 100)
    return 1


def _whole(indicator: Indicator, number: int) -> Figure:
    return Figure(Decimal(number) / _scale(indicator), Decimal(1))


def figure_of(
    indicator: Indicator, code: str, now: View, before: View, at_least: int | None = None
) -> Figure:
    """The indicator's figure of an area: `now` as of the day, `before` a year earlier."""
    day = now.day
    key = SeriesKey("measure", indicator.measure)
    match indicator.counting:
        case Counting.STOCK:
            return _whole(indicator, now.at(code, key))
        case Counting.YEAR:
            return _whole(indicator, now.year_to_date(code, key, day.year))
        case Counting.CUMULATIVE:
            return _whole(indicator, _cumulative(indicator, code, now))
        case Counting.COVERAGE:
            return _coverage(indicator, code, now, at_least or indicator.at_least)
        case Counting.GROWTH:
            return _growth(indicator, code, now, before)
    numerator, denominator = (
        Decimal(now.at(code, manual_key(indicator, part))) / 100
        for part in ("numerator", "denominator")
    )
    return Figure(numerator, denominator)


def _cumulative(indicator: Indicator, code: str, now: View) -> int:
    """Flow since the plan's first month, plus what earlier years brought (opening balances)."""
    start = indicator.plan.starts_on
    flow = now.sum(
        code,
        SeriesKey("measure", indicator.measure),
        month_of(start.year, start.month),
        now.span.last,
    )
    return flow + now.at(code, SeriesKey("opening", indicator.measure))


def _coverage(indicator: Indicator, code: str, now: View, at_least: int) -> Figure:
    reached = Decimal(now.at(code, coverage_key(indicator, at_least)))
    if not indicator.is_share:
        return Figure(reached, Decimal(1))
    areas = AREA_MEASURES[indicator.level or 5, indicator.is_urban_only]
    return Figure(reached, Decimal(now.at(code, SeriesKey("measure", areas))))


def _growth(indicator: Indicator, code: str, now: View, before: View) -> Figure:
    """This year's flow against last year's: numerator is the increase, denominator last year's."""
    key, year, scale = SeriesKey("measure", indicator.measure), now.day.year, _scale(indicator)
    current = now.year_to_date(code, key, year)
    if indicator.against == "whole_year":
        last = now.sum(code, key, month_of(year - 1, 1), month_of(year - 1, 12))
    else:
        last = before.year_to_date(code, key, year - 1)
    return Figure(Decimal(current - last) / scale, Decimal(last) / scale)


# --- progress -------------------------------------------------------------------------------


def year_before(day: datetime.date) -> datetime.date:
    """The same day a year earlier (28 February for a leap day)."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def target_for(indicator: Indicator, year: int, day: datetime.date) -> Target | None:
    """The target of a year: the next stage due, or the year's last; None where none is set."""
    targets = [target for target in indicator.targets.all() if target.due_on.year == year]
    ahead = [target for target in targets if target.due_on >= day]
    return ahead[0] if ahead else (targets[-1] if targets else None)


def threshold_for(indicator: Indicator, day: datetime.date, target: Target | None) -> int:
    """`at_least` of the target, of the next one ahead, or of the indicator."""
    if target is not None:
        return target.at_least or indicator.at_least
    ahead = [t for t in indicator.targets.all() if t.due_on >= day and t.at_least]
    return (ahead[0].at_least if ahead else None) or indicator.at_least


def progress_of(
    plan: Plan,
    codes: Sequence[str],
    day: datetime.date,
    year: int | None = None,
    root: str = "",
    views: tuple[View, View] | None = None,
) -> dict[str, list[Progress]]:
    """Every indicator of the plan at each of `codes` on `day`, in the plan's order.

    Targets are the plan's own and hold for its own area only. `root` is the common ancestor of
    `codes` (default: the first of them); `views` those of `views_of`, where the caller has them.
    """
    now, before = views or views_of(codes, day, root or codes[0])
    indicators = plan.indicators.select_related("plan").prefetch_related("targets")
    target_year = year or day.year
    result: dict[str, list[Progress]] = {code: [] for code in codes}
    for indicator in indicators:
        target = target_for(indicator, target_year, day)
        at_least = threshold_for(indicator, day, target)
        for code, row in result.items():
            own = target if code == plan.area_code else None
            row.append(_progress(indicator, code, now, before, own, at_least))
    return result


def _progress(
    indicator: Indicator,
    code: str,
    now: View,
    before: View,
    target: Target | None,
    at_least: int,
) -> Progress:
    figure = figure_of(indicator, code, now, before, at_least)
    value = figure.value
    if target is None or value is None:
        state = State.NO_DATA if value is None else State.NO_TARGET
        return Progress(indicator, figure, value, target, None, None, None, state, at_least)
    line = _line(indicator, code, now, target, at_least)
    expected = line.expected(now.day, target)
    return Progress(
        indicator,
        figure,
        value,
        target,
        value / target.value if target.value else None,
        expected,
        line.projected(now.day, target, value),
        _state(indicator, value, target.value, expected),
        at_least,
    )


def _state(indicator: Indicator, value: Decimal, target: Decimal, expected: Decimal) -> State:
    if value >= target:
        return State.ACHIEVED
    if value >= expected:
        return State.ON_TRACK
    # A growth of -10 % is 0.9 of last year: compare what is there, not the difference.
    base = Decimal(1) if indicator.counting == Counting.GROWTH else Decimal(0)
    is_near = base + value >= (base + expected) * indicator.plan.lagging_from
    return State.LAGGING if is_near else State.BEHIND


@dataclass(frozen=True)
class _Line:
    """The straight line to a target: from `base` at the end of `start`."""

    start: datetime.date
    base: Decimal

    def _share(self, day: datetime.date, due_on: datetime.date) -> Decimal:
        total, passed = (due_on - self.start).days, (day - self.start).days
        return min(max(Decimal(passed) / Decimal(total), Decimal(0)), Decimal(1))

    def expected(self, day: datetime.date, target: Target) -> Decimal:
        """What should be there on `day`; never more than the target."""
        share = self._share(day, target.due_on)
        return min(self.base + (target.value - self.base) * share, target.value)

    def projected(self, day: datetime.date, target: Target, value: Decimal) -> Decimal | None:
        """The value on the due day at the pace so far; None before the line begins."""
        share = self._share(day, target.due_on)
        if not share:
            return None
        projected = self.base + (value - self.base) / share
        ceiling = Decimal(1) if target.indicator.is_share else None
        return min(projected, ceiling) if ceiling is not None else projected


def _line(indicator: Indicator, code: str, now: View, target: Target, at_least: int) -> _Line:
    """From the previous target, or from the figure before the line begins."""
    new_year = datetime.date(target.due_on.year - 1, 12, 31)
    if indicator.counting == Counting.GROWTH:
        base = target.value if indicator.against == "same_day" else Decimal(-1)
        return _Line(new_year, base)
    is_yearly = indicator.counting == Counting.YEAR or indicator.within == "year"
    if is_yearly:
        return _Line(new_year, Decimal(0))
    earlier = [t for t in indicator.targets.all() if t.due_on < target.due_on]
    if earlier:
        return _Line(earlier[-1].due_on, earlier[-1].value)
    start = indicator.plan.starts_on - datetime.timedelta(days=1)
    return _Line(start, _base(indicator, code, now, start, at_least))


def _base(
    indicator: Indicator, code: str, now: View, start: datetime.date, at_least: int
) -> Decimal:
    """The stored figure at the last month end on or before `start`; 0 where there is none."""
    last = month_of(start.year, start.month)
    if start != month_end(start):
        last -= 1
    column = last - now.span.first
    if column < 0 or last > now.span.last or indicator.counting not in _STANDING:
        return Decimal(0)
    if indicator.counting == Counting.STOCK:
        key = SeriesKey("measure", indicator.measure)
        return Decimal(now.at(code, key, column)) / _scale(indicator)
    reached = Decimal(now.at(code, coverage_key(indicator, at_least), column))
    if not indicator.is_share:
        return reached
    areas = SeriesKey("measure", AREA_MEASURES[indicator.level or 5, indicator.is_urban_only])
    total = now.at(code, areas, column)
    return reached / total if total else Decimal(0)


_STANDING = {Counting.STOCK, Counting.COVERAGE}


def trend_of(
    indicator: Indicator,
    code: str,
    now: View,
    months: int,
    before: View | None = None,
    at_least: int | None = None,
) -> list[Figure]:
    """Figures at the last `months` month ends of the view, the day itself last.

    `before` is the view a year before the day (default: the month end before it), `at_least` the
    threshold of the target it is drawn against (default: the indicator's).
    """
    figures = []
    for back in range(min(months, len(now.span)) - 1, -1, -1):
        figures.append(_figure_back(indicator, code, now, before, back, at_least))
    return figures


def _figure_back(
    indicator: Indicator,
    code: str,
    now: View,
    before: View | None,
    back: int,
    at_least: int | None,
) -> Figure:
    """The figure `back` months before the view's last column."""
    if back == 0:
        return figure_of(indicator, code, now, before or now.cut(year_before(now.day)), at_least)
    last = now.span.last - back
    year, month = divmod(last, 12)
    day = month_end(datetime.date(year, month + 1, 1))
    return figure_of(indicator, code, now.cut(day), now.cut(year_before(day)), at_least)


# --- words and numbers ----------------------------------------------------------------------


def plain(number: Decimal | None, places: int) -> str | None:
    """A decimal as a plain string, rounded half up, without trailing zeros."""
    if number is None:
        return None
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


def places_of(indicator: Indicator) -> int:
    """Decimals of a value: shares 4, money by its unit, counts none (pace: 2)."""
    if indicator.is_percentage:
        return 4
    return _PLACES.get(indicator.unit, 0)


def as_json(item: Progress) -> dict[str, object]:
    """The shape other systems rely on (`progress --json`, the API); decimals are strings."""
    indicator, places = item.indicator, places_of(item.indicator)
    pace = max(places, 2)
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "counting": str(indicator.counting),
        "numerator": plain(item.figure.numerator, max(places, 4)),
        "denominator": plain(item.figure.denominator, max(places, 4)),
        "value": plain(item.value, max(places, 4) if indicator.is_percentage else places),
        "target": plain(item.target.value, 4) if item.target else None,
        "operator": item.target.operator if item.target else None,
        "rate": plain(item.rate, 4),
        "expected": plain(item.expected, pace),
        "projection": plain(item.projection, pace),
        "status": str(item.state),
    }
