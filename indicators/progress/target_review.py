"""The targets of an indicator beside one another: contradictions, and values for years between."""

from __future__ import annotations

import datetime
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import pairwise

from indicators.models import Indicator, Target
from indicators.progress.progress import ruling_targets
from indicators.progress.target_sentences import deadline_text, source_text
from indicators.rules import rule_of
from indicators.rules.answers.values import amount_text, difference_text, is_whole

_FOUR_PLACES = Decimal("0.0001")


def disagreements(indicator: Indicator) -> list[str]:
    """Where annex and text differ, or a later target falls below an earlier one, in sentences."""
    targets = sorted(indicator.targets.all(), key=lambda target: (target.due_on, target.place))
    return [
        *_same_day(indicator, targets),
        *_demanded_earlier(indicator, targets),
        *_falling(indicator, targets),
    ]


def _same_day(indicator: Indicator, targets: list[Target]) -> Iterator[str]:
    for one, other in pairwise(targets):
        if one.due_on != other.due_on:
            continue
        when, places = deadline_text(one.due_on), (source_text(one), source_text(other))
        if one.value != other.value:
            one_text, other_text = (amount_text(indicator, each.value) for each in (one, other))
            apart = difference_text(indicator, abs(one.value - other.value))
            yield f"{when}：{places[0]}{one_text}，{places[1]}{other_text}，相差{apart}"
        elif _each(indicator, one) != _each(indicator, other):
            each = (f"{_each(indicator, target)}个" for target in (one, other))
            yield "{}：{}要求每个不少于{}，{}要求每个不少于{}".format(
                when, *(text for pair in zip(places, each, strict=True) for text in pair)
            )


def _demanded_earlier(indicator: Indicator, targets: list[Target]) -> Iterator[str]:
    """Sentences on targets that another place of the document sets for an earlier day already."""
    for target in targets:
        earlier = (each for each in targets if each.due_on < target.due_on)
        found = next((each for each in earlier if _outdoes(indicator, each, target)), None)
        if found is not None:
            what = f"{source_text(target)}{deadline_text(target.due_on)}的"
            what += amount_text(indicator, target.value)
            more = amount_text(indicator, found.value) if found.value != target.value else ""
            yield f"{what}，{source_text(found)}{deadline_text(found.due_on)}即要求{more}"


def _outdoes(indicator: Indicator, one: Target, other: Target) -> bool:
    """Whether `one`, of another place, makes `other` superfluous.

    It must demand at least as much, or more where the figure starts again with each period."""
    if one.place == other.place or _each(indicator, one) < _each(indicator, other):
        return False
    return one.value > other.value or (
        one.value == other.value and not rule_of(indicator).starts_again
    )


def _falling(indicator: Indicator, targets: list[Target]) -> Iterator[str]:
    for target in targets:
        higher = [
            each
            for each in targets
            if each.place == target.place
            and each.due_on < target.due_on
            and each.value > target.value
            and _each(indicator, each) >= _each(indicator, target)
        ]
        if higher:
            most = max(higher, key=lambda each: each.value)
            yield (
                f"{source_text(target)}{deadline_text(target.due_on)}的"
                f"{amount_text(indicator, target.value)}，低于{deadline_text(most.due_on)}的"
                f"{amount_text(indicator, most.value)}"
            )


def _each(indicator: Indicator, target: Target) -> int:
    return target.at_least or indicator.at_least


@dataclass(frozen=True)
class Milestone:
    """A value at a year's end that no document sets (推算): for display, never a target."""

    year: int
    value: Decimal
    is_derived: bool = True


def milestones(indicator: Indicator) -> list[Milestone]:
    """Values for the years between two ruling targets, on the straight line; counts are rounded up.

    None for growth, reported figures, stages within a year, or where the threshold changes.
    """
    targets = ruling_targets(indicator)
    years = [target.due_on.year for target in targets]
    if not rule_of(indicator).has_steady_pace or len(set(years)) < len(years):
        return []
    return [
        Milestone(year, _between(indicator, one, other, year))
        for one, other in pairwise(targets)
        if _each(indicator, one) == _each(indicator, other)
        for year in range(one.due_on.year + 1, other.due_on.year)
    ]


def _between(indicator: Indicator, one: Target, other: Target, year: int) -> Decimal:
    """The value at a year's end; time runs in months, so that a leap year is as long as any other."""
    first, last = _months(one.due_on), _months(other.due_on)
    share = (_months(datetime.date(year, 12, 31)) - first) / (last - first)
    value = Fraction(one.value) + (Fraction(other.value) - Fraction(one.value)) * share
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1) if is_whole(indicator) else _FOUR_PLACES, ROUND_CEILING)


def _months(day: datetime.date) -> Fraction:
    return day.year * 12 + day.month - 1 + Fraction(day.day, monthrange(day.year, day.month)[1])
