"""Every figure opens: the rule in words, numerator and denominator, places, records, what is missing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from areas.codes import COUNTY_LEVEL
from areas.models import Area
from areas.successions import Successions
from indicators.measures import MEASURES
from indicators.models import Counting, Indicator, ManualFigure, Target
from indicators.progress.figure import is_money
from indicators.progress.formatting import quantity_text
from indicators.progress.impact import effects_of
from indicators.progress.lineage import lineage
from indicators.progress.progress import (
    Progress,
    indicators_of,
    plain,
    progress_of,
    ruling_targets,
    targets_at,
    views_for,
)
from indicators.progress.sentences import amount, effect_sentence, pace_sentence
from indicators.progress.target_review import disagreements, milestones
from indicators.progress.target_sentences import demand_text, difference_text, standing_text
from indicators.rules.base import rule_text
from indicators.store.engine import SeriesKey
from indicators.store.series_reader import view
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext
from reviews.models import Status

_LISTED, _NAMED = 200, 5


@dataclass(frozen=True)
class Shortfall:
    """An area that a coverage asks for and that falls short, in the measure's unit."""

    area: Area
    has: Decimal
    missing: Decimal


def shortfalls(
    indicator: Indicator, root: str, day: datetime.date, at_least: int
) -> list[Shortfall]:
    """The counted areas below `root` that a coverage finds short, the nearest to it first."""
    return all_shortfalls([(indicator, at_least)], root, day)[indicator.code]


def all_shortfalls(
    coverages: Sequence[tuple[Indicator, int]], root: str, day: datetime.date
) -> dict[str, list[Shortfall]]:
    """The same for several indicators of a plan with their thresholds, read at once; by code."""
    levels = {indicator.level or 5 for indicator, _ in coverages}
    areas = Area.objects.within(root).existing_on(day).filter(level__in=levels, is_counted=True)
    places = {area.code: area for area in areas}
    if not places:
        return {indicator.code: [] for indicator, _ in coverages}
    keys = {SeriesKey("measure", indicator.measure) for indicator, _ in coverages}
    seen = view(list(places), day, TreeContext(root), keys, years=1)
    return {
        indicator.code: _short(indicator, places.values(), seen, at_least)
        for indicator, at_least in coverages
    }


def _short(
    indicator: Indicator, areas: Iterable[Area], seen: SeriesView, at_least: int
) -> list[Shortfall]:
    measure, key = MEASURES[indicator.measure], SeriesKey("measure", indicator.measure)
    found = []
    for area in areas:
        if area.level != (indicator.level or 5) or (indicator.is_urban_only and not area.is_urban):
            continue
        code, is_yearly = area.code, not measure.is_stock
        count = seen.year_to_date(code, key, seen.day.year) if is_yearly else seen.at(code, key)
        has = Decimal(count) / (100 if is_money(indicator) else 1)
        if has < at_least:
            found.append(Shortfall(area, has, at_least - has))
    return sorted(found, key=lambda item: (item.missing, item.area.code))


def _figure_of(indicator: Indicator, area: str, target: Target) -> Progress | None:
    """How the area stood on the day a past target fell due."""
    rows = progress_of(indicator.plan, [area], target.due_on, target.due_on.year)[area]
    item = next(row for row in rows if row.indicator.pk == indicator.pk)
    return item if item.target is not None and item.target.due_on == target.due_on else None


