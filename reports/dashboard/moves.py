"""What changed since the last report, and the ranking of the areas below."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

from indicators.models import Indicator
from indicators.progress.sentences import amount
from indicators.rules.answers.values import decimals_of, difference_text, plain
from reports.dashboard.board import DashboardFigures

_RANKED = 6


class Move(TypedDict):
    """A figure that changed since the last report; all values are texts."""

    indicator: Indicator
    then: str
    now: str
    difference: str
    link: str


def moves(board: DashboardFigures) -> list[Move]:
    """Return every figure whose value differs from that of the last report."""
    area = board.question.area
    found: list[Move] = []
    for at, item in enumerate(board.items):
        then, now = board.value_then(area, at), item.value
        if _shown(item.indicator, then) == _shown(item.indicator, now):
            continue
        found.append(
            {
                "indicator": item.indicator,
                "then": amount(item.indicator, then),
                "now": amount(item.indicator, now),
                "difference": signed(item.indicator, now, then),
                "link": board.question.figure(item.indicator, area.code),
            }
        )
    return found


def _shown(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    """A value rounded as it is shown (`value_text`)."""
    places = 4 if indicator.is_percentage else min(decimals_of(indicator), 2)
    text = plain(value, places)
    return None if text is None else Decimal(text)


def signed(indicator: Indicator, now: Decimal | None, then: Decimal | None) -> str:
    """Return the difference of two values as written: `+7个`, `-1.5个百分点`.

    A dash if one is missing.
    """
    now, then = _shown(indicator, now), _shown(indicator, then)
    if now is None or then is None:
        return "—"
    if now == then:
        return "持平"
    sign = "+" if now > then else "-"
    return f"{sign}{difference_text(indicator, abs(now - then))}"


def ranking(board: DashboardFigures, code: str) -> dict[str, object] | None:
    """Rank the areas below by an indicator of the annex, highest first; None if there are none."""
    if not board.children or not board.annex:
        return None
    at = next(
        (at for at in board.columns if board.items[at].indicator.code == code), board.columns[0]
    )
    indicator = board.items[at].indicator
    rows = [(child, board.rows[child.code][at].value) for child in board.children]
    known = [(child, value) for child, value in rows if value is not None]
    known.sort(key=lambda row: (-row[1], row[0].code))
    most = max((value for _, value in known), default=Decimal(0))
    places = [
        {
            "place": 1 + sum(other > value for _, other in known),
            "area": child,
            "text": amount(indicator, value),
            "width": plain(max(value, Decimal(0)) / most * 100, 1) if most > 0 else "0",
            "difference": signed(indicator, value, board.value_then(child, at)),
            "link": board.question.figure(indicator, child.code),
        }
        for child, value in known
    ]
    is_long = len(places) > 2 * _RANKED
    return {
        "indicator": indicator,
        "choices": [item.indicator for item in board.annex],
        "first": places[:_RANKED] if is_long else places,
        "last": places[-_RANKED:] if is_long else [],
        "hidden": len(places) - 2 * _RANKED if is_long else 0,
        "without": [child for child, value in rows if value is None],
    }
