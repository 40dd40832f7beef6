"""Loads plan files into the database: checked, all or nothing; loading again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from indicators.models import Indicator, Plan, Target, TargetAllocation
from indicators.plan.changes import find_changes
from indicators.plan.files import (
    INDICATOR_KEYS,
    PLAN_KEYS,
    REPORT_KEYS,
    TARGET_KEYS,
    PlanFile,
    export_plan,
    plan_tables,
    read_plan,
)
from indicators.plan.left_figures import left_figures
from indicators.plan.revisions import RevisionError, clean_reason, may_load, record
from indicators.plan.sections import SECTIONS
from indicators.plan.tables import PlanError, Table, key_names, stored_row
from indicators.progress.target_sentences import standing_text
from indicators.rules import rule_of
from indicators.rules.soundness import find_fault
from indicators.store.series import ensure_layout

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "SHIPPED",
    "Overwrite",
    "PlanError",
    "export_plan",
    "load_plans",
    "record_load",
    "require_right",
    "shipped_files",
    "store_plan",
]

SHIPPED = Path(__file__).parent.parent / "plans"


@dataclass(frozen=True)
class Overwrite:
    """The user who replaces what was changed on the site, and the reason."""

    by: User
    reason: str


def shipped_files() -> list[Path]:
    """The plan files that come with the platform."""
    return sorted(SHIPPED.glob("*.toml"))


def load_plans(paths: list[Path], *, overwrite: Overwrite | None = None) -> list[Plan]:
    """Read plan files and bring the database in line with them; all files or none.

    The file from which a plan was loaded changes nothing, so revisions made on the site are kept;
    another file for a plan revised there is refused without `overwrite`. Indicators and
    targets that a file no longer has are removed. PlanError names what is wrong.
    """
    with transaction.atomic():
        plans = [_load(read_plan(path.name, path.read_bytes()), overwrite) for path in paths]
        ensure_layout()
    return plans


def _load(file: PlanFile, overwrite: Overwrite | None) -> Plan:
    plan = Plan.objects.select_for_update().filter(code=file.code).first()
    if overwrite is not None:
        return _overwritten(file, plan, overwrite)
    if plan is not None and plan.source_sha256 == file.digest:
        return plan
    if plan is not None and plan.edited_at:
        raise PlanError(_edited(file, plan))
    if plan is not None and settings.SECOND_PERSON:
        raise PlanError(
            f"{file.name}：方案“{plan.code}”已在平台上，改动须另一人确认，没有载入。"
            f"请由审核员在“载入方案文件”中提出，或执行 "
            f"load_plans --overwrite {file.name} --as 用户名 --reason 理由"
        )
    return store_plan(file)


def _edited(file: PlanFile, plan: Plan) -> str:
    when = timezone.localtime(plan.edited_at)
    return (
        f"{file.name}：方案“{plan.code}”已于{when:%Y年%-m月%-d日%H:%M}在平台上修改，没有载入。"
        f"请先执行 export_plan {plan.code} 导出现行方案，合并后再执行 "
        f"load_plans --overwrite {file.name} --as 用户名 --reason 理由"
    )


def _overwritten(file: PlanFile, plan: Plan | None, overwrite: Overwrite) -> Plan:
    """Replace what was changed on the site by the file; a revision keeps the former state."""
    stored = record_load(file, plan, by=overwrite.by, reason=overwrite.reason)
    stored.edited_at = None
    stored.save(update_fields=["edited_at"])
    return stored


def record_load(file: PlanFile, plan: Plan | None, *, by: User, reason: str) -> Plan:
    """Store the file in place of `plan` (locked; None where it is new) with a revision."""
    require_right(file, plan, by)
    try:
        reason = clean_reason(reason)
        before = plan_tables(plan) if plan else None
        old = {"file": export_plan(plan) if plan else ""}
        stored = store_plan(file)
        words = find_changes(before, plan_tables(stored)) or ["内容没有变化"]
        words += left_figures(stored) if before else []
        new = {"file": file.text, "sha256": file.digest}
        record(stored, "载入方案文件", words, old, new, by=by, reason=reason)
    except RevisionError as error:
        raise PlanError(str(error)) from None
    return stored


def require_right(file: PlanFile, plan: Plan | None, by: User) -> None:
    """Raise PlanError unless the user may load for the file's area and for the stored plan's."""
    if not may_load(by, file.plan.values["area_code"]):
        code = file.plan.values["area_code"]
        raise PlanError(f"{file.name}：方案适用地区{code}不在“{by}”的管辖范围，不能载入")
    if plan is not None and not may_load(by, plan.area_code):
        raise PlanError(f"{file.name}：编号“{plan.code}”已用于其他地区的方案，请换一个编号")


# --- storing --------------------------------------------------------------------------------


def store_plan(file: PlanFile) -> Plan:
    """Bring plan, indicators and targets in line with a file; PlanError where a row is not sound."""
    values = file.plan.values | {"source_sha256": file.digest}
    plan = stored_row(Plan, file.plan.where, values, (*PLAN_KEYS, *REPORT_KEYS), code=file.code)
    for section in SECTIONS:  # before the indicators, which may count a duty
        section.store(plan, file.sections[section.name])
    for section in reversed(SECTIONS):
        section.drop(plan, file.sections[section.name], file.name)
    codes = [table.values["code"] for table in file.indicators]
    for indicator in plan.indicators.exclude(code__in=codes):
        _refuse_shared(f"{file.name}：指标“{indicator.name}”", indicator.targets.all())
        indicator.delete()
    for table in file.indicators:
        _store_indicator(plan, table)
    return plan


def _store_indicator(plan: Plan, table: Table) -> None:
    key = {"plan": plan, "code": table.values["code"]}
    fault = find_fault(Indicator(**table.values, plan=plan))
    if fault is not None:
        name = key_names(INDICATOR_KEYS).get(fault.field, fault.field)
        raise PlanError(f"{table.where}：{name}：{fault.message}")
    indicator = stored_row(Indicator, table.where, table.values, INDICATOR_KEYS, **key)
    targets = [_store_target(indicator, inner).pk for inner in table.inner]
    dropped = indicator.targets.exclude(pk__in=targets)
    _refuse_shared(table.where, dropped)
    dropped.delete()
    if not rule_of(indicator).is_allocatable:
        _refuse_shared(f"{table.where}：改为比例类后", indicator.targets.all())


def _store_target(indicator: Indicator, table: Table) -> Target:
    key = {name: table.values[name] for name in ("due_on", "place")}
    return stored_row(Target, table.where, table.values, TARGET_KEYS, indicator=indicator, **key)


def _refuse_shared(where: str, targets: Iterable[Target]) -> None:
    """Raise PlanError where one of the targets is allocated: a file must not take that away."""
    allocations = TargetAllocation.objects.filter(target__in=targets).select_related("target")
    for target in {allocation.target_id: allocation.target for allocation in allocations}.values():
        number = sum(allocation.target_id == target.pk for allocation in allocations)
        raise PlanError(
            f"{where}：{standing_text(target)}的目标已分解到{number}个地区，文件不能去掉它；"
            "请先在方案页面取消目标分解"
        )
