"""Which areas file a plan's reports, level by level."""

from __future__ import annotations

import datetime

from areas.codes import level_of
from areas.models import Area
from areas.querysets import AreaQuerySet
from indicators.models import Plan


def filing_levels(plan: Plan) -> list[int]:
    """The levels that file, the plan's own first."""
    return sorted({level_of(plan.area_code), *plan.report_levels})


def level_below(plan: Plan, level: int) -> int | None:
    """The next level that files below a level; None where none does."""
    return min((each for each in filing_levels(plan) if each > level), default=None)


def filers(
    plan: Plan, due_on: datetime.date, level: int | None = None, root: str = ""
) -> AreaQuerySet:
    """The areas that file on a due day: the plan's own, and those below that are counted (纳入考核).

    `level`, `root`: only those of one level, only those within an area.
    """
    levels = filing_levels(plan) if level is None else [level]
    rows: AreaQuerySet = Area.objects.within(root or plan.area_code).existing_on(due_on)
    rows = rows.filter(level__in=levels)
    return rows.filter(is_counted=True) | rows.filter(code=plan.area_code)


def filers_below(plan: Plan, area: Area, due_on: datetime.date) -> list[Area]:
    """Those whose reports an area compiles."""
    level = level_below(plan, area.level)
    return [] if level is None else list(filers(plan, due_on, level, area.code))
