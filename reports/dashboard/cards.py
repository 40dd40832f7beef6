"""The cards of a dashboard, one per figure: value, target, ring, pace, trend, next target."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from indicators.models import Target
from indicators.progress.formatting import rate_text, target_text
from indicators.progress.progress import Progress, as_json, targets_at
from indicators.progress.sentences import expected_text, outlook
from indicators.rules.answers.values import plain, value_text
from reports.dashboard.board import DashboardFigures

#: The size of the box in which the small trend is drawn, in pixels.
_WIDTH, _HEIGHT = 120, 28
#: A shape for each state, because not everybody can distinguish the colours.
SHAPES = {
    "achieved": "✓",
    "on_track": "●",
    "lagging": "▲",
    "behind": "▼",
    "no_target": "○",
    "no_data": "—",
}


def card(
    board: DashboardFigures, item: Progress, values: Sequence[float | None]
) -> dict[str, object]:
    """Return what a figure's card shows; `values` are those of its last twelve months."""
    indicator = item.indicator
    ahead = next_target(board, item)
    share = min(max(item.rate or Decimal(0), Decimal(0)), Decimal(1))
    return {
        "indicator": indicator,
        "value": value_text(indicator, item.value),
        "exact": as_json(item)["value"] or "",
        "unit": "" if indicator.is_percentage else indicator.unit,
        "target": target_text(indicator, item.target),
        "has_target": item.target is not None,
        "due": item.target.due_on if item.target else None,
        "rate": rate_text(item),
        "ring": plain(share * 100, 1),
        "expected": expected_text(item),
        "gap": value_text(indicator, item.gap) if item.gap is not None else "",
        "parts": _parts(item),
        "outlook": outlook(item),
        "next": target_text(indicator, ahead) if ahead else "",
        "next_due": ahead.due_on if ahead else None,
        "state": item.state,
        "shape": SHAPES[item.state],
        "link": board.question.figure(indicator, board.question.area.code),
        "points": _points(values),
    }


def next_target(board: DashboardFigures, item: Progress) -> Target | None:
    """Return the area's next target, its own or allocated to it; None after the last."""
    targets = targets_at(item.indicator, board.question.area.code)
    return next((target for target in targets if target.due_on > board.question.day), None)


def _parts(item: Progress) -> str:
    """Return "64/79" for a share of areas, otherwise ""."""
    if not item.indicator.is_ratio:
        return ""
    return f"{plain(item.figure.numerator, 0)}/{plain(item.figure.denominator, 0)}"


def _points(values: Sequence[float | None]) -> str:
    """Return the points of a polyline; months without a value are left out.

    "" if there is no line.
    """
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = (bound(value for _, value in known) for bound in (min, max))
    step, height = _WIDTH / (len(values) - 1), _HEIGHT - 4
    points = (
        (at * step, 2 + height * (1 - ((value - low) / (high - low) if high > low else 0)))
        for at, value in known
    )
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
