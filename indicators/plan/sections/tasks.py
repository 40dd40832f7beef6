"""`[[stage]]` and `[[task]]`: the stages of a plan, and what it asks to be done and told in words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from typing_extensions import override

from areas.codes import level_of
from indicators.models import Plan, Stage, Task
from indicators.plan.sections.section import PlanSection
from indicators.plan.tables import Key, PlanError, Table, Values, only_ints, only_text
from reviews.kinds import record_kinds


def _check_days(table: Table) -> None:
    first, last = table.values["starts_on"], table.values["ends_on"]
    if first and last and last < first:
        raise PlanError(f"{table.where}：“until”早于“from”")


class StageSection(PlanSection):
    """The stages (实施阶段)."""

    name = "stage"
    noun = "阶段"
    measure_word = "个"
    model = Stage
    keys = (
        Key("code", str),
        Key("name", str),
        Key("clause", str),
        Key("from", datetime.date, field="starts_on"),
        Key("until", datetime.date, field="ends_on"),
    )

    @override
    def check(
        self, tables: Sequence[Table], plan: Values, others: Mapping[str, list[Table]]
    ) -> None:
        for table in tables:
            _check_days(table)


class TaskSection(PlanSection):
    """The tasks (工作任务)."""

    name = "task"
    noun = "任务"
    measure_word = "项"
    model = Task
    keys = (
        Key("code", str),
        Key("name", str),
        Key("clause", str),
        Key("content", str, ""),
        Key("stage", str, None),
        Key("levels", list),
        Key("department", str, ""),
        Key("from", datetime.date, None, field="starts_on"),
        Key("until", datetime.date, None, field="ends_on"),
        Key("evidence", str, ""),
        Key("records", list, [], field="record_kinds"),
        Key("goal", bool, False, field="is_goal"),
        Key("assessor", int, None, field="assessor_level"),
    )

    @override
    def check(
        self, tables: Sequence[Table], plan: Values, others: Mapping[str, list[Table]]
    ) -> None:
        own_level = level_of(plan["area_code"])
        stages = {table.values["code"]: table for table in others["stage"]}
        for table in tables:
            _check_days(table)
            _check_levels(table, own_level)
            _check_records(table)
            if (stage := table.values["stage"]) is not None and stage not in stages:
                raise PlanError(f"{table.where}：没有编号为“{stage}”的阶段（[[stage]]）")
            if stage is not None:
                _check_within(table, stages[stage])
        if tables and not plan["report_due"]:
            raise PlanError(f"{tables[0].where}：任务进展按报送日填报，[plan.report] 须有“due”")

    @override
    def resolved(self, plan: Plan, values: Values) -> Values:
        code = values["stage"]
        return values | {"stage": plan.stages.get(code=code) if code else None}


def _check_within(table: Table, stage: Table) -> None:
    """Check that the days of a task lie within its stage."""
    first, last = stage.values["starts_on"], stage.values["ends_on"]
    for key, day in (("from", table.values["starts_on"]), ("until", table.values["ends_on"])):
        if day and not first <= day <= last:
            raise PlanError(
                f"{table.where}：“{key}”应在所属阶段“{stage.values['name']}”的{first}至{last}之内"
            )


def _check_levels(table: Table, own_level: int) -> None:
    """Check who owes a task, and who assesses a goal."""
    levels, assessor = table.values["levels"], table.values["assessor_level"]
    if not levels or not only_ints(levels, own_level, 5) or len(set(levels)) < len(levels):
        raise PlanError(f"{table.where}：“levels”应为{own_level}至5的层级，如 [{own_level}]")
    if (assessor is not None) != table.values["is_goal"]:
        raise PlanError(
            f"{table.where}：定性目标（goal = true）须有评定层级“assessor”，其他任务没有"
        )
    if assessor is not None and not own_level <= assessor <= min(levels):
        raise PlanError(f"{table.where}：“assessor”应为{own_level}至{min(levels)}的层级")


def _check_records(table: Table) -> None:
    """Check that the ledgers of a task are those of record kinds."""
    names = table.values["record_kinds"]
    only_text(table.where, "records", names)
    known = {kind.declaration.address for kind in record_kinds()}
    if unknown := [name for name in names if name not in known]:
        raise PlanError(
            f"{table.where}：“records”中没有“{unknown[0]}”这类记录，可用：{'、'.join(sorted(known))}"
        )