def build_explanation(
    indicator: Indicator, area: Area, day: datetime.date, user: User, year: int | None = None
) -> dict[str, Any]:
    """The template's context for one figure, against one year's targets."""
    plan = indicator.plan
    children = list(Area.objects.children_of(area.code, day))
    codes = [area.code, *(child.code for child in children)]
    indicators = indicators_of(plan, codes)
    tree = TreeContext(area.code, codes)
    views = views_for(indicators, codes, day, tree)
    rows = progress_of(plan, codes, day, year, tree, views=views, indicators=indicators)
    items = {
        code: next(item for item in found if item.indicator.pk == indicator.pk)
        for code, found in rows.items()
    }
    item = items[area.code]
    return {
        "indicator": indicator,
        "item": item,
        "sentence": pace_sentence(item),
        "value": amount(indicator, item.value),
        "rule": rule_text(_as_measured(item)),
        "parts": _parts(item),
        "targets": _targets(item, area, day),
        "disagreements": disagreements(indicator),
        "milestones": [
            (each.year, amount(indicator, each.value)) for each in milestones(indicator)
        ],
        "children": [(child, amount(indicator, items[child.code].value)) for child in children],
        "child_label": plan.label_of(min(area.level + 1, 5)),
        **_records(item, area, day, user),
        **_missing(item, area, views, year),
    }


def _as_measured(item: Progress) -> Indicator:
    """The indicator with the threshold of the target it is measured against."""
    indicator = copy(item.indicator)
    indicator.at_least = item.at_least
    return indicator


def areas_word(indicator: Indicator) -> str:
    """What a coverage is about: `城镇社区`, `街道`."""
    return "城镇社区" if indicator.is_urban_only else indicator.plan.label_of(indicator.level or 5)


def _threshold(item: Progress) -> str:
    """`2`, `100元`."""
    return f"{item.at_least}{'元' if is_money(item.indicator) else ''}"


def _parts(item: Progress) -> list[tuple[str, str]]:
    """Numerator and denominator in words."""
    indicator, figure = item.indicator, item.figure
    if indicator.counting == Counting.GROWTH:
        return [
            ("本年比上年增加", quantity_text(indicator, figure.numerator)),
            ("上年数", quantity_text(indicator, figure.denominator)),
        ]
    if indicator.counting == Counting.COVERAGE:
        word = areas_word(indicator)
        top = (f"不少于{_threshold(item)}的{word}", plain(figure.numerator, 0) or "0")
        all_of_them = (f"纳入考核的{word}", plain(figure.denominator, 0) or "0")
        return [top, all_of_them] if indicator.is_ratio else [top]
    if indicator.counting == Counting.MANUAL:
        return [
            ("填报的完成数", plain(figure.numerator, 2) or "0"),
            ("填报的总数", plain(figure.denominator, 2) or "0"),
        ]
    return [("合计", amount(indicator, figure.numerator))]


def _targets(item: Progress, area: Area, day: datetime.date) -> list[dict[str, Any]]:
    """Each target with its place in the document; the ruling ones with how they were or are met."""
    indicator = item.indicator
    here = {target.due_on: target for target in targets_at(indicator, area.code)}
    ruling = {target.pk for target in ruling_targets(indicator)}
    shown = []
    for target in indicator.targets.all():
        own = here.get(target.due_on) if target.pk in ruling else None
        met = None
        if own is not None and own.due_on <= day:
            met = _figure_of(indicator, area.code, own)
        elif own is not None and item.target is not None and item.target.due_on == own.due_on:
            met = item
        shown.append(
            {
                "text": demand_text(indicator, own or target),
                "where": standing_text(target),
                "clause": target.clause,
                "comment": target.comment,
                "rules": target.pk in ruling,
                "is_allocated": own is not None and own.pk is None,
                "is_of_plan": own is None and target.pk in ruling,
                "value": amount(indicator, met.value) if met is not None else "",
                "state": met.state if met is not None else None,
            }
        )
    return shown


def _records(item: Progress, area: Area, day: datetime.date, user: User) -> dict[str, Any]:
    """The approved records; above a county there are too many to list."""
    if area.level < COUNTY_LEVEL:
        return {"records": [], "record_count": None}
    found = lineage(item.indicator, area.code, day, item.at_least)
    shown = found[:_LISTED]
    places = Area.objects.in_bulk([each.area_code for each in shown])
    return {
        "records": [
            {
                **each.as_json(),
                "place": places[each.area_code],
                "quantity": quantity_text(item.indicator, each.quantity),
                "is_open": user.covers(each.record.area_id),
            }
            for each in shown
        ],
        "record_count": len({(type(each.record), each.record.pk) for each in found}),
        "row_count": len(found),
    }


