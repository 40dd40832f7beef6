"""Targets are revised with a reason and allocated to the areas below."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from areas.codes import COMMUNITY_LEVEL, cut_to, level_of
from areas.models import Area
from indicators.models import Indicator, Plan, Revision, Target, TargetAllocation
from indicators.plan.revisions import RevisionError, checked, clean_reason, locked_plan, record
from indicators.progress.progress import progress_of
from indicators.progress.target_review import Milestone, disagreements, milestones
from indicators.progress.target_sentences import demand_text, standing_text
from indicators.rules import rule_of
from indicators.rules.answers.values import amount_text, difference_text, is_whole
from indicators.store.series import ensure_layout
from indicators.store.tree_context import TreeContext

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "OPERATORS",
    "WAYS",
    "Milestone",
    "allocate",
    "allocation_areas",
    "allocation_gap",
    "disagreements",
    "milestones",
    "revise_target",
    "suggest_allocation",
    "withdraw_allocation",
]

_FOUR_PLACES = Decimal("0.0001")
OPERATORS = {">=": "不少于", "=": "等于"}
#: The ways in which an allocation of a target can be suggested.
WAYS = {"communities": "按社区数", "last_year": "按上年完成数", "even": "平均"}


# --- revising -------------------------------------------------------------------------------


def revise_target(
    target: Target,
    *,
    by: User,
    value: Decimal,
    reason: str,
    operator: str | None = None,
    at_least: int | None = None,
    document_number: str = "",
) -> Revision:
    """修订目标: change a target; a revision keeps the old value, sealed editions do not change.

    `target` as it was read: RevisionError when it changed since, when nothing changes, when the
    user may not revise it, or when the value is not allowed. `operator` and `at_least` default to
    the present ones.
    """
    reason = clean_reason(reason)
    with transaction.atomic():
        plan = locked_plan(target.indicator.plan, by)
        stored = _locked_target(target, plan)
        before = _state(stored)
        if before != _state(target):
            raise RevisionError("目标刚有变化，没有保存；请核对后重新修订")
        if at_least is not None and not rule_of(stored.indicator).has_threshold:
            raise RevisionError("“每个不少于”只用于覆盖类指标", "at_least")
        was = demand_text(stored.indicator, stored)
        stored.value = value
        stored.operator = operator or stored.operator
        stored.at_least = at_least if at_least is not None else stored.at_least
        _check_target(stored)
        if before == _state(stored):
            raise RevisionError("目标没有变化")
        stored.save()
        revision = _record_target(stored, was, before, by, reason, document_number)
        if before["at_least"] != stored.at_least:
            ensure_layout()
    return revision


def _locked_target(target: Target, plan: Plan) -> Target:
    rows = Target.objects.select_for_update(of=("self",)).select_related("indicator")
    stored = rows.filter(pk=target.pk).first()
    if stored is None:
        raise RevisionError("该目标已不在方案中")
    stored.indicator.plan = plan
    return stored


def _state(target: Target) -> dict[str, object]:
    return {
        "value": f"{target.value.normalize():f}",
        "operator": target.operator,
        "at_least": target.at_least,
    }


def _check_target(target: Target) -> None:
    indicator, value = target.indicator, target.value
    if target.operator not in OPERATORS:
        raise RevisionError(f"关系应为{'或'.join(OPERATORS.values())}", "operator")
    if not value.is_finite() or (value < 0 and rule_of(indicator).floor >= 0):
        raise RevisionError("目标值应为不小于0的数", "value")
    if is_whole(indicator) and value % 1:
        raise RevisionError(f"以“{indicator.unit}”计的目标应为整数", "value")
    if indicator.is_percentage and not rule_of(indicator).is_comparison and value > 1:
        raise RevisionError("比例不应超过100%", "value")
    if target.at_least is not None and target.at_least < 1:
        raise RevisionError("“每个不少于”应不小于1", "at_least")
    checked(target)


def _record_target(
    target: Target,
    was: str,
    before: dict[str, object],
    by: User,
    reason: str,
    document_number: str,
) -> Revision:
    indicator, which = target.indicator, _name(target)
    return record(
        indicator.plan,
        f"修订目标：{standing_text(target)}",
        [f"由“{was}”改为“{demand_text(indicator, target)}”"],
        which | before,
        which | _state(target),
        by=by,
        reason=reason,
        indicator=indicator,
        document_number=document_number,
    )


def _name(target: Target) -> dict[str, object]:
    return {"due_on": target.due_on.isoformat(), "place": target.place}


# --- allocating -----------------------------------------------------------------------------


def allocation_areas(plan: Plan) -> list[Area]:
    """The areas to which a target is allocated: counted ones one level below the plan's that exist."""
    if level_of(plan.area_code) == COMMUNITY_LEVEL:
        return []
    day = timezone.localdate()
    rows = Area.objects.children_of(plan.area_code, day).filter(is_counted=True)
    return list(rows.order_by("code"))


