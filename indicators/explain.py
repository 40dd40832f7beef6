"""Every figure opens: the rule in words, numerator and denominator, places, records, what is missing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from areas.codes import COUNTY_LEVEL
from areas.models import Area
from indicators.counting import is_money
from indicators.engine import SeriesKey
from indicators.figures import (
    Progress,
    plain,
    progress_of,
    ruling_targets,
    targets_at,
)
from indicators.lineage import Contribution, lineage
from indicators.measures import MEASURES
from indicators.models import Counting, Indicator, Plan, Target
from indicators.rules import rule_text
from indicators.snapshots import view
from indicators.tables import target_text
from indicators.target_reading import disagreements, milestones
from indicators.target_words import standing_text
from indicators.what_if import effects_of
from indicators.wording import amount, effect_sentence, pace_sentence
from reviews.models import Status

_LISTED = 200


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
    measure = MEASURES[indicator.measure]
    areas = Area.objects.within(root).existing_on(day)
    areas = areas.filter(level=indicator.level or 5, is_counted=True)
    if indicator.is_urban_only:
        areas = areas.filter(is_urban=True)
    places = {area.code: area for area in areas}
    if not places:
        return []
    key = SeriesKey("measure", indicator.measure)
    seen = view(list(places), day, root, [key], this_year_only=True)
    found = []
    for code, area in places.items():
        is_yearly = not measure.is_stock
        count = seen.year_to_date(code, key, day.year) if is_yearly else seen.at(code, key)
        has = Decimal(count) / (100 if is_money(indicator) else 1)
        if has < at_least:
            found.append(Shortfall(area, has, at_least - has))
    return sorted(found, key=lambda item: (item.missing, item.area.code))


def _figure_of(plan: Plan, indicator: Indicator, area: str, target: Target) -> Progress | None:
    """How the area stood on the day a past target fell due."""
    rows = progress_of(plan, [area], target.due_on, target.due_on.year)[area]
    item = next(row for row in rows if row.indicator.pk == indicator.pk)
    return item if item.target is not None and item.target.due_on == target.due_on else None


def build_explanation(
    plan: Plan, indicator: Indicator, area: Area, day: datetime.date, year: int | None = None
) -> dict[str, Any]:
    """The template's context for one figure."""
    children = list(Area.objects.children_of(area.code, day))
    codes = [area.code, *(child.code for child in children)]
    rows = progress_of(plan, codes, day, year, root=area.code)
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
        "rule": rule_text(indicator),
        "parts": _parts(item),
        "targets": _targets(plan, item, area, day),
        "disagreements": disagreements(indicator),
        "milestones": [
            (each.year, amount(indicator, each.value)) for each in milestones(indicator)
        ],
        "children": [(child, amount(indicator, items[child.code].value)) for child in children],
        "child_label": plan.label_of(min(area.level + 1, 5)),
        **_records(indicator, area, day, item.at_least),
        **_missing(plan, item, area, day),
    }


def _parts(item: Progress) -> list[tuple[str, str]]:
    """Numerator and denominator in words."""
    indicator, figure = item.indicator, item.figure
    if indicator.counting == Counting.GROWTH:
        return [
            ("本年比上年增加", plain(figure.numerator, 4) or "0"),
            ("上年数", plain(figure.denominator, 4) or "0"),
        ]
    if indicator.counting == Counting.COVERAGE:
        word = indicator.plan.label_of(indicator.level or 5)
        word = "城镇社区" if indicator.is_urban_only else word
        top = (f"达到{item.at_least}个以上的{word}", plain(figure.numerator, 0) or "0")
        all_of_them = (f"纳入考核的{word}", plain(figure.denominator, 0) or "0")
        return [top, all_of_them] if indicator.is_share else [top]
    if indicator.counting == Counting.MANUAL:
        return [
            ("填报的完成数", plain(figure.numerator, 2) or "0"),
            ("填报的总数", plain(figure.denominator, 2) or "0"),
        ]
    return [("合计", amount(indicator, figure.numerator))]


