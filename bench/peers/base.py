"""The common part of all peers: programs that count the same figures, each written well.

A peer counts every measure of `indicators.measures` for every area (with everything below it) and
every month: stocks at the end of the month, flows within the month. It does not count coverage, so
it has less to do than the engine. Its result is compared by a digest in which every single value
has a weight of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from areas.codes import LENGTHS
from bench import engine
from indicators.measures import MEASURES
from indicators.store.engine import SeriesKey, Span

#: (smallest code of a level, divisor that turns a code of the level below into one of this level),
#: from communities upwards.
LEVELS = ((10**11, 0), (10**8, 1000), (10**5, 1000), (10**3, 100), (10, 100))

#: Measure → digest.
Digests = Mapping[str, int]


@dataclass(frozen=True)
class Source:
    """A measure as a peer sees it: the rows that the engine copies, and how they count."""

    code: str
    number: int
    sql: str
    columns: tuple[str, ...]
    is_stock: bool


def sources() -> list[Source]:
    """Return all measures with the SQL that the engine itself uses."""
    found = []
    for number, (code, sql) in enumerate(engine.statements().items()):
        rule = MEASURES[code]
        columns = [
            "area",
            "started",
            *["ended"] * bool(rule.end),
            *["quantity"] * bool(rule.quantity),
        ]
        found.append(Source(code, number, sql, tuple(columns), rule.is_stock))
    return found


def area_weight(code: str) -> int:
    """Return the weight of an area in a digest."""
    return int(code) % 97 + 1


def month_weight(column: int) -> int:
    """Return the weight of a month in a digest."""
    return column + 1


def engine_digests(span: Span) -> Digests:
    """Return the engine's digest of each measure: Σ value × area weight × month weight."""
    months = [month_weight(column) for column in range(len(span))]
    total = dict.fromkeys(MEASURES, 0)
    for tree, series in engine.blocks():
        areas = [area_weight(code) for code in tree.codes]
        for code in MEASURES:
            values = series[SeriesKey("measure", code)]
            total[code] += int((values @ months) @ areas)
    return total


def closure(codes: list[str]) -> list[tuple[int, int]]:
    """Return a pair (area, ancestor) for each area and each area above it, itself included."""
    return [
        (int(code), int(code[:length]))
        for code in codes
        for length in LENGTHS
        if length <= len(code)
    ]


class PeerIsWrong(Exception):
    """A peer counts something else than the engine, so their times may not be compared."""


def check(name: str, found: Digests, expected: Digests) -> None:
    """Raise PeerIsWrong unless a peer's digests are those of the engine."""
    wrong = [code for code in expected if found.get(code) != expected[code]]
    if wrong:
        raise PeerIsWrong(f"{name}: {', '.join(wrong)}")
