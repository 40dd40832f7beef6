"""Random grounds without a database: a tree, successions, records, and the engine's count.

`grounds()` draws a ground, `views` runs the engine on it, `Ground.answer` is what the oracle
counts.
"""

from __future__ import annotations

import calendar
import contextlib
import datetime
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from hypothesis import strategies as st

from areas.successions import Successions
from dates.months import year_before
from indicators.measures import AREA_MEASURES
from indicators.models import Indicator, Plan
from indicators.rules import rule_of
from indicators.store import series
from indicators.store.engine import ALWAYS, EVENT, OPEN, Events, SeriesKey, Source, Span, month_of
from indicators.store.reported import ends_of
from indicators.store.series import Block, count_events, sources_of
from indicators.store.series_view import Rows, SeriesView
from tests.indicators.oracle import Answer, Fact, Facts, Move, Opening, Place, Report

Day = datetime.date
_ONE_DAY = datetime.timedelta(days=1)

#: Two provinces, three prefectures, four counties; in each county streets 001 and 002, in each
#: street communities 001 and 002.
_COUNTIES = ("500101", "500102", "500201", "510101")
_STREETS = [f"{county}{last}" for county in _COUNTIES for last in ("001", "002")]
_COMMUNITIES = [f"{street}{last}" for street in _STREETS for last in ("001", "002")]


@dataclass(frozen=True)
class Ground:
    """A made-up tree of areas, its successions and the approved records of each measure."""

    places: list[Place]
    moves: list[Move]
    facts: dict[str, Facts]
    reports: list[Report]
    starts_on: Day

    @property
    def codes(self) -> list[str]:
        return [place.code for place in self.places]

    @property
    def successions(self) -> Successions:
        moves = [(move.on, move.predecessor, move.successor) for move in self.moves]
        return Successions(moves, self.codes)

    def answer(self) -> Answer:
        return Answer(self.places, self.facts, self.reports, self.moves, self.starts_on)

    def indicators(self) -> list[Indicator]:
        """Return an unsaved indicator for every counting rule."""
        plan = Plan(code="ground", starts_on=self.starts_on)
        return [Indicator(plan=plan, code=str(number), **rule) for number, rule in enumerate(RULES)]


def _coverage(measure: str, level: int, **more: object) -> dict[str, object]:
    within = "stock" if measure == "funds" else "year"
    rule = {"counting": "coverage", "measure": measure, "level": level, "within": within}
    return {**rule, "unit": "个", **more}


RULES: list[dict[str, object]] = [
    {"counting": "stock", "measure": "funds", "unit": "支"},
    {"counting": "year", "measure": "trained", "unit": "人次"},
    {"counting": "year", "measure": "raised", "unit": "万元"},
    {"counting": "period", "measure": "trained", "unit": "人次"},
    {"counting": "period", "measure": "raised", "unit": "万元", "period": "half_year"},
    {"counting": "period", "measure": "trained", "unit": "人次", "period": "year"},
    {"counting": "cumulative", "measure": "trained", "unit": "人次"},
    {"counting": "cumulative", "measure": "raised", "unit": "元"},
    {"counting": "growth", "measure": "raised", "unit": "%", "against": "same_day"},
    {"counting": "growth", "measure": "trained", "unit": "%", "against": "whole_year"},
    _coverage("funds", 3),
    _coverage("funds", 4, is_ratio=True),
    _coverage("funds", 5, is_ratio=True),
    _coverage("funds", 5, is_ratio=True, is_urban_only=True),
    _coverage("trained", 3, is_ratio=True),
    _coverage("trained", 4),
    _coverage("trained", 5, is_urban_only=True),
    _coverage("raised", 5, is_ratio=True),
    {"counting": "manual", "measure": "", "unit": "%"},
    {"counting": "manual", "measure": "", "unit": "小时"},
]


# --- drawing ----------------------------------------------------------------------------------


# Only numbers are drawn, so that drawing and shrinking are quick; `_ground` turns them into areas
# and days.
_AREA, _DAY = st.integers(0, 29), st.integers(0, 12)
_FEW, _YUAN = st.integers(0, 40), st.integers(1, 60_000)
_OPENING = st.tuples(_AREA, _DAY, st.booleans(), _FEW)


