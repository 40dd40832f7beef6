"""All kinds of business records, and one of each that passes every check without a warning."""

from __future__ import annotations

import datetime

from django.apps import apps

from funds.models import Donation, Expenditure, Fund
from indicators.measures import MEASURES
from indicators.models import Indicator, ManualFigure, Place, Plan
from reviews.models import Submission
from tests.types import Make, Record

RECORD_KINDS: list[type[Submission]] = [
    model for model in apps.get_models() if issubclass(model, Submission)
]
DAY = datetime.date(2026, 3, 1)


def kind_name(kind: type[Submission]) -> str:
    """The label a parametrised test shows."""
    return kind.__name__


def sound(make: Make, kind: type[Record], **values: object) -> Record:
    """A stored draft with which no check finds fault."""
    if kind is Expenditure and "fund" not in values:
        place = {"area_id": values.pop("area_id")} if "area_id" in values else {}
        values["fund"] = make(Fund, **place)
        make(Donation, fund=values["fund"])
    if kind is ManualFigure:
        values = {"plan_code": "test-2026", "indicator_code": manual_indicator().code} | values
        values.setdefault("as_of", DAY - datetime.timedelta(days=ManualFigure.objects.count()))
    if kind.__name__ == "OpeningBalance":
        stocks = [code for code, each in MEASURES.items() if each.is_stock and each.record == ""]
        values.setdefault("measure", stocks[kind.objects.count() % len(stocks)])
        values.setdefault("as_of", DAY - datetime.timedelta(days=kind.objects.count()))
    return make(kind, **values)


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
