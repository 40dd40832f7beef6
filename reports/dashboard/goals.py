"""The goals of the document's text, and the areas that miss what is required of every area."""

from __future__ import annotations

from collections.abc import Sequence

from areas.codes import COUNTY_LEVEL
from indicators.models import Indicator
from indicators.progress.progress import Progress
from indicators.progress.sentences import amount, pace_sentence
from indicators.rules import rule_of
from indicators.rules.answers.shortfalls import Shortfall, all_shortfalls
from reports.dashboard.board import DashboardFigures
from reports.dashboard.cards import SHAPES

_NAMED = 6


def goals(board: DashboardFigures) -> list[dict[str, object]]:
    """Return a sentence for each goal.

    Under a coverage or a rate, the areas that do not reach it yet.
    """
    short = _places_short(board)
    found = []
    for at, item in enumerate(board.items):
        names = short.get(item.indicator.code) or _below_target(board, at)
        if item in board.text or names:
            found.append(
                {
                    "indicator": item.indicator,
                    "state": item.state,
                    "shape": SHAPES[item.state],
                    "sentence": pace_sentence(item),
                    "link": board.question.figure(item.indicator, board.question.area.code),
                    "missing": names,
                }
            )
    return found


def _naming(board: DashboardFigures) -> list[Progress]:
    """Return the figures whose rule names who falls short."""
    return [item for item in board.items if rule_of(item.indicator).names_short]


def _places_short(board: DashboardFigures) -> dict[str, str]:
    """Return `尚未达标的社区12个：…` by indicator.

    Above a county, the text gives the number of such areas in each child.
    """
    naming = _naming(board)
    area, day = board.question.area, board.question.day
    if not naming or not board.children:
        return {}
    if area.level < COUNTY_LEVEL:
        return {item.indicator.code: _counted_short(board, item) for item in naming}
    asked = [
        (item.indicator, item.at_least) for item in naming if rule_of(item.indicator).has_threshold
    ]
    places = all_shortfalls(asked, area.code, day) if asked else {}
    for item in naming:
        if item.indicator.code not in places:
            rule = rule_of(item.indicator)
            places[item.indicator.code] = rule.shortfalls(area.code, day, item.at_least)
    return {
        item.indicator.code: _named_short(item.indicator, places[item.indicator.code])
        for item in naming
    }


def _named_short(indicator: Indicator, places: Sequence[Shortfall]) -> str:
    if not places:
        return ""
    names = _first([each.label for each in places])
    return f"{rule_of(indicator).short_words}{len(places)}个：{names}"


def _counted_short(board: DashboardFigures, item: Progress) -> str:
    """Return how many areas below each child fall short, from the stored series alone."""
    indicator, now = item.indicator, board.views[0]
    rule = rule_of(indicator)
    rows = [(rule.number_short(child.code, now, item.at_least), child) for child in board.children]
    rows = sorted((row for row in rows if row[0] > 0), key=lambda row: (-row[0], row[1].code))
    if not rows:
        return ""
    names = _first([f"{child}（{count}）" for count, child in rows])
    total = sum(count for count, _ in rows)
    return f"{rule.short_words}{total}个，分布在{names}"


def _below_target(board: DashboardFigures, at: int) -> str:
    """Return the areas below whose rate does not reach the target of the whole area."""
    item = board.items[at]
    rule = rule_of(item.indicator)
    is_rate = rule.has_denominator and not rule.names_short
    if item.target is None or not (is_rate and item.indicator.is_percentage):
        return ""
    rows = [(board.rows[child.code][at].value, child) for child in board.children]
    below = sorted(
        (
            (value, child)
            for value, child in rows
            if value is not None and value < item.target.value
        ),
        key=lambda row: (row[0], row[1].code),
    )
    if not below:
        return ""
    names = _first([f"{child}（{amount(item.indicator, value)}）" for value, child in below])
    return f"低于{amount(item.indicator, item.target.value)}的地区{len(below)}个：{names}"


def _first(names: Sequence[str]) -> str:
    """Return `甲、乙等`: the first few names."""
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
