"""The page of one figure: its rule in words, its parts, areas and records, and what is missing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from copy import copy
from dataclasses import replace

from accounts.models import User
from areas.codes import COUNTY_LEVEL
from areas.models import Area
from indicators.models import Indicator, Target
from indicators.progress.impact import effects_of
from indicators.progress.lineage import lineage
from indicators.progress.progress import (
    Progress,
    State,
    indicators_of,
    progress_of,
    ruling_targets,
    targets_at,
    views_for,
)
from indicators.progress.sentences import amount, effect_sentence, pace_sentence
from indicators.progress.target_review import disagreements, milestones
from indicators.progress.target_sentences import demand_text, standing_text
from indicators.rules import rule_of
from indicators.rules.answers.shortfalls import Shortfall
from indicators.rules.answers.values import plain, quantity_text, threshold_text
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext

_LISTED, _NAMED = 200, 5


def _figure_of(indicator: Indicator, area: str, target: Target) -> Progress | None:
    """The progress of an area on a past target's due day; None if another target applied then."""
    rows = progress_of(indicator.plan, [area], target.due_on, target.due_on.year)[area]
    item = next(row for row in rows if row.indicator.pk == indicator.pk)
    if item.target is not None and item.target.due_on == target.due_on:
        return item
    return _met_instead(item, target)


def build_explanation(
    indicator: Indicator, area: Area, day: datetime.date, user: User, year: int | None = None
) -> dict[str, object]:
    """The context of the figure's template; `year`: whose targets (default: the day's)."""
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
        "rule": rule_of(_as_measured(item)).text,
        "parts": rule_of(indicator).parts(item.figure, item.at_least),
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
    """A copy of the indicator with the threshold of the target that it is compared with."""
    indicator = copy(item.indicator)
    indicator.at_least = item.at_least
    return indicator


def _targets(item: Progress, area: Area, day: datetime.date) -> list[dict[str, object]]:
    """The rows of the targets: where each is written and, for ruling ones, whether it was or is met."""
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
        elif own is not None and item.met_instead is not None:
            met = _met_instead(item, own)
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


def _met_instead(item: Progress, own: Target) -> Progress | None:
    """The item as its later, lower target has it, where `own` is that target."""
    is_lower = item.met_instead is not None and item.met_instead.due_on == own.due_on
    return replace(item, state=State.ACHIEVED) if is_lower else None


def _records(item: Progress, area: Area, day: datetime.date, user: User) -> dict[str, object]:
    """The approved records behind the figure; none above a county, where there are too many to list."""
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
) -> dict[str, object]:
    """Which areas fall short, what is under review, and what would close the gap."""
    indicator = item.indicator
    short = rule_of(indicator).shortfalls(area.code, views[0].day, item.at_least)
    return {
        "shortfalls": [
            (each, plain(each.has, 2), plain(each.missing, 2)) for each in short[:_LISTED]
        ],
        "shortfall_count": len(short),
        "short_words": rule_of(indicator).short_title,
        "are_records_short": any(each.name for each in short),
        "threshold": threshold_text(indicator, item.at_least)
        if rule_of(indicator).has_threshold
        else "",
        "closing": _closing(item, short),
        **_pending(indicator, area, views, year),
    }


def _closing(item: Progress, short: Sequence[Shortfall]) -> str:
    """What would close the gap, in one sentence; "" where there is no gap."""
    if item.target is None or item.gap is None:
        return ""
    return rule_of(item.indicator).closing(item.figure, item.target, item.gap, short)


def _pending(
    indicator: Indicator, area: Area, views: tuple[SeriesView, SeriesView], year: int | None
) -> dict[str, object]:
    """The figure that would result if all submissions under review were approved."""
    plan, codes, day = indicator.plan, [area.code], views[0].day
    rows = rule_of(indicator).pending(area.code, day)
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