def _missing(
    item: Progress, area: Area, views: tuple[SeriesView, SeriesView], year: int | None
) -> dict[str, Any]:
    """Who falls short, what is pending, and what would close the gap."""
    indicator = item.indicator
    short = []
    if indicator.counting == Counting.COVERAGE:
        short = shortfalls(indicator, area.code, views[0].day, item.at_least)
    return {
        "shortfalls": [
            (each.area, plain(each.has, 2), plain(each.missing, 2)) for each in short[:_LISTED]
        ],
        "shortfall_count": len(short),
        "threshold": _threshold(item),
        "closing": _closing(item, short),
        **_pending(indicator, area, views, year),
    }


def _closing(item: Progress, short: Sequence[Shortfall]) -> str:
    """What would close the gap, in one sentence."""
    indicator, target, gap = item.indicator, item.target, item.gap
    if target is None or gap is None:
        return ""
    if indicator.counting == Counting.COVERAGE:
        return _nearest(item, target, short)
    if indicator.counting == Counting.GROWTH:
        needed = quantity_text(indicator, gap * item.figure.denominator)
        return f"再增加{needed}（上年数的{plain(gap * 100, 2)}%）即可完成目标。"
    return f"再增加{difference_text(indicator, gap)}即可完成目标。"


def _nearest(item: Progress, target: Target, short: Sequence[Shortfall]) -> str:
    """How many areas more, and which of them have the least way to go."""
    total = item.figure.denominator if item.indicator.is_ratio else Decimal(1)
    needed = int((target.value * total - item.figure.numerator).to_integral_value(ROUND_CEILING))
    named = short[: min(needed, _NAMED)]
    if not named:
        return ""
    names = "、".join(str(each.area) for each in named) + ("等" if needed > len(named) else "")
    word = areas_word(item.indicator)
    return f"再有{needed}个{word}达标即可完成目标；最接近达标的是：{names}。"


def _pending(
    indicator: Indicator, area: Area, views: tuple[SeriesView, SeriesView], year: int | None
) -> dict[str, Any]:
    """What the submissions under review would bring, if all of them passed."""
    plan, codes, day = indicator.plan, [area.code], views[0].day
    rows = _pending_rows(indicator, area.code, day)
    count = rows.count() if rows is not None else 0
    if rows is None or not count:
        return {"pending_count": 0, "pending_effect": ""}
    change = (rows.model, rows)
    found = effects_of(plan, codes, day, change, is_gain=True, year=year, views=views)
    mine = next((one for one in found if one.before.indicator.pk == indicator.pk), None)
    return {
        "pending_count": count,
        "pending_effect": effect_sentence(mine) if mine and mine.is_felt else "",
    }


def _pending_rows(indicator: Indicator, code: str, day: datetime.date) -> QuerySet[Any] | None:
    """The submissions of an area under review that the figure is about; None where there can be none."""
    successions, measure = Successions.stored(), MEASURES.get(indicator.measure)
    rows: QuerySet[Any]
    if indicator.counting == Counting.MANUAL:
        own = Q(plan_code=indicator.plan.code, indicator_code=indicator.code)
        rows = ManualFigure.objects.filter(own, successions.condition("area_id", code, day))
    elif measure is None or measure.record is None:
        return None
    else:
        table: Any = measure.model._default_manager
        rows = table.filter(measure.where, successions.condition(measure.area, code, day))
        if measure.record:
            reached = rows.order_by().values(measure.record)
            rows = measure.record_model._default_manager.filter(pk__in=reached)
    return rows.filter(status=Status.PENDING)