def _drawn(most: int, most_moves: int) -> st.SearchStrategy[Any]:
    return st.tuples(
        st.dates(Day(2023, 1, 1), Day(2026, 12, 31)),
        st.integers(0, 5),
        st.lists(st.dates(Day(2022, 6, 1), Day(2027, 3, 31)), min_size=2, max_size=5),
        st.sets(st.sampled_from([*_COUNTIES, *_STREETS, *_COMMUNITIES]), min_size=2, max_size=9),
        st.lists(
            st.tuples(_AREA, st.integers(0, 3), st.none() | _DAY, st.none() | _DAY), max_size=6
        ),
        st.lists(
            st.tuples(st.integers(0, 400), _DAY), min_size=min(most_moves, 1), max_size=most_moves
        ),
        st.lists(st.tuples(_AREA, _DAY, st.none() | _DAY), min_size=2, max_size=most),
        st.lists(st.tuples(_AREA, _DAY, _FEW), min_size=1, max_size=most),
        st.lists(st.tuples(_AREA, _DAY, _YUAN), max_size=most),
        st.lists(st.tuples(st.sampled_from(["funds", "trained", "raised"]), _OPENING), max_size=4),
        st.lists(st.tuples(_AREA, _DAY, _YUAN, _YUAN), max_size=5),
        _DAY,
    )


def grounds(*, most: int = 6, most_moves: int = 4) -> st.SearchStrategy[tuple[Ground, Day]]:
    """Draw a ground and the day of the figures; days coincide far more often than by chance."""
    return _drawn(most, most_moves).map(lambda drawn: _ground(*drawn))


def _ground(
    asked: Day,
    edge: int,
    others: list[Day],
    leaves: set[str],
    lives: list[tuple[int, int, int | None, int | None]],
    moves: list[tuple[int, int]],
    funds: list[tuple[int, int, int | None]],
    trained: list[tuple[int, int, int]],
    raised: list[tuple[int, int, int]],
    openings: list[tuple[str, tuple[int, int, bool, int]]],
    reports: list[tuple[int, int, int, int]],
    start: int,
) -> tuple[Ground, Day]:
    asked = {0: month_end(asked), 1: Day(2024, 2, 29), 2: Day(asked.year, 1, 25)}.get(edge, asked)
    days, codes = _days_around(asked, others), _with_ancestors(leaves)

    def at(number: int) -> str:
        return codes[number % len(codes)]

    def on(number: int) -> Day:
        return days[number % len(days)]

    def maybe(number: int | None) -> Day | None:
        return None if number is None else on(number)

    facts = {
        "funds": Facts([_fund(at(a), on(first), maybe(last)) for a, first, last in funds]),
        "trained": Facts([Fact(at(a), on(d), None, Decimal(n)) for a, d, n in trained]),
        "raised": Facts([Fact(at(a), on(d), None, Decimal(n) / 100) for a, d, n in raised]),
    }
    for measure, (a, d, is_all, number) in openings:
        covers = "all" if is_all else "year"
        facts[measure].openings.append(Opening(at(a), on(d), covers, Decimal(number)))
    latest = {
        (at(a), on(d)): (Decimal(top) / 100, Decimal(bottom) / 100) for a, d, top, bottom in reports
    }
    ground = Ground(
        _places(
            codes, [(at(a), flags, maybe(first), maybe(last)) for a, flags, first, last in lives]
        ),
        _moves(codes, [(number, on(d)) for number, d in moves]),
        facts,
        [Report(code, day, *parts) for (code, day), parts in latest.items()],
        on(start).replace(day=1),
    )
    return ground, asked


def month_end(day: Day) -> Day:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _days_around(asked: Day, others: Sequence[Day]) -> list[Day]:
    near = [asked, asked + _ONE_DAY, asked - _ONE_DAY, year_before(asked), asked.replace(day=1)]
    return [*near, year_before(asked) + _ONE_DAY, month_end(asked), Day(asked.year, 1, 1), *others]


def _with_ancestors(leaves: set[str]) -> list[str]:
    codes = {"50", "5001", "500101"}
    for leaf in leaves:
        codes |= {leaf[:width] for width in (2, 4, 6, 9, 12)}
    return sorted(codes)


def _fund(code: str, first: Day, last: Day | None) -> Fact:
    return Fact(code, first, last if last is None or first <= last else None)


def _places(
    codes: Sequence[str], lives: Iterable[tuple[str, int, Day | None, Day | None]]
) -> list[Place]:
    """Return the areas: counted and without end unless drawn otherwise.

    Codes that end in 1 are urban.
    """
    made = {code: Place(code, is_urban=code.endswith("1")) for code in codes}
    for code, flags, first, last in lives:
        if first is not None and last is not None and last <= first:
            last = None
        made[code] = Place(code, flags < 2, flags % 2 == 0, first, last)
    return list(made.values())


def _moves(codes: Sequence[str], drawn: Iterable[tuple[int, Day]]) -> list[Move]:
    """Return successions with one successor of the same level per area: chains, merges, nested
    moves, swaps.
    """
    pairs = [(a, b) for a in codes for b in codes if len(a) == len(b) and a != b]
    if not pairs:
        return []
    chosen = {pairs[number % len(pairs)]: on for number, on in drawn}
    successors = {old: (on, old, new) for (old, new), on in chosen.items()}
    return [Move(*move) for move in successors.values()]


# --- the engine's count -------------------------------------------------------------------------