def suggest_allocation(target: Target, how: str) -> dict[str, Decimal]:
    """A division of the target among the areas below that adds up to it exactly.

    `how`: one of `WAYS`. Counts stay whole (largest remainder). RevisionError where the target
    cannot be allocated, or where there is no basis for a division.
    """
    indicator, value = target.indicator, target.value
    _require_allocatable(indicator)
    codes = [area.code for area in allocation_areas(indicator.plan)]
    if not codes:
        raise RevisionError("方案适用地区之下没有纳入考核的地区，无从分解")
    weights = _weights(indicator, codes, how)
    if not sum(weights.values()):
        raise RevisionError(f"各地均无可依据的数据，不能{WAYS[how]}分解")
    if is_whole(indicator):
        if value % 1:
            raise RevisionError("目标不是整数，无法按整数分解")
        return _apportion(value, weights, Decimal(1))
    cent = Decimal("0.01")
    return _apportion(value, weights, _FOUR_PLACES if value % cent else cent)


def _weights(indicator: Indicator, codes: list[str], how: str) -> dict[str, Decimal]:
    if how == "even":
        return dict.fromkeys(codes, Decimal(1))
    if how == "communities":
        return _communities(indicator.plan, codes)
    if how != "last_year":
        raise RevisionError(f"没有“{how}”这种分解办法")
    plan, end = indicator.plan, datetime.date(timezone.localdate().year - 1, 12, 31)
    found = progress_of(plan, codes, end, tree=TreeContext(plan.area_code, codes))
    items = {
        code: next(item for item in row if item.indicator.pk == indicator.pk)
        for code, row in found.items()
    }
    return {code: max(item.value or Decimal(0), Decimal(0)) for code, item in items.items()}


def _communities(plan: Plan, codes: list[str]) -> dict[str, Decimal]:
    """By area code, how many counted communities the area has today."""
    rows = Area.objects.within(plan.area_code).existing_on(timezone.localdate())
    inside = rows.filter(level=COMMUNITY_LEVEL, is_counted=True).values_list("code", flat=True)
    level, weights = level_of(codes[0]), dict.fromkeys(codes, Decimal(0))
    for code in inside:
        if cut_to(code, level) in weights:
            weights[cut_to(code, level)] += 1
    return weights


def _apportion(total: Decimal, weights: dict[str, Decimal], step: Decimal) -> dict[str, Decimal]:
    """Divide `total` in whole steps by weight: the largest remainders take the steps that are left."""
    steps, weight = Fraction(total / step), Fraction(sum(weights.values()))
    exact = {code: steps * Fraction(each) / weight for code, each in weights.items()}
    whole = {code: int(each) for code, each in exact.items()}
    first = sorted(exact, key=lambda code: (whole[code] - exact[code], -weights[code], code))
    for code in first[: int(steps) - sum(whole.values())]:
        whole[code] += 1
    return {code: each * step for code, each in whole.items()}


