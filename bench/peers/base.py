"""Other ways to the same numbers, each written as well as we can.

A peer counts every measure of `indicators.measures` for every area with all that lies below it and
for every month: stocks at the month's end, flows within the month. It does not count coverage, so it
has less to do than the engine. What it finds is compared by a digest that weighs each single value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from areas.codes import LENGTHS
from bench import engine
from indicators.measures import MEASURES
from indicators.store.engine import SeriesKey, Span

#: The smallest code of each level from the communities up, and what cuts the level below to it.
LEVELS = ((10**11, 0), (10**8, 1000), (10**5, 1000), (10**3, 100), (10, 100))

#: measure → digest.
Digests = Mapping[str, int]


@dataclass(frozen=True)
class Source:
    """A measure as a peer sees it: the rows the engine copies, and how they count."""

    code: str
    number: int
    sql: str
    columns: tuple[str, ...]
    is_stock: bool


def sources() -> list[Source]:
    """All measures, with the very SQL of the engine."""
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
    """How a digest weighs an area."""
    return int(code) % 97 + 1


def month_weight(column: int) -> int:
    """How a digest weighs a month."""
    return column + 1


def engine_digests(span: Span) -> Digests:
    """What the engine says: Σ value × weight of the area × weight of the month, per measure."""
    months = [month_weight(column) for column in range(len(span))]
    total = dict.fromkeys(MEASURES, 0)
    for tree, series in engine.blocks():
        areas = [area_weight(code) for code in tree.codes]
        for code in MEASURES:
            values = series[SeriesKey("measure", code)]
            total[code] += int((values @ months) @ areas)
    return total


def closure(codes: list[str]) -> list[tuple[int, int]]:
    """(area, itself or an area above it)."""
    return [
        (int(code), int(code[:length]))
        for code in codes
        for length in LENGTHS
        if length <= len(code)
    ]


class PeerIsWrong(Exception):
    """A peer that counts something else may not be compared."""


def check(name: str, found: Digests, expected: Digests) -> None:
    """A peer's digests must be the engine's."""
    wrong = [code for code in expected if found.get(code) != expected[code]]
    if wrong:
        raise PeerIsWrong(f"{name}: {', '.join(wrong)}")
