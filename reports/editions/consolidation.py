"""Adds up the editions below and compares the sums with the records (ADR 0014).

Records are reviewed in the county; so up to the county a report counts the records. Above it a report
is the sum of the editions below plus the records registered at the area itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from areas.codes import COUNTY_LEVEL
from areas.models import Area
from indicators.models import Indicator
from indicators.progress.progress import Progress
from indicators.rules import rule_of
from indicators.rules.answers.figure import NO_FIGURE, Figure
from indicators.rules.answers.values import difference_text, plain, value_text
from reports.editions.child_reports import ChildReport
from reports.models import Edition
from reports.schema.content import FigureDifference, SummedFigure

_EXACT = 12


def is_consolidated(area: Area, below: Sequence[ChildReport]) -> bool:
    """Whether the figures of an area's report are the sum of the editions below."""
    return area.level < COUNTY_LEVEL and bool(below)


def exact(number: Decimal) -> str:
    """Return a numerator or denominator as a decimal string, rounded to 12 decimals only."""
    return plain(number, _EXACT)


@dataclass(frozen=True)
class Sum:
    """An indicator of an area: `reported` by the areas below, `direct` its own, `live` all records."""

    indicator: Indicator
    reported: Figure
    direct: Figure
    live: Figure
    #: Whether some areas have filed, but none of them counted this indicator by this rule.
    is_unknown: bool

    @property
    def figure(self) -> Figure:
        """The reported figure plus the area's own; no figure where nobody below has filed it."""
        if self.is_unknown:
            return NO_FIGURE
        numerator = self.reported.numerator + self.direct.numerator
        if not rule_of(self.indicator).has_denominator:
            return Figure(numerator, self.live.denominator)
        return Figure(numerator, self.reported.denominator + self.direct.denominator)

    def as_sealed(self) -> SummedFigure:
        """Return its entry in an edition: unrounded numerators, and values as written."""
        indicator = self.indicator
        return SummedFigure(
            code=indicator.code,
            name=indicator.name,
            unit=indicator.unit,
            is_percentage=indicator.is_percentage,
            reported=exact(self.reported.numerator),
            direct=exact(self.direct.numerator),
            summed=exact(self.figure.numerator),
            live=exact(self.live.numerator),
            difference=exact(self.live.numerator - self.figure.numerator),
            summed_text=value_text(indicator, self.figure.value),
            live_text=value_text(indicator, self.live.value),
        )


def sums_of(
    area: Area, live: Mapping[str, Sequence[Progress]], below: Sequence[ChildReport]
) -> list[Sum]:
    """Return a sum for each indicator; `live` holds the area and all that file to it, by code."""
    found = []
    for at, item in enumerate(live[area.code]):
        lower = [live[each.area.code][at].figure for each in below]
        own = item.figure
        direct = Figure(
            own.numerator - sum((each.numerator for each in lower), Decimal(0)),
            own.denominator - sum((each.denominator for each in lower), Decimal(0)),
        )
        there = [each.figure(item.indicator, item.at_least) for each in below if each.edition]
        filed = [figure for figure in there if figure is not None]
        reported = Figure(
            sum((each.numerator for each in filed), Decimal(0)),
            sum((each.denominator for each in filed), Decimal(0)),
        )
        found.append(Sum(item.indicator, reported, direct, own, bool(there) and not filed))
    return found


def differences(
    live: Mapping[str, Sequence[Progress]], below: Sequence[ChildReport]
) -> list[FigureDifference]:
    """Return the figures that differ between an edition below and the present records."""
    found = []
    for each in below:
        for item in live[each.area.code]:
            sealed = each.figure(item.indicator, item.at_least)
            is_same = sealed is not None and _same(item.indicator, sealed, item.figure)
            if each.edition is None or is_same:
                continue
            found.append(_figure_difference(each, each.edition, item, sealed))
    return found


def _figure_difference(
    child: ChildReport, edition: Edition, item: Progress, sealed: Figure | None
) -> FigureDifference:
    indicator = item.indicator
    return FigureDifference(
        area=child.area.code,
        name=child.area.short_name,
        as_of=edition.as_of,
        code=indicator.code,
        indicator=indicator.name,
        sealed_text=value_text(indicator, sealed.value) if sealed else "无此指标或口径不同",
        live_text=value_text(indicator, item.value),
        difference_text=_difference(indicator, sealed, item.figure) if sealed else "—",
        unit=indicator.unit,
    )


def _same(indicator: Indicator, one: Figure, other: Figure) -> bool:
    is_other = rule_of(indicator).has_denominator and exact(one.denominator) != exact(
        other.denominator
    )
    return exact(one.numerator) == exact(other.numerator) and not is_other


def _difference(indicator: Indicator, sealed: Figure, live: Figure) -> str:
    if sealed.value is None or live.value is None:
        return "—"
    change = live.value - sealed.value
    if not change:
        return "分母不同"
    return f"{'-' if change < 0 else '+'}{difference_text(indicator, abs(change))}"