def allocate(target: Target, allocations: Mapping[str, Decimal], *, by: User, reason: str) -> None:
    """目标分解: replace the allocations of a target; their sum may exceed the target, never fall short.

    RevisionError where an area is none of those below, a count is not whole, or the sum falls short.
    """
    reason = clean_reason(reason)
    with transaction.atomic():
        plan = locked_plan(target.indicator.plan, by)
        stored = _locked_target(target, plan)
        _require_allocatable(stored.indicator)
        names = {area.code: str(area) for area in allocation_areas(plan)}
        _check_allocations(stored, allocations, names)
        _replace(stored, allocations, names, by, reason)


def withdraw_allocation(target: Target, *, by: User, reason: str) -> None:
    """取消分解: remove all allocations of a target."""
    reason = clean_reason(reason)
    with transaction.atomic():
        stored = _locked_target(target, locked_plan(target.indicator.plan, by))
        if not stored.allocations.exists():
            raise RevisionError("该目标没有分解")
        _replace(stored, {}, {}, by, reason)


def _require_allocatable(indicator: Indicator) -> None:
    if not rule_of(indicator).is_allocatable:
        raise RevisionError("比例类目标各地同一标准，不作分解")


def _check_allocations(
    target: Target, allocations: Mapping[str, Decimal], names: dict[str, str]
) -> None:
    indicator = target.indicator
    for code, value in allocations.items():
        if code not in names:
            raise RevisionError(f"{code}不是可承担分解目标的下级地区")
        if not value.is_finite() or value < 0:
            raise RevisionError(f"{names[code]}：分解值应为不小于0的数", code)
        if is_whole(indicator) and value % 1:
            raise RevisionError(f"{names[code]}：以“{indicator.unit}”计的分解值应为整数", code)
    total = sum(allocations.values(), Decimal(0))
    if total < target.value:
        texts = (amount_text(indicator, each) for each in (total, target.value))
        short = difference_text(indicator, target.value - total)
        raise RevisionError("分解合计{}，目标{}，还差{}".format(*texts, short))


def _replace(
    target: Target, allocations: Mapping[str, Decimal], names: dict[str, str], by: User, reason: str
) -> None:
    old = {
        allocation.area_id: allocation for allocation in target.allocations.select_related("area")
    }
    was = {code: allocation.value for code, allocation in old.items()}
    if was == dict(allocations):
        raise RevisionError("分解没有变化")
    labels = {code: str(allocation.area) for code, allocation in old.items()} | names
    target.allocations.all().delete()
    for code, value in allocations.items():
        allocation = TargetAllocation(target=target, area_id=code, value=value)
        checked(allocation)
        allocation.save()
    _record_allocations(target, was, allocations, labels, by, reason)


def _record_allocations(
    target: Target,
    was: Mapping[str, Decimal],
    allocations: Mapping[str, Decimal],
    labels: dict[str, str],
    by: User,
    reason: str,
) -> None:
    indicator, which = target.indicator, _name(target)
    changed = sorted(
        code for code in {*was, *allocations} if was.get(code) != allocations.get(code)
    )
    words = [
        f"{labels[code]}：由{_allocation_text(indicator, was.get(code))}"
        f"改为{_allocation_text(indicator, allocations.get(code))}"
        for code in changed
    ]
    old, new = (
        {code: f"{v.normalize():f}" for code, v in rows.items()} for rows in (was, allocations)
    )
    what = "目标分解" if allocations else "取消分解"
    record(
        indicator.plan,
        f"{what}：{standing_text(target)}",
        words,
        which | {"shares": old},
        which | {"shares": new},
        by=by,
        reason=reason,
        indicator=indicator,
    )


def _allocation_text(indicator: Indicator, value: Decimal | None) -> str:
    return "未分解" if value is None else amount_text(indicator, value)


def allocation_gap(target: Target) -> Decimal | None:
    """The sum of the allocations less the target; None where it is not allocated."""
    total = target.allocations.aggregate(total=Sum("value"))["total"]
    return None if total is None else total - target.value
