"""The content of a plan's page: indicators with rule, targets, allocations and revisions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from areas.codes import is_within
from indicators.duties.words import (
    assumed_words,
    proof_words,
    reminder_words,
    span_words,
    when_words,
    who_words,
)
from indicators.models import Duty, Indicator, Plan, Revision, Target, TargetAllocation, Task
from indicators.progress.progress import ruling_targets
from indicators.progress.target_review import Milestone, disagreements, milestones
from indicators.progress.target_sentences import deadline_text, demand_text, source_text
from indicators.rules import rule_of
from indicators.rules.answers.values import amount_text, difference_text, is_in_money
from reviews.kinds import record_kinds

if TYPE_CHECKING:
    from accounts.models import User

_BRACKETS = re.compile(r"（([^（）]*)）")
_KEY = re.compile(r"[a-z_]+ = .+")


@dataclass(frozen=True)
class Line:
    """One line of the table of targets; a milestone (推算) has no target behind it."""

    day: str
    source: str
    clause: str
    demand: str
    comment: str
    role: str
    target: Target | None = None
    allocations: tuple[tuple[str, str], ...] = ()
    allocation_note: str = ""


@dataclass(frozen=True)
class Section:
    """One indicator on the plan's page."""

    indicator: Indicator
    rule: str
    alternatives: list[str]
    lines: list[Line]
    disagreements: list[str]
    revisions: list[Revision]
    is_allocatable: bool
    is_in_money: bool


@dataclass(frozen=True)
class TaskLine:
    """One task on the plan's page, in words."""

    task: Task
    levels: str
    days: str
    kinds: str
    assessor: str


def task_lines(plan: Plan) -> list[TaskLine]:
    """The plan's tasks in the order of the document."""
    names = {kind.declaration.address: str(kind._meta.verbose_name) for kind in record_kinds()}
    return [
        TaskLine(
            task,
            "、".join(plan.label_of(level) for level in task.levels),
            f"{task.first_day}至{task.last_day}",
            "、".join(names.get(address, address) for address in task.record_kinds),
            plan.label_of(task.assessor_level) if task.assessor_level else "",
        )
        for task in plan.tasks.select_related("plan", "stage")
    ]


@dataclass(frozen=True)
class DutyLine:
    """One duty on the plan's page, in words."""

    duty: Duty
    who: str
    when: str
    done: str
    reminders: str
    assumed: str


def duty_lines(plan: Plan) -> list[DutyLine]:
    """The plan's duties in the order of the document."""
    return [
        DutyLine(
            duty,
            who_words(duty.who, plan),
            "；".join(filter(None, (when_words(duty.schedule, duty.who), span_words(duty)))),
            proof_words(duty),
            reminder_words(duty.reminders),
            assumed_words(duty),
        )
        for duty in plan.duties.select_related("plan")
    ]


def build_sheet(plan: Plan, user: User) -> tuple[list[Section], list[Revision]]:
    """The plan's indicators, and the revisions of the plan as a whole.

    Allocations are shown to the users whom they concern; revisions to the users of the plan's area
    and to the administrator, who maintains the settings.
    """
    allocations = TargetAllocation.objects.select_related("area")
    indicators = plan.indicators.select_related("plan").prefetch_related(
        Prefetch("targets__allocations", allocations), "targets__indicator"
    )
    by_code = _revisions(plan, user)
    sections = [
        _section(indicator, by_code.pop(indicator.code, []), user) for indicator in indicators
    ]
    others = [revision for rows in by_code.values() for revision in rows]
    return sections, sorted(others, key=lambda revision: revision.pk, reverse=True)


def _revisions(plan: Plan, user: User) -> dict[str, list[Revision]]:
    found: dict[str, list[Revision]] = defaultdict(list)
    covers = user.covers(plan.area_code)
    is_within_plan = bool(user.sees_records and is_within(user.area_id or "", plan.area_code))
    if covers or is_within_plan or user.is_administrator:
        for revision in plan.revisions.select_related("by", "confirmed_by"):
            if covers or "shares" not in revision.after:
                found[revision.indicator_code].append(revision)
    return found


def _section(indicator: Indicator, revisions: list[Revision], user: User) -> Section:
    return Section(
        indicator,
        rule_of(indicator).text,
        [plain_alternative(text) for text in indicator.alternatives],
        _lines(indicator, user),
        disagreements(indicator),
        revisions,
        rule_of(indicator).is_allocatable,
        is_in_money(indicator),
    )


def plain_alternative(text: str) -> str:
    """An alternative reading without the keys of the file: `只计备案`."""
    return _BRACKETS.sub(_without_keys, text)


def _without_keys(match: re.Match[str]) -> str:
    parts = re.split(r"[,，]\s*", match[1])
    kept = [part for part in parts if not _KEY.fullmatch(part)]
    return f"（{'，'.join(kept)}）" if kept else ""


def _lines(indicator: Indicator, user: User) -> list[Line]:
    ruling = ruling_targets(indicator)
    found: list[tuple[tuple[object, ...], Line]] = [
        ((target.due_on.year, target.due_on, target.place), _line(indicator, target, ruling, user))
        for target in indicator.targets.all()
    ]
    found += [
        ((milestone.year,), _milestone_line(indicator, milestone))
        for milestone in milestones(indicator)
    ]
    return [line for _, line in sorted(found, key=lambda pair: pair[0])]


def _line(indicator: Indicator, target: Target, ruling: list[Target], user: User) -> Line:
    shown = _shown_allocations(indicator.plan, target, user)
    return Line(
        deadline_text(target.due_on),
        source_text(target),
        target.clause,
        demand_text(indicator, target),
        target.comment,
        "考核依据" if target in ruling else "对照",
        target,
        tuple(
            (str(allocation.area), amount_text(indicator, allocation.value)) for allocation in shown
        ),
        allocation_note(target) if user.covers(indicator.plan.area_code) else "",
    )


def _milestone_line(indicator: Indicator, milestone: Milestone) -> Line:
    demand = amount_text(indicator, milestone.value)
    comment = "文件未设目标，按前后目标直线推算，仅供参考"
    return Line(f"{milestone.year}年底", "—", "—", demand, comment, "推算")


def _shown_allocations(plan: Plan, target: Target, user: User) -> list[TargetAllocation]:
    """The allocations of a target that the user may see: all, or those above and below the own area."""
    if not user.sees_records:
        return []
    own = user.area_id or ""
    return [
        allocation
        for allocation in target.allocations.all()
        if user.covers(plan.area_code)
        or is_within(allocation.area_id, own)
        or is_within(own, allocation.area_id)
    ]


def allocation_note(target: Target) -> str:
    """`已分解到11个地区，合计22支，比目标多3支`; "" where it is not allocated."""
    allocations, indicator = list(target.allocations.all()), target.indicator
    if not allocations:
        return ""
    total = sum((allocation.value for allocation in allocations), Decimal(0))
    gap = total - target.value
    text = f"已分解到{len(allocations)}个地区，合计{amount_text(indicator, total)}"
    if not gap:
        return f"{text}，与目标一致"
    return f"{text}，比目标{'多' if gap > 0 else '少'}{difference_text(indicator, abs(gap))}"
