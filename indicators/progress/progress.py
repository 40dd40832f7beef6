"""Progress: the figures of an area compared with its targets."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict

from django.db.models import Prefetch

from dates.months import end_of_month, year_before
from indicators.models import Indicator, Plan, Target, TargetAllocation
from indicators.progress.pace import Pace, pace_of
from indicators.rules import keys_behind, keys_of_last_year, rule_of
from indicators.rules.answers.figure import NO_FIGURE, Figure
from indicators.rules.answers.values import decimals_of, plain
from indicators.store.series_reader import views_of
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext


class State(StrEnum):
    """The state of a figure compared with its target."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    LAGGING = "lagging"
    BEHIND = "behind"
    NO_TARGET = "no_target"
    NO_DATA = "no_data"

    @property
    def label(self) -> str:
        """The state in Chinese."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    State.ACHIEVED: "已完成",
    State.ON_TRACK: "正常",
    State.LAGGING: "滞后",
    State.BEHIND: "严重滞后",
    State.NO_TARGET: "未设目标",
    State.NO_DATA: "无数据",
}


@dataclass(frozen=True)
class Progress:
    """One indicator at one area on one day, against the target of one year."""

    indicator: Indicator
    figure: Figure
    target: Target | None
    pace: Pace | None
    state: State
    at_least: int
    #: The target of the year where it is met, but demands less than `target`, which fell due before it
    #: and is not met.
    met_instead: Target | None = None

    @property
    def value(self) -> Decimal | None:
        """The figure's value; None without data."""
        return self.figure.value

    @property
    def rate(self) -> Decimal | None:
        """Value divided by target; None without data or target."""
        if self.pace is None or self.target is None or self.value is None or not self.target.value:
            return None
        return self.value / self.target.value

    @property
    def expected(self) -> Decimal | None:
        """The value expected by the day (时序应达); None without a target."""
        return self.pace.expected if self.pace else None

    @property
    def projection(self) -> Decimal | None:
        """The value on the due day if the pace stays as it is; None without a projection."""
        return self.pace.projection if self.pace else None

    @property
    def gap(self) -> Decimal | None:
        """What is still missing; None without a target or once it is met."""
        if self.target is None or self.value is None or self.value >= self.target.value:
            return None
        return self.target.value - self.value


# --- targets --------------------------------------------------------------------------------


def ruling_targets(indicator: Indicator) -> list[Target]:
    """The targets that rule, by day: those written at the indicator's own place (annex or text)."""
    targets = list(indicator.targets.all())
    return [target for target in targets if target.place == indicator.place] or targets


def targets_at(indicator: Indicator, code: str) -> list[Target]:
    """The ruling targets as they hold at an area: the plan's own, or its part of them (目标分解)."""
    return targets_by_area(indicator).get(code, [])


def targets_by_area(indicator: Indicator) -> dict[str, list[Target]]:
    """By area code, the ruling targets as they hold there; only areas that have any."""
    ruling = ruling_targets(indicator)
    found: dict[str, list[Target]] = {}
    for target in ruling:
        for allocation in target.allocations.all():
            found.setdefault(allocation.area_id, []).append(
                _allocation_as_target(target, allocation)
            )
    return found | {indicator.plan.area_code: ruling}


def _allocation_as_target(target: Target, allocation: TargetAllocation) -> Target:
    return Target(
        indicator=target.indicator,
        due_on=target.due_on,
        operator=target.operator,
        value=allocation.value,
        at_least=target.at_least,
        document=target.document,
        place=target.place,
        clause=target.clause,
        comment="目标分解",
    )


def target_for(indicator: Indicator, year: int, day: datetime.date) -> Target | None:
    """The plan's own target of a year on a day; None where none is set."""
    return rule_of(indicator).due_target(ruling_targets(indicator), year, day)


def threshold_for(indicator: Indicator, day: datetime.date, target: Target | None) -> int:
    """The threshold of a coverage: that of the target, of the next one ahead, or the indicator's own."""
    if target is not None:
        return target.at_least or indicator.at_least
    ahead = [t for t in ruling_targets(indicator) if t.due_on >= day and t.at_least]
    return (ahead[0].at_least if ahead else None) or indicator.at_least


# --- progress -------------------------------------------------------------------------------


def indicators_of(plan: Plan, codes: Collection[str]) -> list[Indicator]:
    """The plan's indicators in its order, with targets, and with allocations to `codes`, prefetched."""
    allocations = TargetAllocation.objects.filter(area__in=codes)
    return list(
        plan.indicators.select_related("plan").prefetch_related(
            "targets", Prefetch("targets__allocations", allocations)
        )
    )


def views_for(
    indicators: Sequence[Indicator], codes: Sequence[str], day: datetime.date, tree: TreeContext
) -> tuple[SeriesView, SeriesView]:
    """The views from which the figures of these indicators are formed (see `views_of`)."""
    return views_of(codes, day, tree, keys_behind(indicators), keys_of_last_year(indicators))


