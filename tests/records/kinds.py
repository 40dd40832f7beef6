"""All kinds of business records, and one of each that passes every check without a warning."""

from __future__ import annotations

import datetime

from areas.codes import level_of
from funds.models import Donation, Expenditure
from indicators.measures import MEASURES
from indicators.models import Duty, DutyExcuse, Indicator, ManualFigure, Place, Plan, Task
from reviews.kinds import record_kinds
from reviews.models import Submission
from tests.records.examples import DAY as DAY
from tests.records.examples import HUAYIPO, is_owed, references
from tests.types import Make, Record

RECORD_KINDS: list[type[Submission]] = record_kinds()


def kind_name(kind: type[Submission]) -> str:
    """The label of a kind in a parametrised test."""
    return kind.__name__


def sound(make: Make, kind: type[Record], /, **values: object) -> Record:
    """A stored draft with which no check finds fault."""
    for field in references(kind):
        if field.related_model is Task and not {field.name, field.attname} & set(values):
            values[field.name] = owed_task(str(values.get("area_id", HUAYIPO)))
        elif is_owed(kind, field) and not {field.name, field.attname} & set(values):
            place = {"area_id": values.pop("area_id")} if "area_id" in values else {}
            other = next(each for each in RECORD_KINDS if each is field.related_model)
            values[field.name] = make(other, **place)
            if kind is Expenditure:  # a fund can only spend what it received
                make(Donation, fund=values[field.name])
    if kind.declaration.is_figure:
        values = _of_its_own(kind) | values
    if kind is DutyExcuse:
        values = _excused_month(kind, str(values.get("area_id", HUAYIPO))) | values
    return make(kind, **values)


def _excused_month(kind: type[Submission], area: str) -> dict[str, object]:
    """A month of an area's duty that no other excuse names."""
    number, duty = kind._default_manager.count(), monthly_duty(level_of(area))
    codes: dict[str, object] = {"plan_code": duty.plan.code, "duty_code": duty.code}
    return codes | {"debtor": area, "period": f"{2020 + number // 12}-{number % 12 + 1:02}"}


def monthly_duty(level: int = 5) -> Duty:
    """The duty of every area of a level, every month, from which one may be excused."""
    plan = manual_indicator().plan
    if level != 5:
        plan, _ = Plan.objects.get_or_create(
            code=f"test-level-{level}",
            defaults={
                "title": "测试方案",
                "issuer": "重庆市民政局",
                "issued_on": DAY,
                "area_code": "50",
                "starts_on": DAY,
                "ends_on": DAY,
            },
        )
    duty, _ = Duty.objects.get_or_create(
        plan=plan,
        code="report",
        who={"level": level},
        defaults={
            "position": 1,
            "name": "每月报告",
            "clause": "一",
            "schedule": {"every": "month"},
            "fulfilment": {"kind": "activities"},
            "starts_on": datetime.date(2020, 1, 1),
            "ends_on": datetime.date(2099, 12, 31),
        },
    )
    return duty


def _of_its_own(kind: type[Submission]) -> dict[str, object]:
    """An area, a day and a subject that no other figure of the kind has."""
    number = kind._default_manager.count()
    values: dict[str, object] = {"area_id": HUAYIPO, "as_of": DAY - datetime.timedelta(days=number)}
    if kind is ManualFigure:
        return values | {"plan_code": "test-2026", "indicator_code": manual_indicator().code}
    stocks = [code for code, each in MEASURES.items() if each.is_stock and each.record == ""]
    return values | {"measure": stocks[number % len(stocks)]}


def owed_task(area: str = HUAYIPO) -> Task:
    """A new task of a plan of the area's county, owed at every level and reported by `DAY`."""
    county = area[:6]
    plan, _ = Plan.objects.get_or_create(
        code=f"tasks-{county}",
        defaults={
            "title": "任务方案",
            "issuer": "渝中区民政局",
            "issued_on": datetime.date(2026, 1, 1),
            "area_code": county,
            "starts_on": datetime.date(2026, 1, 1),
            "ends_on": datetime.date(2026, 12, 31),
            "report_due": [f"{DAY:%m-%d}", "06-30"],
        },
    )
    number = plan.tasks.count() + 1
    return plan.tasks.create(
        code=f"task-{number}",
        position=number,
        name=f"健全工作机制{number}",
        clause="一",
        levels=[1, 2, 3, 4, 5],
    )


def manual_indicator() -> Indicator:
    """The only indicator that a manual figure may report."""
    plan, _ = Plan.objects.get_or_create(
        code="test-2026",
        defaults={
            "title": "测试方案",
            "issuer": "渝中区民政局",
            "issued_on": DAY,
            "area_code": "500103",
            "starts_on": DAY,
            "ends_on": DAY,
        },
    )
    indicator, _ = Indicator.objects.get_or_create(
        plan=plan,
        code="satisfaction",
        defaults={
            "position": 1,
            "name": "居民满意度",
            "unit": "%",
            "place": Place.TEXT,
            "clause": "一",
            "counting": "manual",
        },
    )
    return indicator
