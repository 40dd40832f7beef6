"""Two areas or two days of a dashboard, side by side."""

from __future__ import annotations

import datetime

from areas.codes import is_within, level_of
from areas.models import Area
from areas.successions import Successions
from dates.text import day_text
from indicators.progress.progress import progress_of, views_for
from indicators.progress.services import is_about
from indicators.rules.answers.values import value_text
from indicators.store.tree_context import TreeContext
from reports.dashboard.board import DashboardFigures, views_on
from reports.dashboard.moves import signed


def siblings(board: DashboardFigures) -> list[Area]:
    """Return the areas of the same level and parent that the user sees and the plan covers."""
    area, user, plan = board.question.area, board.question.user, board.question.plan
    if area.level == 1 or not user.covers(above := area.ancestor_codes[-1]):
        return []
    rows = Area.objects.within(above).existing_on(board.question.day)
    found = list(rows.filter(level=level_of(area.code)).exclude(code=area.code))
    if is_within(above, plan.area_code):
        return found
    successions = Successions.stored()
    return [one for one in found if is_about(plan, one.code, successions)]


def compare(
    board: DashboardFigures, other: Area | None, day: datetime.date | None
) -> dict[str, object] | None:
    """Compare with another area, another day or both; None if neither is given."""
    question = board.question
    if other is None and day is None:
        return None
    there, then = other or question.area, day or question.day
    if other is None:
        views = views_on(board, [there.code], then)
    else:
        views = views_for(board.indicators, [there.code], then, TreeContext(there.code))
    # Each side is measured against its own year, unless the query names one year for both.
    items = progress_of(
        question.plan,
        [there.code],
        then,
        question.year,
        views=views,
        indicators=board.indicators,
    )[there.code]
    return {
        "here": f"{question.area}，{day_text(question.day)}",
        "there": f"{there}，{day_text(then)}",
        "rows": [
            {
                "indicator": mine.indicator,
                "here": value_text(mine.indicator, mine.value),
                "there": value_text(mine.indicator, theirs.value),
                "difference": signed(mine.indicator, mine.value, theirs.value),
            }
            for mine, theirs in zip(board.items, items, strict=True)
        ],
    }
