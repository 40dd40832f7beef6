"""What every counting rule means, counted by hand: plain loops over plain records, no engine.

Written from the docstrings of `indicators.models` and `indicators.measures` and architecture §5.
Money and quantities are Decimals in the unit they were entered in.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Day = datetime.date


@dataclass(frozen=True)
class Place:
    """An area with what decides whether a denominator contains it."""

    code: str
    is_counted: bool = True
    is_urban: bool = False
    valid_from: Day | None = None
    valid_to: Day | None = None

    @property
    def level(self) -> int:
        return {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}[len(self.code)]

    def exists_on(self, day: Day) -> bool:
        has_begun = self.valid_from is None or self.valid_from <= day
        return has_begun and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Fact:
    """One approved record: there from `start` until the day before `end`."""

    area: str
    start: Day
    end: Day | None = None
    quantity: Decimal = Decimal(1)

    def holds_on(self, day: Day) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Opening:
    """One approved opening balance; covers `all` earlier years or the `year` so far."""

    area: str
    as_of: Day
    covers: str
    quantity: Decimal


@dataclass(frozen=True)
class Report:
    """One approved manual figure, in force until the next one of its area."""

    area: str
    as_of: Day
    numerator: Decimal
    denominator: Decimal


@dataclass
class Facts:
    """All approved records of one measure."""

    records: list[Fact] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)


def is_below(code: str, root: str) -> bool:
    return code.startswith(root)


def stock(facts: Facts, root: str, day: Day) -> Decimal:
    """What is there on the day, and what was there before the records began."""
    total = Decimal(0)
    for record in facts.records:
        if is_below(record.area, root) and record.holds_on(day):
            total += record.quantity
    return total + opening_sum(facts.openings, root, "all", Day.min, day)


def between(facts: Facts, root: str, first: Day, last: Day) -> Decimal:
    """What came in from `first` to `last`, both included, and the year's balances of these days."""
    total = Decimal(0)
    for record in facts.records:
        if is_below(record.area, root) and first <= record.start <= last:
            total += record.quantity
    return total + opening_sum(facts.openings, root, "year", first, last)


def opening_sum(
    openings: Iterable[Opening], root: str, covers: str, first: Day, last: Day
) -> Decimal:
    total = Decimal(0)
    for balance in openings:
        in_time = first <= balance.as_of <= last
        if is_below(balance.area, root) and balance.covers == covers and in_time:
            total += balance.quantity
    return total


def year(facts: Facts, root: str, day: Day) -> Decimal:
    """What came in since 1 January."""
    return between(facts, root, Day(day.year, 1, 1), day)


def cumulative(facts: Facts, root: str, starts_on: Day, day: Day) -> Decimal:
    """What came in since the plan's start, and all that earlier years brought."""
    openings = opening_sum(facts.openings, root, "all", Day.min, day)
    return between(facts, root, starts_on, day) + openings


def eligible(
    places: Sequence[Place], root: str, day: Day, level: int, *, urban_only: bool
) -> list[Place]:
    """The counted areas of a level that exist on the day."""
    return [
        place
        for place in places
        if is_below(place.code, root)
        and place.level == level
        and place.is_counted
        and place.exists_on(day)
        and (place.is_urban or not urban_only)
    ]


def coverage(
    count: Callable[[Facts, str, Day], Decimal],
    facts: Facts,
    areas: Iterable[Place],
    day: Day,
    at_least: int,
) -> int:
    """How many of the areas have `at_least`; `count` is `stock` or `year`."""
    return sum(1 for place in areas if count(facts, place.code, day) >= at_least)


def same_day_last_year(day: Day) -> Day:
    if (day.month, day.day) == (2, 29):
        return Day(day.year - 1, 2, 28)
    return Day(day.year - 1, day.month, day.day)


def growth(facts: Facts, root: str, day: Day, against: str) -> tuple[Decimal, Decimal]:
    """(increase, what it is compared with)."""
    last = Day(day.year - 1, 12, 31) if against == "whole_year" else same_day_last_year(day)
    before = between(facts, root, Day(day.year - 1, 1, 1), last)
    return year(facts, root, day) - before, before


def manual(reports: Iterable[Report], root: str, day: Day) -> tuple[Decimal, Decimal]:
    """The latest report of each area, added up."""
    latest: dict[str, Report] = {}
    for report in reports:
        if is_below(report.area, root) and report.as_of <= day:
            known = latest.get(report.area)
            if known is None or known.as_of < report.as_of:
                latest[report.area] = report
    numerator = sum((report.numerator for report in latest.values()), Decimal(0))
    return numerator, sum((report.denominator for report in latest.values()), Decimal(0))


# --- months, for the pure engine --------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """A quantity in an area from month `start` until before month `end` (None: for good)."""

    area: str
    start: int
    end: int | None
    quantity: int


def stock_in_month(codes: set[str], root: str, month: int, events: Iterable[Event]) -> int:
    """What is there at the month's end, in areas the tree knows."""
    total = 0
    for event in events:
        if event.area in codes and is_below(event.area, root):
            has_ended = event.end is not None and event.end <= month
            if event.start <= month and not has_ended:
                total += event.quantity
    return total


def flow_in_months(
    codes: set[str], root: str, first: int, last: int, events: Iterable[Event]
) -> int:
    """What came in during months first … last."""
    total = 0
    for event in events:
        known = event.area in codes and is_below(event.area, root)
        if known and first <= event.start <= last:
            total += event.quantity
    return total
