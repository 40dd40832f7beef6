"""Pace: what should be there by now, where it is heading, and what is still needed each month."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.models import Counting, Indicator, Target
from indicators.progress.figure import Figure, areas_key, figure_of, scale_of
from indicators.store.engine import SeriesKey, month_of
from indicators.store.series import coverage_key
from indicators.store.series_view import SeriesView, month_end, year_before

_STANDING = {Counting.STOCK, Counting.COVERAGE}
_DAYS_A_MONTH = Decimal("30.4375")
_RECENT_MONTHS = 3


@dataclass(frozen=True)
class Line:
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
        return self.base + (value - self.base) / share if share else None


@dataclass(frozen=True)
class Pace:
    """How a figure moves towards its target; all in the indicator's unit."""

    expected: Decimal
    projection: Decimal | None
    low: Decimal | None
    high: Decimal | None
    needed_per_month: Decimal | None
    months_left: Decimal


def pace_of(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    targets: Sequence[Target],
    target: Target,
    value: Decimal,
    at_least: int,
) -> Pace:
    """The pace of one figure. `targets`: those of the area, for the line's beginning.

    The projection is the run rate so far; its range takes in the pace of the last three months and,
    where last year is on record, how last year went on from this day (its season).
    """
    day = now.day
    line = _line(indicator, code, now, targets, target, at_least)
    projection = line.projected(day, target, value)
    days_left = max((target.due_on - day).days, 0)
    others = []
    if projection is not None and days_left and indicator.counting not in _JUMPING:
        others = [
            _recent(indicator, code, now, target, value, at_least),
            _seasonal(indicator, code, now, target, value, at_least),
        ]
    guesses = [_possible(indicator, guess) for guess in (projection, *others) if guess is not None]
    gap = target.value - value
    months = Decimal(days_left) / _DAYS_A_MONTH
    return Pace(
        line.expected(day, target),
        guesses[0] if projection is not None else None,
        min(guesses, default=None),
        max(guesses, default=None),
        gap / max(months, Decimal(1)) if gap > 0 and days_left else None,
        months,
    )


#: What is compared or reported has no steady pace of its own.
_JUMPING = {Counting.GROWTH, Counting.MANUAL}


def _possible(indicator: Indicator, guess: Decimal) -> Decimal:
    """Nothing falls below nothing (a growth: below the loss of all), no share rises above all."""
    floor = Decimal(-1) if indicator.counting == Counting.GROWTH else Decimal(0)
    guess = max(guess, floor)
    return min(guess, Decimal(1)) if indicator.is_ratio else guess


def _figure_on(
    indicator: Indicator, code: str, now: SeriesView, day: datetime.date, at_least: int
) -> Figure:
    """The figure at an earlier month end, on the tree of the view's own day."""
    cut = now.cut(day, now.tree_day)
    return figure_of(indicator, code, cut, now.cut(year_before(day), now.tree_day), at_least)


def _recent(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    target: Target,
    value: Decimal,
    at_least: int,
) -> Decimal | None:
    """The last three months' pace, kept up to the due day."""
    year, month = divmod(month_of(now.day.year, now.day.month) - _RECENT_MONTHS, 12)
    since = month_end(datetime.date(year, month + 1, 1))
    starts_anew = indicator.counting == Counting.YEAR or indicator.within == "year"
    if (starts_anew and since.year != now.day.year) or since < _first_day(now):
        return None
    earlier = _figure_on(indicator, code, now, since, at_least).value
    if earlier is None:
        return None
    days = Decimal((now.day - since).days)
    return value + (value - earlier) / days * (target.due_on - now.day).days


def _seasonal(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    target: Target,
    value: Decimal,
    at_least: int,
) -> Decimal | None:
    """As last year went on from this day; only for a target of this year, only with a last year."""
    end = datetime.date(now.day.year - 1, 12, 31)
    if target.due_on.year != now.day.year or end < _first_day(now):
        return None
    whole = _figure_on(indicator, code, now, end, at_least).value
    by_then = _a_year_ago(indicator, code, now, at_least)
    if not whole or not by_then:
        return None
    if indicator.counting == Counting.YEAR:
        return value * whole / by_then
    return value + whole - by_then


def _a_year_ago(indicator: Indicator, code: str, now: SeriesView, at_least: int) -> Decimal | None:
    """The figure of last year's same day, on a straight line between the month ends around it.

    For a guess that is near enough, and asks for no record.
    """
    day = year_before(now.day)
    end = month_end(day)
    before = day.replace(day=1) - datetime.timedelta(days=1)
    at_end = _figure_on(indicator, code, now, end, at_least).value
    if day == end or at_end is None:
        return at_end
    at_start: Decimal | None = Decimal(0)
    starts_anew = indicator.counting == Counting.YEAR or indicator.within == "year"
    if before >= _first_day(now) and not (starts_anew and before.year < day.year):
        at_start = _figure_on(indicator, code, now, before, at_least).value
    return at_end if at_start is None else at_start + (at_end - at_start) * day.day / end.day


def _first_day(now: SeriesView) -> datetime.date:
    return datetime.date(now.span.first // 12, now.span.first % 12 + 1, 1)


def _line(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    targets: Sequence[Target],
    target: Target,
    at_least: int,
) -> Line:
    """From the previous target, or from the figure before the line begins."""
    new_year = datetime.date(target.due_on.year - 1, 12, 31)
    if indicator.counting == Counting.GROWTH:
        base = target.value if indicator.against == "same_day" else Decimal(-1)
        return Line(new_year, base)
    is_yearly = indicator.counting == Counting.YEAR or indicator.within == "year"
    if is_yearly:
        return Line(new_year, Decimal(0))
    earlier = [other for other in targets if other.due_on < target.due_on]
    if earlier:
        return Line(earlier[-1].due_on, earlier[-1].value)
    start = indicator.plan.starts_on - datetime.timedelta(days=1)
    return Line(start, _base(indicator, code, now, start, at_least))


def _base(
    indicator: Indicator, code: str, now: SeriesView, start: datetime.date, at_least: int
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
        return Decimal(now.at(code, key, column)) / scale_of(indicator)
    reached = Decimal(now.at(code, coverage_key(indicator, at_least), column))
    if not indicator.is_ratio:
        return reached
    total = now.at(code, areas_key(indicator), column)
    return reached / total if total else Decimal(0)
