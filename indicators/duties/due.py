"""Duties as due items, for reminders and urging: one item for what an area owes by a day.

What several charities or funds of an area owe for the same period is one item, so that the area gets
one reminder and not one for each of them.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone
from typing_extensions import override

from dates.due_items import DueItem, DueKind
from indicators.duties.fulfilment import ONCE
from indicators.duties.instances import OPEN_STATES, Asked, Instance, page_of
from indicators.duties.terms import terms_of
from indicators.models import Duty

DUTY_DUE = "indicators.duty"
_NAMED = 3
#: Days after the last mark during which a late reminder is still sent, such as after a standstill.
_GRACE = 30


class DutyDue(DueKind):
    """Duties (履责事项) that debtors of an area have not done yet."""

    code = DUTY_DUE
    act = "完成"
    reminder_head, overdue_head = "履责提醒", "履责逾期提醒"
    urged = "催办"

    @override
    def owed(self, on: datetime.date) -> Iterator[DueItem]:
        for duty in Duty.objects.select_related("plan"):
            if marks := duty.reminders:
                first = on + datetime.timedelta(days=min(0, *marks) - _GRACE)
                last = on + datetime.timedelta(days=max(0, *marks))
                asked = Asked(duty.plan.area_code, on, first, last, states=OPEN_STATES)
                yield from _items(duty, page_of([duty], asked).rows)

    @override
    def find(self, key: str) -> DueItem | None:
        plan, code, area, _, debtor = key.split("/")
        duty = Duty.objects.filter(plan__code=plan, code=code).select_related("plan").first()
        if duty is None:
            return None
        first, last = datetime.date.min, datetime.date.max
        asked = Asked(area, timezone.localdate(), first, last, debtor=debtor)
        rows = page_of([duty], asked).rows
        mine = [each for each in rows if item_key(each) == key]
        return next(_items(duty, mine), None)


def _items(duty: Duty, rows: Iterable[Instance]) -> Iterator[DueItem]:
    groups: dict[str, list[Instance]] = defaultdict(list)
    for each in rows:
        groups[item_key(each)].append(each)
    for key, group in groups.items():
        still_open = [each for each in group if each.state in OPEN_STATES]
        yield DueItem(
            kind=DUTY_DUE,
            key=key,
            title=_title(duty, still_open or group),
            area_code=group[0].debtor.area_code,
            due_on=group[0].period.due_on,
            reminders=tuple(duty.reminders),
            is_done=not still_open,
        )


def item_key(each: Instance) -> str:
    """The key of an instance's due item: plan, duty, area, period and, where the due day is the debtor's own, the debtor."""
    own = each.debtor.key if terms_of(each.duty).when.is_own else ""
    return "/".join((each.duty.full_code, each.debtor.area_code, each.period_code, own))


def _title(duty: Duty, rows: Sequence[Instance]) -> str:
    """`东胜区2025年第1季度“工作指导”`; of records `东胜区3个…2024年度“审计”（甲、乙、丙）`."""
    one = rows[0]
    period = "" if one.period_code == ONCE else one.period_text
    if one.debtor.kind == "area":
        return f"{one.debtor.name}{period}“{duty.name}”"
    names = "、".join(each.debtor.name for each in rows[:_NAMED])
    more = f"等{len(rows)}个" if len(rows) > _NAMED else ""
    return f"{names}{more}{period}“{duty.name}”"
