"""Checks of projects and aid before submission."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from projects.models import Aid, Project
from reviews.checks import (
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
    yuan_text,
)

#: Budgets of a 小微项目 above this cause a warning; 烟台's plan itself sets no ceiling.
MICRO_CEILING_YUAN = Decimal(100_000)


def aid_project_names_a_group(project: Project) -> Iterator[Problem]:
    """Warn when a 帮扶项目 names none of the four groups."""
    groups = (
        project.for_elderly,
        project.for_children,
        project.for_hardship,
        project.for_disabled,
    )
    if project.is_aid and not any(groups):
        yield Problem(
            "group", "is_aid", "帮扶项目应注明服务对象（一老、一小、一困、一残）", is_warning=True
        )


def micro_project(project: Project) -> Iterator[Problem]:
    """Warn when the budget of a 小微项目 exceeds `MICRO_CEILING_YUAN`."""
    if project.is_micro and project.budget_yuan and project.budget_yuan > MICRO_CEILING_YUAN:
        yield Problem(
            "micro",
            "is_micro",
            f"小微项目预算超过{yuan_text(MICRO_CEILING_YUAN)}（平台默认，方案文件未定上限）",
            is_warning=True,
        )


def spending_within_budget(project: Project) -> Iterator[Problem]:
    """Warn when more was spent than budgeted."""
    budget, spent = project.budget_yuan, project.spent_yuan
    if budget is not None and spent is not None and spent > budget:
        yield Problem(
            "over_budget",
            "spent_yuan",
            f"实际支出{yuan_text(spent)}超过预算{yuan_text(budget)}",
            is_warning=True,
        )


declare_checks(
    Project,
    required("name", "starts_on"),
    not_before_1949("starts_on"),
    not_in_future("starts_on"),
    in_order("starts_on", "ends_on"),
    not_negative("budget_yuan", "spent_yuan", "people", "person_times", "volunteer_times"),
    aid_project_names_a_group,
    micro_project,
    spending_within_budget,
)

declare_checks(
    Aid,
    required("helped_on", "group", "content", "person_times"),
    not_before_1949("helped_on"),
    not_in_future("helped_on"),
    positive("person_times"),
    not_negative("amount_yuan"),
)
