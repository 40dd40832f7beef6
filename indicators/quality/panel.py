"""All data-quality checks of one area on one day, ready for the page."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from dates.text import day_text
from indicators.models import Plan
from indicators.quality.abolished import OPEN, RULE_OF_ABOLISHED, abolished_areas
from indicators.quality.duplicates import RULE_OF_DUPLICATES, duplicates
from indicators.quality.findings import (
    Day,
    Finding,
    Found,
    Issue,
    QualityContext,
    Tally,
)
from indicators.quality.gaps import RULE_OF_DATES, RULE_OF_SILENCE, missing_dates, silent_areas
from indicators.quality.jumps import RULE_OF_JUMPS, jumps
from indicators.quality.openings import RULE_OF_OPENINGS, openings
from indicators.quality.people import RULE_OF_PEOPLE, people
from reviews.kinds import record_kinds
from reviews.models import Status

#: Issue → (function that looks for it, rule in words), in the order of the page.
_CHECKS: dict[Issue, tuple[Callable[[QualityContext], Found], str]] = {
    Issue.MISSING_DATE: (missing_dates, RULE_OF_DATES),
    Issue.SILENT: (silent_areas, RULE_OF_SILENCE),
    Issue.JUMP: (jumps, RULE_OF_JUMPS),
    Issue.DUPLICATE: (duplicates, RULE_OF_DUPLICATES),
    Issue.PEOPLE: (people, RULE_OF_PEOPLE),
    Issue.ABOLISHED: (abolished_areas, RULE_OF_ABOLISHED),
    Issue.OPENING: (openings, RULE_OF_OPENINGS),
}


@dataclass(frozen=True)
class Group:
    """The findings of one issue: rule in words, findings to list, number of all."""

    issue: Issue
    rule: str
    findings: list[Finding]
    total: int

    @property
    def more(self) -> int:
        """The number of findings that are not listed."""
        return self.total - len(self.findings)


def build_quality(root: Area, day: Day, user: User) -> dict[str, Any]:
    """Return the template context for one area on one day."""
    groups = find_issues(root, day, sees_drafts=user.sees_drafts)
    total = sum(group.total for group in groups)
    found = f"共{total}项需要核对" if total else "未发现问题"
    return {
        "area": root,
        "day": day,
        "trail": Area.objects.visible_to(user).filter(code__in=root.ancestor_codes),
        "groups": groups,
        "sentence": f"{root.short_name}数据质量：{found}；数据截至{day_text(day)}。",
    }


def find_issues(root: Area, day: Day, *, sees_drafts: bool = True) -> list[Group]:
    """Return every issue, also empty ones; the number of queries grows with opening balances only.

    Without `sees_drafts` no finding names a draft.
    """
    since = period_start(root, day)
    names = dict(Area.objects.within(root.code).values_list("code", "short_name"))
    sight = QualityContext(root, day, since, names, list(_tallies(root, since, day)), sees_drafts)
    return [
        Group(issue, rule.format(since=day_text(since)), *look(sight))
        for issue, (look, rule) in _CHECKS.items()
    ]


def period_start(area: Area, day: Day) -> Day:
    """Return the day after the last report day of the plans that apply there, or 1 January."""
    plans = Plan.objects.filter(
        area_code__in=[*area.ancestor_codes, area.code], starts_on__lte=day, ends_on__gte=day
    )
    past = [due for plan in plans if (due := plan.report_schedule.last_due(day)) is not None]
    return max(past) + datetime.timedelta(days=1) if past else Day(day.year, 1, 1)


def _tallies(root: Area, since: Day, day: Day) -> Iterator[Tally]:
    """Yield the tallies, with one query per kind."""
    until = _midnight(day + datetime.timedelta(days=1))
    period = Q(submitted_at__gte=_midnight(since), submitted_at__lt=until)
    for kind in record_kinds():
        rows: Any = kind._default_manager.all()
        counted = rows.living().within(root.code).order_by().values_list("area_id")
        for row in counted.annotate(
            submitted=Count("pk", filter=period),
            unsettled=Count("pk", filter=Q(status__in=OPEN)),
            approved=Count("pk", filter=Q(status=Status.APPROVED)),
        ):
            yield Tally(kind, *row)


def _midnight(day: Day) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
