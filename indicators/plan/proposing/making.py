"""Proposals of changes of plans, with what is shown before and after."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from indicators.models import Indicator, Plan, Target
from indicators.plan.changes import find_changes, value_words
from indicators.plan.files import PlanFile, plan_tables
from indicators.plan.loading import require_right, store_plan
from indicators.plan.proposing.kinds import AllocationChange, FileChange, RuleChange, TargetChange
from indicators.plan.revisions import rule_changes, with_rule
from indicators.plan.targets import allocation_areas
from indicators.progress.target_sentences import demand_text, standing_text
from indicators.rules.answers.values import amount_text
from proposals.kinds import Line, Proposal

if TYPE_CHECKING:
    from accounts.models import User


def target_proposal(
    target: Target, *, value: Decimal, operator: str, at_least: int | None, document_number: str
) -> Proposal:
    """Propose another value, relation or threshold of a target; None leaves the threshold."""
    changed, indicator = copy(target), target.indicator
    changed.value, changed.operator = value, operator
    changed.at_least = at_least if at_least is not None else target.at_least
    before, after = demand_text(indicator, target), demand_text(indicator, changed)
    payload = {
        "target": target.pk,
        "value": f"{value.normalize():f}",
        "operator": operator,
        "at_least": at_least,
        "document_number": document_number,
    }
    return Proposal(
        TargetChange.key,
        f"indicators.target:{target.pk}",
        f"修订目标：{indicator}，{standing_text(target)}",
        payload,
        [
            Line(f"{indicator}（{standing_text(target)}）", before, after),
            *_document(document_number),
        ],
        indicator.plan.area_code,
    )


def allocation_proposal(target: Target, allocations: Mapping[str, Decimal] | None) -> Proposal:
    """Propose the parts of a target by area code; None withdraws the allocation."""
    is_withdrawn, allocations = allocations is None, allocations or {}
    indicator = target.indicator
    rows = target.allocations.select_related("area")
    was = {each.area_id: each.value for each in rows}
    names = {area.code: str(area) for area in allocation_areas(indicator.plan)}
    names |= {each.area_id: str(each.area) for each in rows}
    lines = [
        Line(
            names.get(code, code),
            _part(indicator, was.get(code)),
            _part(indicator, allocations.get(code)),
        )
        for code in sorted({*was, *allocations})
        if was.get(code) != allocations.get(code)
    ]
    parts = {code: f"{value.normalize():f}" for code, value in allocations.items()}
    return Proposal(
        AllocationChange.key,
        f"indicators.target:{target.pk}",
        f"{'取消分解' if is_withdrawn else '目标分解'}：{indicator}，{standing_text(target)}",
        {"target": target.pk, "allocations": parts, "is_withdrawn": is_withdrawn},
        lines,
        indicator.plan.area_code,
    )


def rule_proposal(
    indicator: Indicator, values: Mapping[str, object], document_number: str
) -> Proposal:
    """Propose another counting rule; RevisionError where it cannot be counted."""
    changed = with_rule(indicator, values)
    lines = [
        Line(
            next(str(each.verbose_name) for each in Indicator._meta.fields if each.name == name),
            value_words(Indicator, name, getattr(indicator, name)),
            value_words(Indicator, name, getattr(changed, name)),
        )
        for name in rule_changes(indicator, changed)
    ]
    return Proposal(
        RuleChange.key,
        f"indicators.indicator:{indicator.pk}",
        f"修改口径：{indicator}",
        {"indicator": indicator.pk, "values": dict(values), "document_number": document_number},
        [*lines, *_document(document_number)],
        indicator.plan.area_code,
    )


def file_proposal(file: PlanFile, raw: bytes, *, by: User, seen: str) -> Proposal:
    """Propose to load a plan file; `seen` is the fingerprint of the plan that its preview showed.

    PlanError where the file cannot be loaded.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().filter(code=file.code).first()
        require_right(file, plan, by)
        before = plan_tables(plan) if plan else None
        stored = store_plan(file)
        changes, area = find_changes(before, plan_tables(stored)), stored.area_code
        transaction.set_rollback(True)
    payload = {
        "plan": file.code,
        "name": file.name,
        "content": base64.b64encode(raw).decode(),
        "seen": seen,
    }
    return Proposal(
        FileChange.key,
        f"indicators.plan:{file.code}",
        f"载入方案文件：{stored.title}（{file.code}）",
        payload,
        [Line(f"改动{number}", "—", words) for number, words in enumerate(changes, start=1)],
        area,
    )


def _document(number: str) -> list[Line]:
    return [Line("依据文号", "—", number)] if number else []


def _part(indicator: Indicator, value: Decimal | None) -> str:
    return "未分解" if value is None else amount_text(indicator, value)
