"""The life of a case: what was found, then rectification and referral in an order that no step skips.

A case is an inspection, a guidance visit or a complaint. Its steps are records of their own; where a
case stands is derived from the approved ones and stored nowhere.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models

Day = datetime.date


class Finding(models.TextChoices):
    """What an inspection found."""

    SOUND = "sound", "未发现问题"
    PROBLEMS = "problems", "发现问题，责令整改"
    VIOLATION = "violation", "涉嫌违规违法，移交处理"


class StepKind(models.TextChoices):
    """A step of a case."""

    FAILED = "failed", "验收不合格"
    PASSED = "passed", "验收合格"
    REFERRED = "referred", "移交"


class CaseState(models.TextChoices):
    """Where a case stands on a day."""

    SOUND = "sound", "未发现问题"
    RECTIFYING = "rectifying", "整改中"
    OVERDUE = "overdue", "逾期未整改"
    RECTIFIED = "rectified", "整改完成"
    TO_REFER = "to_refer", "待移交"
    REFERRED = "referred", "已移交"

    @classmethod
    def open_ones(cls) -> tuple[CaseState, ...]:
        """Return the states in which something is still to be done."""
        return cls.RECTIFYING, cls.OVERDUE, cls.TO_REFER


@dataclass(frozen=True)
class Case:
    """What the steps of an inspection, a guidance visit or a complaint depend on."""

    name: str
    began_on: Day
    finding: Finding
    #: The day by which problems are put right; None for other findings.
    due_on: Day | None = None


@dataclass(frozen=True)
class Step:
    """One step: when the work was done, and the day on which it counts (acceptance, referral)."""

    kind: StepKind
    on: Day
    done_on: Day | None = None
    #: Distinguishes the steps of one case.
    key: object = None


def faults(case: Case, steps: Iterable[Step]) -> list[tuple[Step, str]]:
    """Return the steps that the case does not allow at their place, each with a sentence."""
    found = []
    before: list[Step] = []
    for step in sorted(steps, key=_order):
        if said := _fault(case, before, step):
            found.append((step, said))
        before.append(step)
    return found


def _order(step: Step) -> tuple[Day, int]:
    """On one day a failed acceptance comes before a passed one and before a referral."""
    return step.on, list(StepKind).index(step.kind)


def _fault(case: Case, before: Sequence[Step], step: Step) -> str:
    started = step.done_on or step.on
    if started < case.began_on:
        return f"日期{started}早于{case.name}的日期{case.began_on}"
    if step.on < started:
        return f"验收日期{step.on}早于整改完成日期{started}"
    last = before[-1] if before else None
    if last is not None and last.kind == StepKind.PASSED:
        return f"{case.name}的整改已于{last.on}验收合格，不能再登记整改或移交"
    if last is not None and last.kind == StepKind.REFERRED:
        return f"{case.name}已于{last.on}移交，不能再登记整改或移交"
    if last is not None and started < last.on:
        return f"日期{started}早于上一次验收日期{last.on}"
    return _unfounded_referral(case, last, step) or _unasked_rectification(case, step)


def _unfounded_referral(case: Case, last: Step | None, step: Step) -> str:
    """A referral needs a violation, or a rectification that failed or is overdue."""
    if step.kind != StepKind.REFERRED or case.finding == Finding.VIOLATION:
        return ""
    if case.finding == Finding.SOUND:
        return f"{case.name}未发现问题，不能移交"
    is_overdue = case.due_on is not None and step.on > case.due_on
    if last is None and not is_overdue:
        return f"{case.name}的整改期限{case.due_on}未到，整改也未经验收不合格，不能移交"
    return ""


def _unasked_rectification(case: Case, step: Step) -> str:
    if step.kind == StepKind.REFERRED or case.finding == Finding.PROBLEMS:
        return ""
    if case.finding == Finding.SOUND:
        return f"{case.name}未发现问题，没有要整改的"
    return f"{case.name}涉嫌违规违法，应登记移交，不登记整改"


def state_on(case: Case, steps: Iterable[Step], day: Day) -> CaseState:
    """Return where a case stands on a day, from its approved steps up to then."""
    kinds = {step.kind for step in steps if step.on <= day}
    if case.finding == Finding.SOUND:
        return CaseState.SOUND
    if StepKind.REFERRED in kinds:
        return CaseState.REFERRED
    if case.finding == Finding.VIOLATION:
        return CaseState.TO_REFER
    if StepKind.PASSED in kinds:
        return CaseState.RECTIFIED
    is_overdue = case.due_on is not None and day > case.due_on
    return CaseState.OVERDUE if is_overdue else CaseState.RECTIFYING
