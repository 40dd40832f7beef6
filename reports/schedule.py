"""When reports are due, and who files them."""

from __future__ import annotations

import datetime

import chinese_calendar

from areas.codes import level_of
from areas.models import Area
from areas.querysets import AreaQuerySet
from indicators.models import Plan

Day = datetime.date


def due_days(plan: Plan, on: Day) -> list[Day]:
    """Due days whose preparation has begun by `on`, since the plan's first one."""
    first = plan.report_first_due or plan.starts_on
    ahead = on + datetime.timedelta(days=plan.report_prepare_days)
    last = min(ahead, plan.ends_on + datetime.timedelta(days=plan.report_prepare_days))
    return sorted(_due_between(plan, first, last))


def _due_between(plan: Plan, first: Day, last: Day) -> list[Day]:
    days = [
        Day.fromisoformat(f"{year}-{day}")
        for year in range(first.year, last.year + 1)
        for day in plan.report_due
    ]
    return [day for day in days if first <= day <= last]


def next_due(plan: Plan, on: Day) -> Day | None:
    """The first due day from `on` on; None after the plan's last one."""
    first = max(plan.report_first_due or plan.starts_on, on)
    return min(_due_between(plan, first, plan.ends_on), default=None)


def last_due(plan: Plan, before: Day) -> Day | None:
    """The last due day before a day; None before the plan's first one."""
    first = plan.report_first_due or plan.starts_on
    last = min(before - datetime.timedelta(days=1), plan.ends_on)
    return max(_due_between(plan, first, last), default=None)


def file_by(plan: Plan, level: int, due_on: Day) -> Day:
    """An area's own day: below the plan's area it may be some days ahead."""
    return due_on - datetime.timedelta(days=plan.report_lead_days.get(str(level), 0))


# --- who ------------------------------------------------------------------------------------


def filing_levels(plan: Plan) -> list[int]:
    """The levels that file, the plan's own first."""
    return sorted({level_of(plan.area_code), *plan.report_levels})


def level_below(plan: Plan, level: int) -> int | None:
    """The next level that files below a level; None where none does."""
    return min((each for each in filing_levels(plan) if each > level), default=None)


def filers(plan: Plan, due_on: Day, level: int | None = None, root: str = "") -> AreaQuerySet:
    """The areas that file on a due day: the plan's own, and those below that are counted (纳入考核).

    `level`, `root`: only those of one level, only those within an area.
    """
    levels = filing_levels(plan) if level is None else [level]
    rows: AreaQuerySet = Area.objects.within(root or plan.area_code).existing_on(due_on)
    rows = rows.filter(level__in=levels)
    return rows.filter(is_counted=True) | rows.filter(code=plan.area_code)


def filers_below(plan: Plan, area: Area, due_on: Day) -> list[Area]:
    """Those whose reports an area compiles."""
    level = level_below(plan, area.level)
    return [] if level is None else list(filers(plan, due_on, level, area.code))


# --- days off -------------------------------------------------------------------------------


def day_off(day: Day) -> str:
    """Why nobody is at work on a day (a notice only: the day stays); empty on a working day."""
    try:
        is_off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # the State Council has not arranged that year yet
        return "周末" if day.weekday() > 4 else ""
    if not is_off:
        return ""
    names = {each.value: each.chinese for each in chinese_calendar.Holiday}
    return f"{names.get(holiday, '')}假期" if holiday else "周末"
