"""Entry points for commands, pages, API and reports: plans, areas, days and progress by name."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from areas.codes import is_within
from areas.models import Area
from areas.successions import Successions
from indicators.models import Indicator, Plan
from indicators.progress.lineage import lineage
from indicators.progress.progress import Progress, as_json, progress_of


class NotFound(ValueError):
    """A plan, area or indicator does not exist; the message names it and those that exist."""


@dataclass(frozen=True)
class ProgressReport:
    """The progress of a plan's indicators at one area on one day."""

    plan: Plan
    area: Area
    on: datetime.date
    year: int
    items: list[Progress]

    def as_json(self) -> dict[str, object]:
        """The shape of `progress --json` and of the API."""
        return {
            "plan": self.plan.code,
            "area": self.area.code,
            "on": self.on.isoformat(),
            "year": self.year,
            "indicators": [as_json(item) for item in self.items],
        }


def read_day(text: str) -> datetime.date:
    """Parse a day written YYYY-MM-DD for which figures exist; ValueError says what is wrong."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是日期，应写成 YYYY-MM-DD") from None
    read_year(str(day.year))
    return day


def read_year(text: str) -> int:
    """Check a year for which figures can be requested: from 1950 to fifty years ahead."""
    last = timezone.localdate().year + 50
    if not (text.isascii() and text.isdigit() and 1950 <= int(text) <= last):
        raise ValueError(f"“{text}”年不在可查询的范围（1950—{last}年）")
    return int(text)


def find_plan(code: str) -> Plan:
    """The plan of a code; NotFound names the existing plans."""
    plan = Plan.objects.filter(code=code).first()
    if plan is None:
        known = "、".join(Plan.objects.values_list("code", flat=True)) or "（尚未载入任何方案）"
        raise NotFound(f"没有方案“{code}”，现有：{known}")
    return plan


def find_area(code: str) -> Area:
    """The area of a code; NotFound where none is stored."""
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise NotFound(f"没有区划“{code}”，请先用 import_areas 导入")
    return area


def find_indicator(plan: Plan, code: str) -> Indicator:
    """The indicator of a code; NotFound names those of the plan."""
    indicators = plan.indicators.select_related("plan").prefetch_related("targets__allocations")
    indicator = indicators.filter(code=code).first()
    if indicator is None:
        known = "、".join(plan.indicators.values_list("code", flat=True))
        raise NotFound(f"方案“{plan.code}”没有指标“{code}”，现有：{known}")
    return indicator


def progress(
    plan: Plan, area: Area, on: datetime.date | None = None, year: int | None = None
) -> ProgressReport:
    """The progress of a plan at an area; for the default of `on` see `day_asked`."""
    day = day_asked(plan, on, year)
    items = progress_of(plan, [area.code], day, year)[area.code]
    return ProgressReport(plan, area, day, year or day.year, items)


def usual_day(plan: Plan) -> datetime.date:
    """The default day of a plan's figures: today, or the plan's last day once that is past."""
    return min(timezone.localdate(), plan.ends_on)


def day_asked(plan: Plan, on: datetime.date | None, year: int | None) -> datetime.date:
    """The requested day `on`; without one, the end of a past `year`, or else `usual_day`."""
    day = on or usual_day(plan)
    if on is None and year is not None and year < day.year:
        return datetime.date(year, 12, 31)
    return day


def lineage_json(
    indicator: Indicator, area: Area, on: datetime.date | None = None
) -> dict[str, object]:
    """The records behind a figure, as `lineage --json` prints them."""
    day = on or usual_day(indicator.plan)
    records = [item.as_json() for item in lineage(indicator, area.code, day)]
    return {
        "plan": indicator.plan.code,
        "indicator": indicator.code,
        "area": area.code,
        "on": day.isoformat(),
        "count": len(records),
        "records": records,
    }


def seen_at(plan: Plan, user: User) -> str:
    """The area at which a user sees a plan's figures: the plan's, or the user's own below it."""
    if user.covers(plan.area_code):
        return plan.area_code
    own = user.area_id or ""
    return own if user.covers(own) and is_within(own, plan.area_code) else ""


def plans_of_area(code: str) -> list[Plan]:
    """Plans whose area contains this one, or lies within it; the nearest and newest first.

    A successor keeps the plans of the areas it followed.
    """
    successions = Successions.stored()
    related = [plan for plan in Plan.objects.all() if code and is_about(plan, code, successions)]
    present = set(
        Area.objects.filter(code__in=[plan.area_code for plan in related]).values_list(
            "code", flat=True
        )
    )
    known = [plan for plan in related if plan.area_code in present]
    return sorted(
        known, key=lambda plan: (plan.area_code, plan.issued_on or plan.starts_on), reverse=True
    )


def is_about(plan: Plan, code: str, successions: Successions) -> bool:
    """Whether a plan's area contains this one or an area it followed, or lies within."""
    return any(
        is_within(part, plan.area_code) or is_within(plan.area_code, part)
        for part in {code, *successions.everywhere(code)}
    )