def _targets(plan: Plan, item: Progress, area: Area, day: datetime.date) -> list[dict[str, Any]]:
    """Each target with its place in the document; the ruling ones with how they were or are met."""
    indicator = item.indicator
    here = {target.due_on: target for target in targets_at(indicator, area.code)}
    ruling = {target.pk for target in ruling_targets(indicator)}
    shown = []
    for target in indicator.targets.all():
        own = here.get(target.due_on) if target.pk in ruling else None
        met = None
        if own is not None and own.due_on <= day:
            met = _figure_of(plan, indicator, area.code, own)
        elif own is not None and item.target is not None and item.target.due_on == own.due_on:
            met = item
        shown.append(
            {
                "text": target_text(indicator, own or target),
                "where": standing_text(target),
                "clause": target.clause,
                "comment": target.comment,
                "rules": target.pk in ruling,
                "is_share": own is not None and own.pk is None,
                "value": amount(indicator, met.value) if met is not None else "",
                "state": met.state if met is not None else None,
            }
        )
    return shown


def _records(indicator: Indicator, area: Area, day: datetime.date, at_least: int) -> dict[str, Any]:
    """The approved records; above a county there are too many to list."""
    if area.level < COUNTY_LEVEL:
        return {"records": [], "record_count": None}
    found: Sequence[Contribution] = lineage(indicator, area.code, day, at_least)
    return {"records": [item.as_json() for item in found[:_LISTED]], "record_count": len(found)}


def _missing(plan: Plan, item: Progress, area: Area, day: datetime.date) -> dict[str, Any]:
    """Who falls short, what is pending, and what would close the gap."""
    indicator = item.indicator
    short = []
    if indicator.counting == Counting.COVERAGE:
        short = shortfalls(indicator, area.code, day, item.at_least)
    return {
        "shortfalls": [
            (each.area, plain(each.has, 2), plain(each.missing, 2)) for each in short[:_LISTED]
        ],
        "shortfall_count": len(short),
        "closing": _closing(item, short),
        **_pending(plan, indicator, area, day),
    }


def _closing(item: Progress, short: Sequence[Shortfall]) -> str:
    """What would close the gap, in one sentence."""
    indicator, target, gap = item.indicator, item.target, item.gap
    if target is None or gap is None:
        return ""
    if indicator.counting == Counting.COVERAGE:
        total = item.figure.denominator if indicator.is_share else Decimal(1)
        needed = (target.value * total - item.figure.numerator).to_integral_value(ROUND_CEILING)
        nearest = "、".join(str(each.area) for each in short[: min(int(needed), 5)])
        more = "等" if needed > len(short[:5]) else ""
        return (
            f"再有{needed}个达标即可完成目标；最接近达标的是：{nearest}{more}。" if nearest else ""
        )
    if indicator.counting == Counting.GROWTH:
        needed_amount = gap * item.figure.denominator
        return f"再增加{plain(needed_amount, 2)}（上年数的{plain(gap * 100, 2)}%）即可完成目标。"
    return f"再增加{amount(indicator, gap)}即可完成目标。"


def _pending(plan: Plan, indicator: Indicator, area: Area, day: datetime.date) -> dict[str, Any]:
    """What the pending submissions would bring, if all of them passed."""
    measure = MEASURES.get(indicator.measure)
    if measure is None or measure.record is None:
        return {"pending_count": 0, "pending_effect": ""}
    rows = measure.record_model._default_manager.within(area.code).filter(status=Status.PENDING)  # type: ignore[attr-defined]
    places = set(rows.order_by().values_list("area_id", flat=True).distinct())
    if not places:
        return {"pending_count": 0, "pending_effect": ""}
    change = (measure.record_model, rows)
    found = effects_of(plan, [area.code], day, change, is_gain=True, within=places)
    mine = next((one for one in found if one.before.indicator.pk == indicator.pk), None)
    return {
        "pending_count": rows.count(),
        "pending_effect": effect_sentence(mine) if mine and mine.is_felt else "",
    }
