"""Checks of aid, needs, resources and matches before submission."""

from __future__ import annotations

from collections.abc import Iterator

from projects.models import Aid, Match, Need, Resource
from reviews.checks import (
    OneOf,
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
)


def aid_of_a_running_project(aid: Aid) -> Iterator[Problem]:
    """Warn of aid from a project that has not begun by its own record."""
    project = aid.project
    if project is not None and project.is_planned:
        stage = project.get_stage_display()
        message = f"所属项目“{project}”的阶段为“{stage}”，已开始的请先更新项目阶段"
        yield Problem("not_begun", "project", message, is_warning=True)


declare_checks(
    Aid,
    required("helped_on", "group", "content", "person_times"),
    not_before_1949("helped_on"),
    not_in_future("helped_on"),
    positive("person_times"),
    not_negative("amount_yuan"),
    aid_of_a_running_project,
)

declare_checks(
    Need,
    required("name", "direction", "group", "found_on"),
    not_before_1949("found_on", "needed_by", "closed_on"),
    not_in_future("found_on", "closed_on"),
    in_order("found_on", "needed_by"),
    in_order("found_on", "closed_on"),
    positive("people"),
)


def unit_of_quantity(resource: Resource) -> Iterator[Problem]:
    """Require the unit of a quantity, without which the number says nothing."""
    if resource.quantity is not None and not resource.unit:
        yield Problem("unit", "unit", "填了数量，应填计量单位，如间、元、件、人")


declare_checks(
    Resource,
    required("name", "kind", "group", "available_from"),
    not_before_1949("available_from", "closed_on"),
    not_in_future("available_from", "closed_on"),
    in_order("available_from", "closed_on"),
    positive("quantity"),
    unit_of_quantity,
)


#: A project alone matches nothing.
need_or_resource = OneOf(("need", "resource"), is_exclusive=False)


def match_within_lives(match: Match) -> Iterator[Problem]:
    """Warn of a match outside the life of its need or its resource."""
    day, need, resource = match.matched_on, match.need, match.resource
    if day is None:
        return
    lives = []
    if need is not None:
        lives.append(("need", f"需求“{need}”", need.found_on, need.closed_on))
    if resource is not None:
        label = f"资源“{resource}”"
        lives.append(("resource", label, resource.available_from, resource.closed_on))
    for field, label, first, end in lives:
        if first and day < first:
            message = f"对接日期{day}早于{label}的起始日期{first}，请核对"
            yield Problem("before_life", field, message, is_warning=True)
        elif end and day >= end:
            message = f"{label}已于{end}终止，不能再对接，请核对"
            yield Problem("after_life", field, message, is_warning=True)


def quantity_of_resource(match: Match) -> Iterator[Problem]:
    """Warn of a quantity without a resource, or of more than the resource has."""
    resource, used = match.resource, match.quantity
    if used is None:
        return
    if not match.resource_id:
        yield Problem("not_applicable", "quantity", "没有选资源，“使用数量”应留空", True)
    elif resource is not None and resource.quantity is not None and used > resource.quantity:
        has = f"{resource.quantity}{resource.unit}"
        message = f"使用数量{used}多于资源“{resource}”的数量{has}"
        yield Problem("more_than_there_is", "quantity", message, is_warning=True)


declare_checks(
    Match,
    required("project", "matched_on", "matter"),
    not_before_1949("matched_on"),
    not_in_future("matched_on"),
    positive("quantity"),
    need_or_resource,
    match_within_lives,
    quantity_of_resource,
)
