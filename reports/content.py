"""What an edition holds: figures, targets, rules, areas below, and the member records."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import models

from areas.models import Area
from funds.models import Donation, Expenditure, Fund
from indicators.figures import Progress, as_json, progress_of
from indicators.lineage import lineage
from indicators.models import ManualFigure, OpeningBalance
from indicators.tables import target_text, value_text
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from projects.models import Aid, Project
from reports.models import Report
from reviews.models import Submission
from scenes.models import Activity, Scene

FORMAT = 1

#: The ledger sheets: which fields of each kind go up the tree. No phones, no names of people.
LEDGERS: dict[type[Submission], tuple[str, ...]] = {
    Fund: ("name", "level", "host_name", "established_on", "closed_on", "initial_yuan"),
    Scene: ("name", "type", "opened_on", "closed_on", "operator"),
    CommunityOrg: ("name", "category", "tier", "number", "registered_on", "closed_on"),
    Charity: ("name", "credit_code", "registered_on", "has_public_fundraising"),
    VolunteerTeam: ("name", "founded_on", "volunteers"),
    Training: ("name", "held_on", "audience", "person_times"),
    Project: ("name", "category", "is_aid", "starts_on", "ends_on", "budget_yuan", "spent_yuan"),
    Aid: ("helped_on", "group", "content", "person_times", "amount_yuan"),
    Activity: ("name", "held_on", "form", "person_times"),
    Donation: ("donated_on", "fund", "channel", "amount_yuan", "receipt_number"),
    Expenditure: ("spent_on", "fund", "purpose", "amount_yuan"),
    OpeningBalance: ("measure", "as_of", "covers", "quantity", "evidence"),
    ManualFigure: ("indicator_code", "as_of", "numerator", "denominator", "evidence"),
}


def canonical(content: dict[str, Any]) -> str:
    """One spelling of a content: sorted keys, no blanks, no escapes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def figures_of(report: Report, day: datetime.date) -> dict[str, Any]:
    """The figures of the report's area and of the areas directly below it."""
    plan, area = report.plan, report.area
    children = list(Area.objects.children_of(area.code, day))
    rows = progress_of(plan, [area.code, *(child.code for child in children)], day)
    return {
        "as_of": day.isoformat(),
        "year": day.year,
        "indicators": [_indicator(item) for item in rows[area.code]],
        "children": [
            {
                "code": child.code,
                "name": child.short_name,
                "values": [as_json(item)["value"] for item in rows[child.code]],
            }
            for child in children
        ],
    }


def sealed_values(content: dict[str, Any]) -> dict[str, str | None]:
    """Indicator code → value, out of an edition's content."""
    return {item["code"]: item["value"] for item in content["indicators"]}


def _indicator(item: Progress) -> dict[str, Any]:
    indicator = item.indicator
    return {
        **as_json(item),
        "position": indicator.position,
        "place": str(indicator.place),
        "clause": indicator.clause,
        "counting_label": indicator.get_counting_display(),
        "reading": indicator.reading,
        "is_percentage": indicator.is_percentage,
        "target_text": target_text(indicator, item.target),
        "value_text": value_text(indicator, item.value),
        "status_label": item.state.label,
    }


def content_of(report: Report, day: datetime.date) -> dict[str, Any]:
    """Everything an edition holds but who sealed it, when, and after which edition."""
    plan, area = report.plan, report.area
    counted = Area.objects.within(area.code).existing_on(day).filter(is_counted=True)
    return {
        "format": FORMAT,
        "plan": {
            "code": plan.code,
            "title": plan.title,
            "document_number": plan.document_number,
            "issuer": plan.issuer,
            "recipients": plan.report_recipients,
            "source_sha256": plan.source_sha256,
        },
        "area": {
            "code": area.code,
            "name": area.short_name,
            "level": area.level,
            "child_label": plan.label_of(min(area.level + 1, 5)),
        },
        "due_on": report.due_on.isoformat(),
        "tree": list(counted.order_by("code").values_list("code", flat=True)),
        **figures_of(report, day),
        "ledgers": _ledgers(report, day),
    }


def _ledgers(report: Report, day: datetime.date) -> list[dict[str, Any]]:
    """The member records of all figures, one sheet a kind."""
    members: dict[type[models.Model], dict[int, Submission]] = {}
    for indicator in report.plan.indicators.select_related("plan").prefetch_related("targets"):
        for item in lineage(indicator, report.area.code, day):
            members.setdefault(type(item.record), {})[item.record.pk] = item.record
    sheets = []
    for model, fields in LEDGERS.items():
        if model in members:
            rows = model._default_manager.filter(pk__in=members[model]).select_related(
                "area", "reviewed_by", *(["fund"] if "fund" in fields else [])
            )
            sheets.append(_sheet(model, fields, rows))
    return sheets


def _sheet(model: type[Submission], fields: tuple[str, ...], rows: Any) -> dict[str, Any]:
    named = [model._meta.get_field(name) for name in fields]
    columns = [{"title": "所属地区", "type": "text"}]
    columns += [{"title": str(field.verbose_name), "type": _type(field)} for field in named]  # type: ignore[union-attr]
    columns.append({"title": "审核人", "type": "text"})
    is_summed = model not in (OpeningBalance, ManualFigure)  # rows of different measures
    ordered = sorted(
        rows, key=lambda row: (row.area_id, str(getattr(row, model.date_field)), row.pk)
    )
    return {
        "kind": model._meta.label_lower,
        "name": str(model._meta.verbose_name),
        "columns": columns,
        "is_summed": is_summed,
        "ids": [row.pk for row in ordered],
        "rows": [
            [
                row.area.short_name,
                *(_value(row, name) for name in fields),
                str(row.reviewed_by or ""),
            ]
            for row in ordered
        ],
    }


def _type(field: Any) -> str:
    for kind, name in (
        (models.DecimalField, "money"),
        (models.IntegerField, "count"),
        (models.DateField, "day"),
    ):
        if isinstance(field, kind):
            return name
    return "text"


def _value(row: Submission, name: str) -> Any:
    display: Callable[[], str] | None = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
