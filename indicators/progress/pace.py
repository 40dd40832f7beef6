"""Pace: the value expected by now, the projection, and the quantity still needed each month."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dates.months import end_of_month, month_end, month_number, year_before
from indicators.models import Indicator, Target
from indicators.rules import rule_of
from indicators.rules.base import Rule
from indicators.store.series_view import SeriesView

_DAYS_A_MONTH = Decimal("30.4375")
_RECENT_MONTHS = 3


@dataclass(frozen=True)
class Pace:
    """How a figure moves towards its target, in the indicator's unit.

    `projection`, `low` and `high`: the value expected on the due day, and its range.
    """

    expected: Decimal
    projection: Decimal | None
    low: Decimal | None
    high: Decimal | None
    needed_per_month: Decimal | None
    months_left: Decimal


@dataclass(frozen=True)
class _Moving:
    """One figure that moves towards its target: its area, its view of the series and its value."""

    rule: Rule
    code: str
    now: SeriesView
    target: Target
    value: Decimal
    at_least: int

    @property
    def first_day(self) -> datetime.date:
        """The first day that the view holds."""
        return datetime.date(self.now.span.first // 12, self.now.span.first % 12 + 1, 1)

    def value_on(self, day: datetime.date) -> Decimal | None:
        """The value at an earlier month end, on the tree of the view's own day."""
        cut = self.now.cut(day, self.now.tree_day)
        before = self.now.cut(year_before(day), self.now.tree_day)
        return self.rule.figure(self.code, cut, before, self.at_least).value


def pace_of(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    targets: Sequence[Target],
    target: Target,
    value: Decimal,
    at_least: int,
) -> Pace:
    """The pace of one figure. `targets`: those of the area by day, for the line's beginning.

    The projection is the run rate so far. Its range takes in the pace of the last three months and,
    where last year is on record, how last year went on from this day (its season).
    """
    rule, day = rule_of(indicator), now.day
    line = rule.line(code, now, targets, target, at_least)
    projection = line.projected(day, target, value)
    days_left = max((target.due_on - day).days, 0)
    others: list[Decimal | None] = []
    if projection is not None and days_left and rule.has_steady_pace:
        moving = _Moving(rule, code, now, target, value, at_least)
        others = [_recent(moving), _seasonal(moving)]
    guesses = [_possible(rule, guess) for guess in (projection, *others) if guess is not None]
    gap, months = target.value - value, Decimal(days_left) / _DAYS_A_MONTH
    return Pace(
        line.expected(day, target),
        guesses[0] if projection is not None else None,
        min(guesses, default=None),
        max(guesses, default=None),
        gap / max(months, Decimal(1)) if gap > 0 and days_left else None,
        months,
    )


def _possible(rule: Rule, guess: Decimal) -> Decimal:
    """The estimate, limited to the values that a figure of this rule can have."""
    guess = max(guess, rule.floor)
    return guess if rule.ceiling is None else min(guess, rule.ceiling)


def _recent(moving: _Moving) -> Decimal | None:
    """The value on the due day at the pace of the last three months; None without them."""
    day = moving.now.day
    since = end_of_month(month_number(day) - _RECENT_MONTHS)
    began = moving.rule.began_on(day)
    if (began is not None and since < began) or since < moving.first_day:
        return None
    earlier = moving.value_on(since)
    if earlier is None:
        return None
    a_day = (moving.value - earlier) / Decimal((day - since).days)
    return moving.value + a_day * (moving.target.due_on - day).days


def _seasonal(moving: _Moving) -> Decimal | None:
    """The value on the due day if it goes on as last year from this day; None without last year."""
    end = moving.rule.season_end(moving.now.day, moving.target)
    if end is None or end < moving.first_day:
        return None
    whole, by_then = moving.value_on(end), _a_year_ago(moving)
    if not whole or not by_then:
        return None
    return moving.rule.in_season(moving.value, whole, by_then)


def _a_year_ago(moving: _Moving) -> Decimal | None:
    """The value of last year's same day, on a straight line between the month ends around it.

    That is precise enough for an estimate, and reads no record.
    """
    day = year_before(moving.now.day)
    end = month_end(day)
    at_end = moving.value_on(end)
    if day == end or at_end is None:
        return at_end
    before, began = day.replace(day=1) - datetime.timedelta(days=1), moving.rule.began_on(day)
    at_start: Decimal | None = Decimal(0)
    if before >= moving.first_day and (began is None or before >= began):
        at_start = moving.value_on(before)
    return at_end if at_start is None else at_start + (at_end - at_start) * day.day / end.day
