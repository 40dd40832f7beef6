"""Which areas file a plan's reports, level by level."""

from __future__ import annotations

import datetime

from areas.codes import level_of
from areas.models import Area
from areas.querysets import AreaQuerySet
from indicators.models import Plan


def filing_levels(plan: Plan) -> list[int]:
    """The levels of the area tree that file: the plan's own level and those below that it names."""
    return sorted({level_of(plan.area_code), *plan.report_levels})


def level_below(plan: Plan, level: int) -> int | None:
    """The next filing level below a level; None where no level below files."""
    return min((each for each in filing_levels(plan) if each > level), default=None)


def level_above(plan: Plan, level: int) -> int | None:
    """The next filing level above a level; None for the plan's own level."""
    return max((each for each in filing_levels(plan) if each < level), default=None)


def filers(
    plan: Plan, due_on: datetime.date, level: int | None = None, root: str = ""
) -> AreaQuerySet:
    """The areas that file on a due day: the plan's own area, and counted areas (纳入考核) below it.

    `level` limits them to one level, `root` to the subtree of one area code.
    """
    levels = filing_levels(plan) if level is None else [level]
    rows: AreaQuerySet = Area.objects.within(root or plan.area_code).existing_on(due_on)
    rows = rows.filter(level__in=levels)
    return rows.filter(is_counted=True) | rows.filter(code=plan.area_code)


def filers_below(plan: Plan, area: Area, due_on: datetime.date) -> list[Area]:
    """The areas that file to `area`, whose reports it adds up."""
    level = level_below(plan, area.level)
    return [] if level is None else list(filers(plan, due_on, level, area.code))
