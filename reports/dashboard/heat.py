"""The table of areas below × indicators; states where targets were allocated, otherwise shades."""

from __future__ import annotations

from decimal import Decimal

from areas.models import Area
from indicators.progress.progress import Progress, State, as_json
from indicators.rules.answers.values import value_text
from reports.dashboard.board import DashboardFigures
from reports.dashboard.cards import SHAPES

_SHADES = 5


def heat(board: DashboardFigures) -> dict[str, object]:
    """Return the columns, a row for each area below, and the area's own row."""
    most = [
        max((board.rows[child.code][at].value or Decimal(0) for child in board.children), default=0)
        for at in board.columns
    ]
    return {
        "columns": [item.indicator for item in board.annex],
        "table": [_row(board, child, most) for child in board.children],
        "total": [value_text(item.indicator, item.value) for item in board.annex],
        "total_cells": [_cell(board, board.question.area, item) for item in board.annex],
        "is_shared": any(
            board.rows[child.code][at].target for child in board.children for at in board.columns
        ),
    }


def _row(board: DashboardFigures, child: Area, most: list[Decimal | int]) -> dict[str, object]:
    items = [board.rows[child.code][at] for at in board.columns]
    cells = [_cell(board, child, item, top) for item, top in zip(items, most, strict=True)]
    return {
        "area": child,
        "link": board.question.address(child.code),
        "values": [cell["text"] for cell in cells],
        "cells": cells,
    }


def _cell(
    board: DashboardFigures, area: Area, item: Progress, most: Decimal | int = 0
) -> dict[str, object]:
    has_state = item.target is not None or item.state == State.NO_DATA
    return {
        "text": value_text(item.indicator, item.value),
        "exact": as_json(item)["value"] or "",
        "state": item.state if has_state else None,
        "shape": SHAPES[item.state] if has_state else "",
        "shade": 0 if has_state else _shade(item.value, most),
        "link": board.question.figure(item.indicator, area.code),
    }


def _shade(value: Decimal | None, most: Decimal | int) -> int:
    """Return the shade from 0 (nothing) to 5 (as much as the highest)."""
    if not value or value < 0 or most <= 0:
        return 0
    return max(1, round(value / most * _SHADES))
