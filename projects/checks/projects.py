"""Checks of projects before submission."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from projects.models import SATISFACTION, Project, ProjectStage
from reviews.checks import (
    OnlyWith,
    Problem,
    declare_checks,
    field_label,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    required,
    yuan_text,
)

#: Budgets of a 小微项目 above this cause a warning; 烟台's plan itself sets no ceiling.
MICRO_CEILING_YUAN = Decimal(100_000)

#: Only a 小微项目 is of one of its kinds.
micro_kind_of_micro = OnlyWith("micro_kind", "is_micro", (True,))

#: What a project that has not begun cannot have yet.
_RESULTS = ("spent_yuan", "people", "person_times", "volunteer_times", "surveyed")
_has_begun = not_in_future("starts_on")
_has_ended = not_in_future("ends_on")


def aid_project_names_a_group(project: Project) -> Iterator[Problem]:
    """Warn when a 帮扶项目 names none of the groups."""
    groups = (
        project.for_elderly,
        project.for_children,
        project.for_hardship,
        project.for_disabled,
        project.for_special,
    )
    if project.is_aid and not any(groups):
        yield Problem(
            "group",
            "is_aid",
            "帮扶项目应注明服务对象（一老、一小、一困、一残、特殊人群）",
            is_warning=True,
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


def begun_unless_planned(project: Project) -> Iterator[Problem]:
    """Refuse a start ahead for a project that has begun; a planned one may lie ahead."""
    if project.is_planned:
        return
    for problem in _has_begun(project):
        hint = "；尚未开始的项目请把“项目阶段”选为“储备”或“立项”" if not project.stage else ""
        yield Problem(problem.code, problem.field, problem.message + hint)


def results_of_planned(project: Project) -> Iterator[Problem]:
    """Warn of results of a project that has not begun."""
    if not project.is_planned:
        return
    for name in _RESULTS:
        if getattr(project, name):
            message = f"项目阶段为“{project.get_stage_display()}”，尚未实施，“{field_label(project, name)}”应留空"
            yield Problem("not_begun", name, message, is_warning=True)


def finished_with_an_end(project: Project) -> Iterator[Problem]:
    """Require the day on which a finished project ended."""
    if project.stage != ProjectStage.FINISHED:
        return
    if project.ends_on is None:
        yield Problem("required", "ends_on", "结项的项目应填“结束时间”")
    else:
        yield from _has_ended(project)


def resolution_of_library(project: Project) -> Iterator[Problem]:
    """Require the resolution by which a project was approved (鄂民发〔2024〕92号 二（一）5).

    Of a project that runs with a fund's money it is asked, as others need none.
    """
    has_words, day = bool(project.resolution), project.resolved_on
    if project.stage == ProjectStage.APPROVED and day is None:
        yield Problem("required", "resolved_on", "立项的项目应填管理小组的“决议日期”")
    elif has_words and day is None:
        yield Problem("resolution", "resolved_on", "已填决议文号或内容，请补填“决议日期”", True)
    elif day is not None and not has_words:
        yield Problem("resolution", "resolution", "已填决议日期，请补填“决议文号或内容”", True)
    elif (
        project.stage in (ProjectStage.RUNNING, ProjectStage.FINISHED)
        and project.fund_id
        and day is None
    ):
        yield Problem("resolution", "resolved_on", "由基金资助的项目，请补填管理小组的决议", True)


def resolved_before_start(project: Project) -> Iterator[Problem]:
    """Warn of a project that began before it was approved."""
    resolved, start = project.resolved_on, project.starts_on
    if resolved and start and resolved > start:
        message = f"决议日期{resolved}晚于项目开始时间{start}，请核对"
        yield Problem("resolved_late", "resolved_on", message, is_warning=True)


def survey_adds_up(project: Project) -> Iterator[Problem]:
    """Require day and number of those asked, and no more answers than people (三个维度的满意度)."""
    answers = {name: getattr(project, name) for name in SATISFACTION}
    given = [name for name, number in answers.items() if number is not None]
    if given and project.surveyed is None:
        yield Problem("required", "surveyed", "填了满意度人数，应填“回访人数”")
    if (given or project.surveyed is not None) and project.surveyed_on is None:
        yield Problem("required", "surveyed_on", "填了回访人数，应填“回访日期”，否则不能计入")
    for name in given:
        if project.surveyed is not None and answers[name] > project.surveyed:
            label = field_label(project, name)
            message = f"“{label}”{answers[name]}人多于回访人数{project.surveyed}人"
            yield Problem("more_than_asked", name, message)


def subsidy_has_a_day(project: Project) -> Iterator[Problem]:
    """Require the day of a subsidy, without which it cannot count."""
    if project.subsidy_yuan is not None and project.subsidised_on is None:
        yield Problem("required", "subsidised_on", "填了福彩公益金补助，应填“福彩公益金补助日期”")


declare_checks(
    Project,
    required("name", "starts_on"),
    not_before_1949("starts_on", "resolved_on", "surveyed_on", "subsidised_on"),
    not_in_future("resolved_on", "surveyed_on", "subsidised_on"),
    begun_unless_planned,
    in_order("starts_on", "ends_on"),
    not_negative(
        "budget_yuan",
        "spent_yuan",
        "people",
        "person_times",
        "volunteer_times",
        "surveyed",
        *SATISFACTION,
        "subsidy_yuan",
    ),
    aid_project_names_a_group,
    micro_kind_of_micro,
    micro_project,
    results_of_planned,
    finished_with_an_end,
    resolution_of_library,
    resolved_before_start,
    survey_adds_up,
    subsidy_has_a_day,
    spending_within_budget,
)
