"""What a record shows that names a plan, and something of that plan, by their codes."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from indicators.models.plans import Plan


def plan_titles() -> dict[str, str]:
    """By code, the titles of all plans."""
    return dict(Plan.objects.values_list("code", "title"))


def names_in_plans(model: type[Model]) -> dict[tuple[str, str], str]:
    """By the codes of plan and row, the names of all rows of a model that belongs to plans."""
    rows = model._default_manager.values_list("plan__code", "code", "name")
    return {(plan, code): name for plan, code, name in rows}


def title_of_plan(code: str) -> str:
    """The title of a plan; its code where there is no such plan."""
    found = Plan.objects.filter(code=code).first()
    return found.title if found else code


def only_name(rows: QuerySet[Any], code: str) -> str:
    """The name that all these rows have; their code where they differ or there are none."""
    names = set(rows.order_by().values_list("name", flat=True)[:2])
    return names.pop() if len(names) == 1 else code
