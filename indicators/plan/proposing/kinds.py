"""Changes of plans that a second person confirms: targets, their allocation, rules and plan files."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.db.models import Q
from typing_extensions import override

from accounts.models import User
from areas.querysets import within_q
from indicators.models import Indicator, Plan, Target
from indicators.plan.files import read_plan
from indicators.plan.preview import fingerprint, load_on_site
from indicators.plan.revisions import RevisionError, change_rule, confirmed_by, may_load
from indicators.plan.tables import PlanError
from indicators.plan.targets import allocate, revise_target, withdraw_allocation
from indicators.rules import RULE_FIELDS
from proposals.kinds import ChangeKind, Outcome, Payload, ProposalRefused, declare

if TYPE_CHECKING:
    from proposals.kinds import Person
    from proposals.models import PendingChange


class PlanChange(ChangeKind):
    """Base of the changes of a plan.

    Another reviewer whose area covers the plan's confirms them, or a 系统管理员, who may load plans.
    """

    @override
    def may_propose(self, user: Person, area: str) -> bool:
        own = cast(User, user)
        return own.is_reviewer and own.covers(area)

    @override
    def may_confirm(self, user: Person, area: str) -> bool:
        return may_load(cast(User, user), area)

    @override
    def readers(self, user: Person) -> Q | None:
        own = cast(User, user)
        if own.is_administrator:
            return Q()
        is_reviewer = own.is_reviewer and own.sees_records
        return within_q("area", own.area_id or "") if is_reviewer else None

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Apply the change in the proposer's name; the revision names who confirmed it, too."""
        second = None if change.is_alone else cast(User, by)
        try:
            with confirmed_by(second):
                return self.revise(change, dict(change.payload))
        except (RevisionError, PlanError) as error:
            raise ProposalRefused(str(error)) from error

    def revise(self, change: PendingChange, given: Payload) -> Outcome:
        """Change the plan; RevisionError or PlanError where that is refused."""
        raise NotImplementedError


def _target(given: Payload) -> Target:
    rows = Target.objects.select_related("indicator__plan").prefetch_related("allocations")
    found = rows.filter(pk=given["target"]).first()
    if found is None:
        raise ProposalRefused("该目标已不在方案中")
    return found


class TargetChange(PlanChange):
    """修订目标: another value, relation or threshold."""

    key, title = "indicators.target", "修订目标"

    @override
    def state(self, payload: Payload) -> object:
        rows = Target.objects.filter(pk=payload["target"])
        return [[f"{v.normalize():f}", *more] for v, *more in rows.values_list(*_TARGET)]

    @override
    def revise(self, change: PendingChange, given: Payload) -> Outcome:
        target, at_least = _target(given), given["at_least"]
        revise_target(
            target,
            by=change.proposed_by,
            value=Decimal(str(given["value"])),
            reason=change.reason,
            operator=str(given["operator"]),
            at_least=int(str(at_least)) if at_least is not None else None,
            document_number=str(given["document_number"]),
        )
        return Outcome("目标已修订")


_TARGET = ("value", "operator", "at_least", "indicator__unit", "indicator__counting")


class AllocationChange(PlanChange):
    """目标分解: the parts of a target that the areas below take, or none."""

    key, title = "indicators.allocation", "目标分解"

    @override
    def state(self, payload: Payload) -> object:
        target = _target(payload)
        parts = sorted(
            (each.area_id, f"{each.value.normalize():f}") for each in target.allocations.all()
        )
        return [f"{target.value.normalize():f}", target.operator, parts]

    @override
    def revise(self, change: PendingChange, given: Payload) -> Outcome:
        target, by = _target(given), change.proposed_by
        if given["is_withdrawn"]:
            withdraw_allocation(target, by=by, reason=change.reason)
            return Outcome("已取消分解")
        values = {code: Decimal(value) for code, value in given["allocations"].items()}
        allocate(target, values, by=by, reason=change.reason)
        return Outcome("目标已分解")


class RuleChange(PlanChange):
    """修改口径: another rule by which an indicator is counted."""

    key, title = "indicators.rule", "修改口径"

    @override
    def state(self, payload: Payload) -> object:
        rows = Indicator.objects.filter(pk=payload["indicator"])
        return list(rows.values_list("unit", *RULE_FIELDS))

    @override
    def revise(self, change: PendingChange, given: Payload) -> Outcome:
        indicator = Indicator.objects.select_related("plan").filter(pk=given["indicator"]).first()
        if indicator is None:
            raise ProposalRefused("该指标已不在方案中")
        change_rule(
            indicator,
            cast("dict[str, object]", given["values"]),
            by=change.proposed_by,
            reason=change.reason,
            document_number=str(given["document_number"]),
        )
        return Outcome(f"已修改口径：{indicator}")


class FileChange(PlanChange):
    """载入方案文件: a new plan, or another content of one."""

    key, title = "indicators.file", "载入方案文件"

    @override
    def may_propose(self, user: Person, area: str) -> bool:
        return may_load(cast(User, user), area)

    @override
    def state(self, payload: Payload) -> object:
        return fingerprint(Plan.objects.filter(code=payload["plan"]).first())

    @override
    def revise(self, change: PendingChange, given: Payload) -> Outcome:
        raw = base64.b64decode(str(given["content"]))
        file = read_plan(str(given["name"]), raw)
        seen = str(given["seen"])
        plan = load_on_site(file, by=change.proposed_by, reason=change.reason, seen=seen)
        return Outcome(f"已载入方案“{plan}”", str(plan.pk))


for _kind in (TargetChange(), AllocationChange(), RuleChange(), FileChange()):
    declare(_kind)
