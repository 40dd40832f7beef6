"""A plan of 渝中区 with two duties, some records that fulfil them, and an independent count."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from areas.models import Area
from dates.months import day_in_month, end_of_month
from indicators.duties.instances import DutyState
from indicators.models import Duty, DutyExcuse, Plan
from scenes.models import Activity
from tests.conftest import DISTRICT, JIEFANGBEI, QIXINGGANG
from tests.types import Make

Day = datetime.date
MONTHLY = "test-duties/activities"
#: A day on which 2026-01 to 2026-04 are due, and 2026-05 is running.
TODAY = Day(2026, 5, 20)


def plan_with_duties() -> Plan:
    """A plan of the year 2026: every street holds an activity every month; every charity is audited."""
    plan, _ = Plan.objects.get_or_create(
        code="test-duties",
        defaults={
            "title": "履责测试方案",
            "issuer": "重庆市渝中区民政局",
            "issued_on": Day(2026, 1, 1),
            "area_code": DISTRICT,
            "starts_on": Day(2026, 1, 1),
            "ends_on": Day(2026, 12, 31),
        },
    )
    Duty.objects.get_or_create(
        plan=plan,
        code="activities",
        defaults={
            "position": 1,
            "name": "每月开展一次活动",
            "clause": "一",
            "who": {"level": 4},
            "schedule": {"every": "month"},
            "fulfilment": {"kind": "activities"},
            "reminders": [7, -1],
            "assumed": ["reminders"],
        },
    )
    Duty.objects.get_or_create(
        plan=plan,
        code="audits",
        defaults={
            "position": 2,
            "name": "上年度审计",
            "clause": "二",
            "who": {"kind": "charities"},
            "schedule": {"every": "year", "due": "03-31", "of": "last_year"},
            "fulfilment": {"kind": "audit-reports"},
        },
    )
    return plan


def happenings(approved: Make) -> None:
    """七星岗 acts in January and April; 解放碑 in February, and is excused in March."""
    for day in (Day(2026, 1, 20), Day(2026, 4, 3)):
        approved(Activity, area_id=QIXINGGANG, held_on=day, reached=[])
    approved(Activity, area_id=JIEFANGBEI, held_on=Day(2026, 2, 28), reached=[])
    approved(
        DutyExcuse,
        area_id=JIEFANGBEI,
        plan_code="test-duties",
        duty_code="activities",
        debtor=JIEFANGBEI,
        period="2026-03",
        excused_on=Day(2026, 3, 10),
        reason="办公场所搬迁",
    )


def streets() -> list[str]:
    """The counted streets of the district."""
    rows = Area.objects.filter(code__startswith=DISTRICT, level=4, is_counted=True)
    return list(rows.values_list("code", flat=True))


def counted_states(on: Day, months: range = range(1, 13)) -> Iterator[tuple[str, Day, DutyState]]:
    """Street, due day and state of each instance of the monthly duty, in the plainest way."""
    held = [
        (row.area_id, row.held_on)
        for row in Activity.objects.filter(status="approved")
        if row.area_id
    ]
    excused = {
        (row.debtor, row.period): row.excused_on
        for row in DutyExcuse.objects.filter(status="approved")
    }
    for street in streets():
        for month in months:
            first, due = Day(2026, month, 1), end_of_month(2026 * 12 + month - 1)
            closes = day_in_month(2026 * 12 + month, 1)
            days = sorted(
                day for area, day in held if area.startswith(street) and first <= day < closes
            )
            excuse = excused.get((street, f"2026-{month:02}"), Day.max)
            yield street, due, _state(on, due, min(days, default=Day.max), excuse)


def _state(on: Day, due: Day, done: Day, excuse: Day) -> DutyState:
    if done <= on:
        return DutyState.DONE if done <= due else DutyState.LATE
    if excuse <= on:
        return DutyState.EXCUSED
    if due < on:
        return DutyState.OVERDUE
    begun = due.replace(day=1) <= on
    return DutyState.DUE_SOON if begun and (due - on).days <= 7 else DutyState.NOT_DUE