def progress_of(
    plan: Plan,
    codes: Sequence[str],
    day: datetime.date,
    year: int | None = None,
    tree: TreeContext | None = None,
    views: tuple[SeriesView, SeriesView] | None = None,
    indicators: Sequence[Indicator] | None = None,
    given: Mapping[tuple[str, str], Figure] | None = None,
) -> dict[str, list[Progress]]:
    """Every indicator of the plan at each of `codes` on `day`, in the plan's order.

    Targets hold for the plan's own area, and their parts for the areas they were allocated to. An
    area that does not exist on the day has no figure. `tree`: the subtree of a common ancestor of
    `codes` (default: of the first of them); `views` those of `views_for`, `indicators` those of
    `indicators_of`, where the caller has them; `given` figures by (area, indicator) that are not to be
    computed here.
    """
    tree = tree or TreeContext(codes[0], codes)
    target_year = year or day.year
    if indicators is None:
        indicators = indicators_of(plan, codes)
    rules = [
        (one, targets_by_area(one), threshold_for(one, day, target_for(one, target_year, day)))
        for one in indicators
    ]
    if views is None:
        views = views_for(indicators, codes, day, tree)
    return {
        code: [
            _progress(
                indicator,
                code,
                views,
                targets.get(code, []),
                target_year,
                at_least,
                _formed(indicator, code, views, at_least, given or {})
                if tree.exists(code, day)
                else NO_FIGURE,
            )
            for indicator, targets, at_least in rules
        ]
        for code in codes
    }


def progress_under(indicator: Indicator, code: str, day: datetime.date) -> Progress:
    """The progress of an indicator under a rule that is not saved, counted from the records."""
    at_least = threshold_for(indicator, day, target_for(indicator, day.year, day))
    views = views_of([code], day, TreeContext(code), rule_of(indicator).series_keys(at_least))
    figure = rule_of(indicator).figure(code, *views, at_least)
    targets = targets_at(indicator, code)
    return _progress(indicator, code, views, targets, day.year, at_least, figure)


def _formed(
    indicator: Indicator,
    code: str,
    views: tuple[SeriesView, SeriesView],
    at_least: int,
    given: Mapping[tuple[str, str], Figure],
) -> Figure:
    figure = given.get((code, indicator.code))
    return rule_of(indicator).figure(code, *views, at_least) if figure is None else figure


def _progress(
    indicator: Indicator,
    code: str,
    views: tuple[SeriesView, SeriesView],
    targets: Sequence[Target],
    year: int,
    at_least: int,
    figure: Figure,
) -> Progress:
    now, value = views[0], figure.value
    target = rule_of(indicator).due_target(targets, year, now.day)
    if target is None or value is None:
        state = State.NO_DATA if value is None else State.NO_TARGET
        return Progress(indicator, figure, target, None, state, at_least)
    met_instead = None
    if (missed := _missed_before(indicator, targets, target, value, now.day)) is not None:
        target, met_instead = missed, target
    pace = pace_of(indicator, code, now, targets, target, value, at_least)
    state = _state(indicator, value, target.value, pace.expected)
    return Progress(indicator, figure, target, pace, state, at_least, met_instead)


def _missed_before(
    indicator: Indicator,
    targets: Sequence[Target],
    target: Target,
    value: Decimal,
    day: datetime.date,
) -> Target | None:
    """The target that fell due before `target`, demands more and is not met; None without one.

    A stage that demands less than the one before, such as 基本覆盖 after 全覆盖, does not make up for it.
    """
    if value < target.value or rule_of(indicator).starts_again:
        return None
    missed = [
        each
        for each in targets
        if each.due_on < min(day, target.due_on)
        and each.value > value
        and each.at_least == target.at_least
    ]
    return max(missed, key=lambda each: each.value, default=None)


def _state(indicator: Indicator, value: Decimal, target: Decimal, expected: Decimal) -> State:
    if value >= target:
        return State.ACHIEVED
    if value >= expected:
        return State.ON_TRACK
    # A growth of -10 % is 0.9 of last year: both are compared from the lowest value there can be.
    floor = rule_of(indicator).floor
    is_near = value - floor >= (expected - floor) * indicator.plan.lagging_from
    return State.LAGGING if is_near else State.BEHIND


def trend_of(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    months: int,
    before: SeriesView | None = None,
    at_least: int | None = None,
) -> list[Figure]:
    """Figures at the last `months` month ends of the view, the day itself last.

    `before` is the view a year before the day (default: the month end before it), `at_least` the
    threshold of the target it is drawn against (default: the indicator's).
    """
    figures = []
    for back in range(min(months, len(now.span)) - 1, -1, -1):
        figures.append(_figure_back(indicator, code, now, before, back, at_least))
    return figures


def _figure_back(
    indicator: Indicator,
    code: str,
    now: SeriesView,
    before: SeriesView | None,
    back: int,
    at_least: int | None,
) -> Figure:
    """The figure `back` months before the view's last column."""
    if back == 0:
        earlier = before or now.cut(year_before(now.day), now.day)
        return rule_of(indicator).figure(code, now, earlier, at_least)
    day = end_of_month(now.span.last - back)
    return rule_of(indicator).figure(code, now.cut(day), now.cut(year_before(day), day), at_least)


# --- as JSON ---------------------------------------------------------------------------------


class ProgressJson(TypedDict):
    """The shape other systems rely on (`progress --json`, the API); decimals are strings."""

    code: str
    name: str
    unit: str
    counting: str
    numerator: str
    denominator: str
    value: str | None
    target: str | None
    operator: str | None
    rate: str | None
    expected: str | None
    projection: str | None
    status: str


def as_json(item: Progress) -> ProgressJson:
    """The progress of one indicator as other systems read it (`progress --json`, the API)."""
    indicator, places = item.indicator, decimals_of(item.indicator)
    pace = max(places, 2)
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "counting": str(indicator.counting),
        "numerator": plain(item.figure.numerator, max(places, 4)),
        "denominator": plain(item.figure.denominator, max(places, 4)),
        "value": plain(item.value, max(places, 4) if indicator.is_percentage else places),
        "target": plain(item.target.value, 4) if item.target else None,
        "operator": item.target.operator if item.target else None,
        "rate": plain(item.rate, 4),
        "expected": plain(item.expected, pace),
        "projection": plain(item.projection, pace),
        "status": str(item.state),
    }
