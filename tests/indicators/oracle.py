"""The oracle: every counting rule as plain loops over plain records, without the engine.

Written from the docstrings of `indicators.models`, `indicators.measures` and `areas.models` and
from architecture §5. Amounts and quantities are Decimals in the unit in which they were entered.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from indicators.models import Indicator

Day = datetime.date


@dataclass(frozen=True)
class Place:
    """An area, with what decides whether it is counted in a denominator."""

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
    """An approved record; it exists from `start` until the day before `end`."""

    area: str
    start: Day
    end: Day | None = None
    quantity: Decimal = Decimal(1)

    def holds_on(self, day: Day) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Opening:
    """An approved opening balance; it covers `all` earlier years, or the `year` so far."""

    area: str
    as_of: Day
    covers: str
    quantity: Decimal


@dataclass(frozen=True)
class Report:
    """An approved manual figure; it holds until the next one of its area."""

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


# --- the tree of a day ------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """A succession: from a day on, records of `predecessor` count in `successor`."""

    on: Day
    predecessor: str
    successor: str


def home(code: str, day: Day, moves: Sequence[Move], codes: Iterable[str]) -> str:
    """Return the area in which a record of `code` counts on a day.

    Each day the deepest predecessor decides.
    """
    known = set(codes)
    for on in sorted({move.on for move in moves if move.on <= day}):
        ruling: Move | None = None
        for move in moves:
            is_deeper = ruling is None or len(ruling.predecessor) < len(move.predecessor)
            if move.on == on and is_below(code, move.predecessor) and is_deeper:
                ruling = move
        if ruling is not None:
            code = nearest(ruling.successor, code[len(ruling.predecessor) :], known)
    return code


def nearest(successor: str, tail: str, known: set[str]) -> str:
    """Return the successor's area with this tail, or the nearest existing area above it."""
    wanted = successor + tail
    for width in (12, 9, 6, 4):
        if len(successor) < width <= len(wanted) and wanted[:width] in known:
            return wanted[:width]
    return successor


def moved(facts: Facts, homes: Mapping[str, str]) -> Facts:
    """Return the same records, each in the area where it counts."""
    return Facts(
        [replace(record, area=homes[record.area]) for record in facts.records],
        [replace(balance, area=homes[balance.area]) for balance in facts.openings],
    )


# --- the rules --------------------------------------------------------------------------------


def stock(facts: Facts, root: str, day: Day) -> Decimal:
    """Return what exists on the day, opening balances included."""
    total = Decimal(0)
    for record in facts.records:
        if is_below(record.area, root) and record.holds_on(day):
            total += record.quantity
    return total + opening_sum(facts.openings, root, "all", Day.min, day)


def between(facts: Facts, root: str, first: Day, last: Day) -> Decimal:
    """Return what came in from `first` to `last`, both included, with the year's balances of these
    days.
    """
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
    """Return what came in since 1 January."""
    return between(facts, root, Day(day.year, 1, 1), day)


_MONTHS = {"quarter": 3, "half_year": 6, "year": 12}


def period(facts: Facts, root: str, day: Day, name: str) -> Decimal:
    """Return what came in since the quarter, half-year or year of the day began."""
    first = day.replace(day=1)
    while (first.month - 1) % _MONTHS[name]:
        first = first.replace(month=first.month - 1)
    return between(facts, root, first, day)


def cumulative(facts: Facts, root: str, starts_on: Day, day: Day) -> Decimal:
    """Return what came in since the plan's start, and the balances of earlier years."""
    openings = opening_sum(facts.openings, root, "all", Day.min, day)
    return between(facts, root, starts_on, day) + openings


def eligible(
    places: Sequence[Place], root: str, day: Day, level: int, *, urban_only: bool
) -> list[Place]:
    """Return the counted areas of a level that exist on the day."""
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
    """Return how many areas have `at_least`; `count` is `stock` or `year`."""
    return sum(1 for place in areas if count(facts, place.code, day) >= at_least)


def same_day_last_year(day: Day) -> Day:
    if (day.month, day.day) == (2, 29):
        return Day(day.year - 1, 2, 28)
    return Day(day.year - 1, day.month, day.day)


def growth(facts: Facts, root: str, day: Day, against: str) -> tuple[Decimal, Decimal]:
    """Return (increase, the number that it is compared with)."""
    last = Day(day.year - 1, 12, 31) if against == "whole_year" else same_day_last_year(day)
    before = between(facts, root, Day(day.year - 1, 1, 1), last)
    return year(facts, root, day) - before, before


