"""Plans with an indicator, a target and an allocation for each area, and filed reports of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Role
from indicators.models import Duty, Indicator, Place, Plan, Target, TargetAllocation
from reports.editions.sealing import seal
from reports.models import Edition, Report
from tests.api.places import Office

_START, _END = datetime.date(2026, 1, 1), datetime.date(2027, 12, 31)
_DUE = datetime.date(2026, 6, 30)


def plans_at(areas: Iterable[str]) -> dict[str, Plan]:
    """Return a plan of its own for each area; create those that do not exist yet."""
    return {area: _plan_at(area) for area in areas}


def _plan_at(area: str) -> Plan:
    plan, is_new = Plan.objects.get_or_create(
        code=f"plan-{area}",
        defaults={
            "title": "工作方案",
            "issuer": "民政局",
            "issued_on": _START,
            "area_code": area,
            "starts_on": _START,
            "ends_on": _END,
            "report_due": ["06-30"],
        },
    )
    if is_new:
        _count_funds(plan)
    return plan


def _count_funds(plan: Plan) -> None:
    indicator = Indicator.objects.create(
        plan=plan,
        code="funds",
        position=1,
        name="社区慈善基金",
        unit="支",
        place=Place.TEXT,
        clause="一",
        counting="stock",
        measure="funds",
    )
    target = Target.objects.create(
        indicator=indicator, due_on=_DUE, value=1, place=Place.TEXT, clause="一"
    )
    TargetAllocation.objects.create(target=target, area_id=plan.area_code, value=1)
    Duty.objects.create(
        plan=plan,
        code="visits",
        position=1,
        name="每季度指导",
        clause="一",
        who={"level": 5},
        schedule={"every": "quarter"},
        fulfilment={"kind": "guidance-visits"},
    )
    plan.tasks.create(code="lead", position=1, name="健全机制", clause="一", levels=[3])


def edition_at(office: Office, area: str) -> Edition:
    """Return an area's report to the province, filed by its own reviewer."""
    report = Report.objects.create(
        plan=_plan_at("50"),
        area_id=area,
        due_on=_DUE,
        file_by=_DUE,
        prepared_at=timezone.now(),
        draft={},
    )
    return seal(report, by=office.user(Role.REVIEWER, area), is_zero=False, on=_DUE)
