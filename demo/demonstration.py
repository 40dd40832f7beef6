"""Demonstration applications of streets and communities, and the decisions on them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from accounts.models import User
from areas.codes import TOWNSHIP_LEVEL
from areas.models import Area
from demo.ledgers.draw import Draw
from work.demonstration import decide
from work.models import DIMENSIONS, Decision, DemonstrationApplication

#: How many apply; of three, two are chosen, and the last application waits.
_NUMBER = 5


def applications(root: str, day: datetime.date, draw: Draw) -> list[DemonstrationApplication]:
    """Build the applications of some streets of a place for the year of the day."""
    streets = Area.objects.within(root).filter(level=TOWNSHIP_LEVEL, is_counted=True)
    chosen = draw.sample(list(streets.existing_on(day).order_by("code")), _NUMBER)
    return [
        DemonstrationApplication(
            area=street,
            name="社区慈善试点示范街道",
            year=str(day.year),
            applied_on=draw.day(day.replace(month=9, day=1), day),
            reason=f"{street}社区慈善基金、场景、项目和队伍建设情况见附件（演示数据）",
            **{field: draw.randint(60, 98) for field in DIMENSIONS},
        )
        for street in sorted(chosen, key=lambda street: street.code)
    ]


def decide_applications(by: User) -> int:
    """Decide all approved applications but the last, unless that is done; return how many."""
    waiting: Sequence[DemonstrationApplication] = list(
        DemonstrationApplication.objects.approved().order_by("pk").prefetch_related("decisions")
    )
    if any(each.decision for each in waiting):
        return 0
    for at, application in enumerate(waiting[:-1]):
        points = {field: str(max(own - 3, 0)) for field, own in application.points.items()}
        is_chosen = at % 3 != 2
        decision = Decision.CHOSEN if is_chosen else Decision.NOT_CHOSEN
        reason = "七个方面工作扎实，材料齐全" if is_chosen else "专业服务尚在起步，建议下年度再申报"
        decide(application, decision, points, f"{reason}（演示数据）", by=by)
    return max(len(waiting) - 1, 0)
