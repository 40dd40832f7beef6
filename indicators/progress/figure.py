"""What an indicator's counting rule makes of the series.

A figure is a numerator and a denominator, both additive up the tree. A zero denominator is no data,
never 0 or 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from indicators.measures import AREA_MEASURES, MEASURES
from indicators.models import Counting, Indicator
from indicators.store.engine import SeriesKey, month_of
from indicators.store.series import coverage_key, manual_key
from indicators.store.series_view import SeriesView

_FEN_PER_UNIT = {"元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}


@dataclass(frozen=True)
class Figure:
    """Numerator and denominator in the indicator's unit."""

    numerator: Decimal
    denominator: Decimal

    @property
    def value(self) -> Decimal | None:
        """The quotient; None when there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None


#: The figure of an area that does not exist on the day.
NO_FIGURE = Figure(Decimal(0), Decimal(0))


def is_money(indicator: Indicator) -> bool:
    """Whether the indicator counts money."""
    measure = MEASURES.get(indicator.measure)
    return measure is not None and measure.is_money


def scale_of(indicator: Indicator) -> int:
    """Engine integers per unit of the indicator."""
    return _FEN_PER_UNIT.get(indicator.unit, 100) if is_money(indicator) else 1


def areas_key(indicator: Indicator) -> SeriesKey:
    """The series of the areas a coverage is about."""
    areas = AREA_MEASURES[indicator.level or 5, indicator.is_urban_only]
    return SeriesKey("measure", areas)


def keys_of(indicator: Indicator, at_least: int | None = None) -> list[SeriesKey]:
    """The series that the indicator's figure is formed of."""
    match indicator.counting:
        case Counting.COVERAGE:
            return [coverage_key(indicator, at_least or indicator.at_least), areas_key(indicator)]
        case Counting.MANUAL:
            return [manual_key(indicator, part) for part in ("numerator", "denominator")]
        case Counting.CUMULATIVE:
            return [SeriesKey(kind, indicator.measure) for kind in ("measure", "opening")]
    return [SeriesKey("measure", indicator.measure)]


def keys_behind(indicators: Iterable[Indicator]) -> set[SeriesKey]:
    """The series behind all figures of these indicators, under the thresholds of all their targets."""
    return {
        key for one in indicators for at_least in _thresholds(one) for key in keys_of(one, at_least)
    }


def _thresholds(indicator: Indicator) -> set[int]:
    return {indicator.at_least, *(t.at_least for t in indicator.targets.all() if t.at_least)}


def keys_of_last_year(indicators: Iterable[Indicator]) -> set[SeriesKey]:
    """The series of which the same day a year before is asked: what growth is measured by."""
    growing = [one for one in indicators if one.counting == Counting.GROWTH]
    return {key for one in growing for key in keys_of(one)}


def figure_of(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    before: SeriesView,
    at_least: int | None = None,
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


def _whole(indicator: Indicator, number: int) -> Figure:
    return Figure(Decimal(number) / scale_of(indicator), Decimal(1))


def _cumulative(indicator: Indicator, code: str, now: SeriesView) -> int:
    """Flow since the plan's first month, plus what earlier years brought (opening balances)."""
    start = indicator.plan.starts_on
    flow = now.sum(
        code,
        SeriesKey("measure", indicator.measure),
        month_of(start.year, start.month),
        now.span.last,
    )
    return flow + now.at(code, SeriesKey("opening", indicator.measure))


def _coverage(indicator: Indicator, code: str, now: SeriesView, at_least: int) -> Figure:
    reached = Decimal(now.at(code, coverage_key(indicator, at_least)))
    if not indicator.is_ratio:
        return Figure(reached, Decimal(1))
    return Figure(reached, Decimal(now.at(code, areas_key(indicator))))


def _growth(indicator: Indicator, code: str, now: SeriesView, before: SeriesView) -> Figure:
    """This year's flow against last year's: numerator is the increase, denominator last year's."""
    key, year, scale = SeriesKey("measure", indicator.measure), now.day.year, scale_of(indicator)
    current = now.year_to_date(code, key, year)
    if indicator.against == "whole_year":
        last = now.sum(code, key, month_of(year - 1, 1), month_of(year - 1, 12))
    else:
        last = before.year_to_date(code, key, year - 1)
    return Figure(Decimal(current - last) / scale, Decimal(last) / scale)