def views(
    ground: Ground, day: Day, keys: Collection[SeriesKey], *, is_stored: bool = False
) -> tuple[SeriesView, SeriesView]:
    """Return the view of the day, and that of a year before on the same tree.

    `is_stored`: the day is the end of a month, and `now` is cut from the series of all years.
    """
    first = min(ground.starts_on.year, day.year - 1)
    last_year = year_before(day)
    span = Span(month_of(last_year.year, 1), month_of(last_year.year, last_year.month))
    before = counted(ground, last_year, span, keys, tree_day=day)
    if not is_stored:
        span = Span(month_of(first, 1), month_of(day.year, day.month))
        return counted(ground, day, span, keys), before
    span = Span(month_of(first, 1), month_of(day.year + 1, 12))
    rows = rows_of(blocks(ground, span, keys))
    end = Day(day.year + 1, 12, 31)
    return SeriesView(end, span, rows, ground.successions).cut(day), before


def counted(
    ground: Ground,
    day: Day,
    span: Span,
    keys: Collection[SeriesKey],
    tree_day: Day | None = None,
) -> SeriesView:
    """Count the series from the records up to the day."""
    rows = rows_of(blocks(ground, span, keys, until=day))
    return SeriesView(day, span, rows, ground.successions, tree_day)


@contextlib.contextmanager
def rows_in_a_block(number: int) -> Iterator[None]:
    """Make the engine work in blocks of about `number` rows."""
    usual = series._BLOCK_ROWS
    series._BLOCK_ROWS = number
    try:
        yield
    finally:
        series._BLOCK_ROWS = usual


def blocks(
    ground: Ground,
    span: Span,
    keys: Collection[SeriesKey],
    until: Day | None = None,
    codes: Sequence[str] | None = None,
) -> list[Block]:
    """Return the engine's blocks of the whole tree, or of `codes` only."""
    events = ((source, events_of(ground, source, until)) for source in sources_of(keys))
    codes = ground.codes if codes is None else codes
    return list(count_events(codes, span, list(keys), events, ground.successions, until))


def rows_of(made: Iterable[Block]) -> Rows:
    """Return every area's row of every series; each area lies in exactly one block."""
    rows: Rows = {}
    for tree, found in made:
        for key, matrix in found.items():
            for code in tree.codes:
                assert (code, key) not in rows
                rows[code, key] = matrix[tree.row[code]]
    return rows


def keys_for(indicators: Iterable[Indicator], at_least: int) -> list[SeriesKey]:
    """Return the series that these indicators need."""
    return list({key: None for one in indicators for key in rule_of(one).series_keys(at_least)})


def events_of(ground: Ground, source: Source, until: Day | None) -> Events:
    """Return what `indicators.store.events.read` gives for the same records."""
    kind, measure = source
    if measure in AREA_MEASURES.values():
        lines = _area_lines(ground, measure)
    elif kind == "manual":
        lines = _report_lines(ground, measure.rpartition("/")[2])
    else:
        lines = _fact_lines(ground.facts[measure], measure, kind)
    return np.array(list(_until(lines, until)), dtype=EVENT)


#: Area, first day, day after the last, quantity; None means from ever and for ever.
_Line = tuple[str, Day | None, Day | None, int]


def _area_lines(ground: Ground, measure: str) -> Iterator[_Line]:
    for place in ground.places:
        if place.is_counted and measure in (
            AREA_MEASURES.get((place.level, False)),
            AREA_MEASURES.get((place.level, place.is_urban)),
        ):
            yield place.code, place.valid_from, place.valid_to, 1


def _fact_lines(facts: Facts, measure: str, kind: str) -> Iterator[_Line]:
    scale = 100 if measure == "raised" else 1
    if kind == "measure":
        for fact in facts.records:
            yield fact.area, fact.start, fact.end, int(fact.quantity * scale)
    covers = "all" if kind == "opening" or measure == "funds" else "year"
    for balance in facts.openings:
        if balance.covers == covers:
            yield balance.area, balance.as_of, None, int(balance.quantity * scale)


def _report_lines(ground: Ground, part: str) -> Iterator[_Line]:
    ends = ends_of([(report.area, report.as_of) for report in ground.reports], ground.successions)
    for report, end in zip(ground.reports, ends, strict=True):
        yield report.area, report.as_of, end, int(getattr(report, part) * 100)


def _until(lines: Iterable[_Line], until: Day | None) -> Iterator[tuple[int, int, int, int]]:
    """Leave out what begins after `until`, and ends that come after it."""
    for area, start, end, quantity in lines:
        if until is not None and start is not None and start > until:
            continue
        if until is not None and end is not None and end > until:
            end = None
        first = int(ALWAYS) if start is None else month_of(start.year, start.month)
        last = int(OPEN) if end is None else month_of(end.year, end.month)
        yield int(area), first, last, quantity