def manual(
    reports: Sequence[Report],
    root: str,
    day: Day,
    homes: Callable[[Day], Mapping[str, str]],
) -> tuple[Decimal, Decimal]:
    """Return the sum of the reports that no later report of the same place has replaced."""
    numerator = denominator = Decimal(0)
    for report in reports:
        if report.as_of > day or not is_below(homes(day)[report.area], root):
            continue
        if not any(replaces(other, report, homes) for other in reports if other.as_of <= day):
            numerator += report.numerator
            denominator += report.denominator
    return numerator, denominator


def replaces(other: Report, report: Report, homes: Callable[[Day], Mapping[str, str]]) -> bool:
    """Whether a later report is of the same area, or of its successor by then."""
    if other.as_of <= report.as_of or len(other.area) != len(report.area):
        return False
    home_of = homes(other.as_of)
    return other.area == report.area or other.area == home_of[report.area] == home_of[other.area]


@dataclass
class Answer:
    """Numerator and denominator of any indicator on any day, from plain facts."""

    places: list[Place]
    facts: dict[str, Facts]
    reports: list[Report]
    moves: list[Move]
    starts_on: Day
    _tree: list[str] = field(default_factory=list)
    _grounds: dict[tuple[str, Day], Facts] = field(default_factory=dict)
    _homes: dict[Day, dict[str, str]] = field(default_factory=dict)

    def of(
        self, indicator: Indicator, root: str, day: Day, at_least: int | None = None
    ) -> tuple[Decimal, Decimal]:
        """Return the figure; an area that does not exist on the day has 0 of 0."""
        if not any(place.code == root and place.exists_on(day) for place in self.places):
            return Decimal(0), Decimal(0)
        return self.counted(indicator, root, day, at_least)

    def counted(
        self, indicator: Indicator, root: str, day: Day, at_least: int | None = None
    ) -> tuple[Decimal, Decimal]:
        """Return what counts there, whether or not the area exists."""
        facts = self._ground(indicator.measure, day)
        scale = 10_000 if indicator.unit == "万元" else 1
        match indicator.counting:
            case "stock":
                return stock(facts, root, day), Decimal(1)
            case "year":
                return year(facts, root, day) / scale, Decimal(1)
            case "period":
                return period(facts, root, day, indicator.period) / scale, Decimal(1)
            case "cumulative":
                return cumulative(facts, root, self.starts_on, day) / scale, Decimal(1)
            case "growth":
                return growth(facts, root, day, indicator.against)
            case "manual":
                numerator, denominator = manual(self.reports, root, day, self.homes)
                if denominator and indicator.unit not in ("%", "分"):
                    denominator = Decimal(1)  # a unit that adds up
                return numerator, denominator
        assert indicator.level
        urban = indicator.is_urban_only
        areas = eligible(self.places, root, day, indicator.level, urban_only=urban)
        count = year if indicator.within == "year" else stock
        reached = coverage(count, facts, areas, day, at_least or indicator.at_least)
        return Decimal(reached), Decimal(len(areas) if indicator.is_ratio else 1)

    def only(self, codes: Collection[str]) -> Answer:
        """Return the same tree with the records of these areas alone."""
        facts = {
            measure: Facts(
                [record for record in found.records if record.area in codes],
                [balance for balance in found.openings if balance.area in codes],
            )
            for measure, found in self.facts.items()
        }
        reports = [report for report in self.reports if report.area in codes]
        places = [place for place in self.places if place.code in codes]
        tree = self._tree or [place.code for place in self.places]
        return replace(
            self, places=places, facts=facts, reports=reports, _tree=tree, _grounds={}, _homes={}
        )

    def homes(self, day: Day) -> dict[str, str]:
        """Return where the records of each area count on a day."""
        if day not in self._homes:
            codes = self._tree or [place.code for place in self.places]
            self._homes[day] = {code: home(code, day, self.moves, codes) for code in codes}
        return self._homes[day]

    def _ground(self, measure: str, day: Day) -> Facts:
        if (measure, day) not in self._grounds:
            facts = self.facts.get(measure, Facts())
            self._grounds[measure, day] = moved(facts, self.homes(day))
        return self._grounds[measure, day]


# --- months, for the pure engine --------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """A quantity in an area from month `start` until before month `end` (None: without end)."""

    area: str
    start: int
    end: int | None
    quantity: int


def stock_in_month(codes: set[str], root: str, month: int, events: Iterable[Event]) -> int:
    """Return what exists at the end of a month, in areas of the tree."""
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
    """Return what came in during months `first` … `last`."""
    total = 0
    for event in events:
        known = event.area in codes and is_below(event.area, root)
        if known and first <= event.start <= last:
            total += event.quantity
    return total
