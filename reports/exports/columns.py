"""The columns of an exported ledger: no phones, no names of people, donors as masked as everywhere."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from funds.models import Donation, Expenditure, Fund
from indicators.models import Indicator, ManualFigure, OpeningBalance, Plan
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from projects.models import Aid, Project
from reports.columns import Column, Value, type_of
from reviews.models import Submission
from scenes.models import Activity, Scene

#: Fields in order; a name that is no field is in `_OTHERS`.
LEDGERS: dict[type[Submission], tuple[str, ...]] = {
    Charity: (
        *("name", "credit_code", "legal_form", "registered_on", "has_public_fundraising"),
        *("certificate_number", "certificate_expires_on", "closed_on"),
    ),
    CommunityOrg: (
        *("name", "category", "tier", "number", "credit_code", "registered_on", "valid_until"),
        *("closed_on", "members", "party_members"),
    ),
    VolunteerTeam: ("name", "founded_on", "closed_on", "volunteers"),
    Training: ("name", "held_on", "audience", "organiser", "person_times", "people"),
    Scene: (
        *("name", "type", "type_name", "address", "opened_on", "closed_on", "operator"),
        *("operation_mode", "has_staff", "has_place", "has_money", "has_project"),
        *("has_activity", "has_setting", "person_times"),
    ),
    Activity: (
        *("name", "held_on", "form", "series", "organiser", "place", "person_times"),
        "volunteer_times",
    ),
    Project: (
        *("name", "category", "for_elderly", "for_children", "for_hardship", "for_disabled"),
        *("is_aid", "is_micro", "implementer", "source", "budget_yuan", "spent_yuan"),
        *("starts_on", "ends_on", "people", "person_times", "volunteer_times"),
    ),
    Aid: ("helped_on", "group", "content", "person_times", "amount_yuan"),
    Fund: (
        *("name", "level", "host_name", "host_credit_code", "host_has_public_fundraising"),
        *("initiator", "established_on", "closed_on", "agreement_number", "initial_yuan"),
        "committee_size",
    ),
    Donation: (
        *("donated_on", "fund", "donor_shown", "donor_type", "channel", "amount_yuan"),
        *("purpose", "receipt_number"),
    ),
    Expenditure: ("spent_on", "fund", "purpose", "amount_yuan", "resolution_number"),
    OpeningBalance: ("measure", "as_of", "covers", "quantity", "evidence"),
    ManualFigure: ("plan_code", "indicator_code", "as_of", "numerator", "denominator", "evidence"),
}
_OTHERS = {"donor_shown": "捐赠人"}
_TITLES = {"plan_code": "方案", "indicator_code": "指标"}


def columns_of(model: type[Submission]) -> list[Column]:
    """Where the record is, what it says, and its state."""
    return [
        Column("所属地区", "text", lambda record: record.area.short_name),
        Column("地区代码", "text", lambda record: record.area_id),
        *(_column(model, name) for name in LEDGERS[model]),
        Column("状态", "text", lambda record: record.get_status_display()),
    ]


def related_of(model: type[Submission]) -> list[str]:
    """What the columns read beside the record."""
    return ["area", *(["fund"] if "fund" in LEDGERS[model] else [])]


def _column(model: type[Submission], name: str) -> Column:
    if name in _OTHERS:
        return Column(_OTHERS[name], "text", lambda record: getattr(record, name))
    field: Any = model._meta.get_field(name)
    title = _TITLES.get(name, str(field.verbose_name))
    return Column(title, type_of(field), _value(field))


def _value(field: models.Field[Any, Any]) -> Value:
    name = field.name
    if name in _TITLES:  # a display of its own would ask the database for every row
        return _named(name)
    if isinstance(field, models.BooleanField):
        return lambda record: "是" if getattr(record, name) else "否"
    display = f"get_{name}_display"
    if hasattr(field.model, display):
        return lambda record: getattr(record, display)()
    return lambda record: _plain(getattr(record, name))


def _plain(value: Any) -> Any:
    is_plain = value is None or isinstance(value, str | int | Decimal | datetime.date)
    return value if is_plain else str(value)


def _named(name: str) -> Value:
    """Plans and indicators by their names, read once."""
    if name == "plan_code":
        plans = dict(Plan.objects.values_list("code", "title"))
        return lambda record: plans.get(record.plan_code, record.plan_code)
    rows = Indicator.objects.values_list("plan__code", "code", "name")
    indicators = {(plan, code): title for plan, code, title in rows}
    return lambda record: indicators.get(
        (record.plan_code, record.indicator_code), record.indicator_code
    )
