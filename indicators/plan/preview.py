"""The figures of a plan under a file or rule that is not saved."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from areas.models import Area
from indicators.models import Indicator, Plan
from indicators.plan.changes import Tables, find_changes
from indicators.plan.files import PlanFile, export_plan, plan_tables
from indicators.plan.left_figures import left_figures
from indicators.plan.loading import record_load, require_right, store_plan
from indicators.plan.revisions import may_revise
from indicators.plan.tables import PlanError
from indicators.progress.progress import Progress, progress_of, progress_under
from indicators.progress.target_sentences import demand_text, standing_text
from indicators.rules import rule_of
from indicators.rules.answers.values import value_text
from indicators.store.series import ensure_layout

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class PreviewRow:
    """One indicator before and after the change; a text is empty where there is no figure."""

    name: str
    unit: str
    rule: str
    targets: list[str]
    is_changed: bool
    now: str = ""
    then: str = ""
    state_now: str = ""
    state_then: str = ""


@dataclass(frozen=True)
class Preview:
    """What would change if a file were loaded."""

    plan: Plan
    is_new: bool
    edited_at: datetime.datetime | None
    changes: list[str]
    rows: list[PreviewRow]
    has_figures: bool
    seen: str


def fingerprint(plan: Plan | None) -> str:
    """A digest of the plan's present state, so that nobody confirms what they have not seen."""
    return hashlib.sha256(export_plan(plan).encode()).hexdigest() if plan else "new"


def preview_plan(file: PlanFile, *, by: User) -> Preview:
    """Load the file, read the figures, and roll back. PlanError as for loading.

    Figures are shown to users who may see those of the area; an administrator sees the rules only.
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().filter(code=file.code).first()
        require_right(file, plan, by)
        before, seen = plan_tables(plan) if plan else None, fingerprint(plan)
        now = _figures(plan) if plan and may_revise(by, plan) else {}
        stored = store_plan(file)
        has_figures = may_revise(by, stored) and _is_present(stored)
        rows = _rows(stored, before, now, has_figures=has_figures)
        changes = find_changes(before, plan_tables(stored))
        changes += left_figures(stored) if changes and before else []
        transaction.set_rollback(True)
    edited_at = plan.edited_at if plan else None
    return Preview(stored, plan is None, edited_at, changes, rows, has_figures, seen)


def load_on_site(file: PlanFile, *, by: User, reason: str, seen: str) -> Plan:
    """Load a previewed file; the plan then counts as edited on the site (`Plan.edited_at`).

    PlanError also when the plan changed since the preview (`Preview.seen`).
    """
    with transaction.atomic():
        plan = Plan.objects.select_for_update().filter(code=file.code).first()
        if fingerprint(plan) != seen:
            raise PlanError("现行方案刚有变化，没有载入；请核对新的预览后再确认")
        stored = record_load(file, plan, by=by, reason=reason)
        if fingerprint(stored) == seen:
            raise PlanError("文件与现行方案一致，无需载入")
        ensure_layout()
    return stored


def preview_rule(indicator: Indicator, changed: Indicator) -> list[PreviewRow]:
    """Show every indicator of the plan today, one of them under a changed rule (`with_rule`)."""
    plan, day, rows = indicator.plan, timezone.localdate(), []
    is_present = _is_present(plan)
    for item in progress_of(plan, [plan.area_code], day)[plan.area_code]:
        is_changed = item.indicator.pk == changed.pk
        is_counted = is_changed and is_present
        then = progress_under(changed, plan.area_code, day) if is_counted else item
        rows.append(_row(changed if is_changed else item.indicator, item, then, is_changed))
    return rows


def _is_present(plan: Plan) -> bool:
    return Area.objects.existing_on(timezone.localdate()).filter(code=plan.area_code).exists()


def _figures(plan: Plan) -> dict[str, Progress]:
    if not _is_present(plan):
        return {}
    found = progress_of(plan, [plan.area_code], timezone.localdate())[plan.area_code]
    return {item.indicator.code: item for item in found}


def _rows(
    plan: Plan, before: Tables | None, now: dict[str, Progress], *, has_figures: bool
) -> list[PreviewRow]:
    after = plan_tables(plan)
    old = {table["code"]: table for table in before["indicator"]} if before else {}
    new = {table["code"]: table for table in after["indicator"]}
    has_same_head = before is not None and before["plan"] == after["plan"]
    rows = []
    for indicator in plan.indicators.select_related("plan").prefetch_related(
        "targets__allocations"
    ):
        code, then = indicator.code, None
        is_changed = old.get(code) != new[code]
        if has_figures and has_same_head and not is_changed and code in now:
            then = now[code]
        elif has_figures:
            then = progress_under(indicator, plan.area_code, timezone.localdate())
        rows.append(_row(indicator, now.get(code), then, is_changed))
    return rows


def _row(
    indicator: Indicator, now: Progress | None, then: Progress | None, is_changed: bool
) -> PreviewRow:
    return PreviewRow(
        indicator.name,
        indicator.unit,
        rule_of(indicator).text,
        [
            f"{standing_text(target)}{demand_text(indicator, target)}"
            for target in indicator.targets.all()
        ],
        is_changed,
        value_text(now.indicator, now.value) if now else "",
        value_text(indicator, then.value) if then else "",
        now.state.label if now else "",
        then.state.label if then else "",
    )
