"""The plan file: its keys, by which it is read and written."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import tomli_w

from areas.codes import level_of
from guards.toml_files import UnusableToml, parsed
from indicators.models import Indicator, Place, Plan, Target, default_reminders
from indicators.plan.reporting.keys import report_fault
from indicators.plan.sections import SECTIONS
from indicators.plan.tables import (
    Entry,
    Key,
    PlanError,
    Table,
    Values,
    check_code,
    only_ints,
    only_text,
    written_row,
)
from indicators.rules import OPTIONS
from indicators.rules.base import Option


def _option_key(option: Option) -> Key:
    """The key of an option, with the type and the default of its field."""
    default = option.model_field.get_default()
    if isinstance(default, str):
        return Key(option.key or option.field, str, str(default), field=option.field)
    kind = int if default is None else type(default)
    return Key(option.key or option.field, kind, default, field=option.field)


PLAN_KEYS = (
    Key("code", str),
    Key("title", str),
    Key("document_number", str, ""),
    Key("issuer", str),
    Key("issued_on", datetime.date, None),
    Key("issued_note", str, ""),
    Key("area", str, field="area_code"),
    Key("starts_on", datetime.date),
    Key("ends_on", datetime.date),
    Key("lagging_from", Decimal, Decimal("0.8")),
    Key("level_labels", dict, {}),
    Key("based_on", list, []),
    Key("work_kinds", list, []),
)
REPORT_KEYS = (
    Key("due", list, [], field="report_due"),
    Key("prepare_days", int, 30, field="report_prepare_days"),
    Key("first_due", datetime.date, None, field="report_first_due"),
    Key("subject", str, "", field="report_subject"),
    Key("title", str, "", field="report_title"),
    Key("opening", str, "", field="report_opening"),
    Key("recipients", list, [], field="report_recipients"),
    Key("top_files", bool, None, field="report_top_files"),
    Key("signatories", dict, {}, field="report_signatories"),
    Key("joint", bool, False, field="report_joint"),
    Key("levels", list, [], field="report_levels"),
    Key("lead_days", dict, {}, field="report_lead_days"),
    Key("cutoff_days", int, 0, field="report_cutoff_days"),
    Key("reminders", list, default_reminders(), field="report_reminders"),
    Key("assumed", list, [], field="report_assumed"),
)
INDICATOR_KEYS = (
    Key("code", str),
    Key("name", str),
    Key("unit", str),
    Key("place", str),
    Key("clause", str),
    Key("counting", str),
    Key("measure", str, ""),
    *(_option_key(option) for option in OPTIONS),
    Key("reading", str, ""),
    Key("alternatives", list, []),
)
TARGET_KEYS = (
    Key("due_on", datetime.date),
    Key("place", str),
    Key("operator", str, ">="),
    Key("value", Decimal),
    Key("at_least", int, None),
    Key("document", str, ""),
    Key("clause", str),
    Key("comment", str, ""),
)
_OPERATORS = (">=", "=")


# --- reading --------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanFile:
    """A file as read: its form is checked, its counting rules not yet."""

    name: str
    text: str
    digest: str
    plan: Table
    indicators: list[Table]
    sections: Mapping[str, list[Table]]

    @property
    def code(self) -> str:
        """The plan's code."""
        return str(self.plan.values["code"])


def read_plan(name: str, raw: bytes) -> PlanFile:
    """Read a plan file (`raw`: its bytes in UTF-8); PlanError says where it is wrong."""
    try:
        top = Entry(name, parsed(name, raw))
    except UnusableToml as error:
        raise PlanError(str(error)) from None
    head, tables = top.inner("plan", dict), top.inner("indicator", list, [])
    others = {each.name: top.inner(each.name, list, []) for each in SECTIONS}
    top.finish()
    if not all(isinstance(table, dict) for table in tables):
        raise PlanError(f"{name}：“indicator”应写成 [[indicator]]")
    indicators = [_read_indicator(name, *each) for each in enumerate(tables, start=1)]
    codes = [table.values["code"] for table in indicators]
    if len(set(codes)) < len(codes):
        raise PlanError(f"{name}：指标编号重复")
    plan = _read_plan(name, head)
    sections = _read_sections(name, plan, others)
    text = raw.decode("utf-8-sig")
    return PlanFile(name, text, hashlib.sha256(raw).hexdigest(), plan, indicators, sections)


def _read_sections(name: str, plan: Table, others: Values) -> dict[str, list[Table]]:
    """Read the tables of all sections, then check each beside the plan and the others."""
    found = {each.name: each.read(name, others[each.name]) for each in SECTIONS}
    for each in SECTIONS:
        each.check(found[each.name], plan.values, found)
    return found


def _read_plan(name: str, table: Values) -> Table:
    entry, within = Entry(f"{name} [plan]", table), f"{name} [plan.report]"
    report = Entry(within, entry.inner("report", dict, {})).read(REPORT_KEYS)
    values = entry.read(PLAN_KEYS) | report
    _check_head(entry.where, values)
    _check_names(entry.where, "based_on", values["based_on"], 200)
    _check_names(entry.where, "work_kinds", values["work_kinds"], 30)
    for day in report["report_due"]:
        if not _is_month_and_day(day):
            raise PlanError(f"{within}：报送日“{day}”应写成 月-日，如 06-30")
    names = [key.name for key in REPORT_KEYS if key.name != "assumed"]
    if fault := report_fault(report, values["area_code"], names):
        raise PlanError(f"{within}：{fault}")
    _check_filing(within, report, level_of(values["area_code"]))
    return Table(entry.where, values)


def _check_filing(where: str, report: Values, own_level: int) -> None:
    """Check the levels that file, the numbers of days, and the days of the reminders."""
    levels, lead = report["report_levels"], report["report_lead_days"]
    if not only_ints(levels, own_level, 5):
        raise PlanError(f"{where}：“levels”应为{own_level}至5的层级，如 [{own_level}]")
    if not set(lead) <= {str(level) for level in levels} or not only_ints(lead.values(), 0, 60):
        raise PlanError(f"{where}：“lead_days”应为“levels”中的层级和0至60的天数")
    if not 0 <= report["report_cutoff_days"] <= 60:
        raise PlanError(f"{where}：“cutoff_days”应为0至60的天数")
    if not 0 <= report["report_prepare_days"] <= 180:
        raise PlanError(f"{where}：“prepare_days”应为0至180的天数")
    if not only_ints(report["report_reminders"], -90, 90):
        raise PlanError(f"{where}：“reminders”应为-90至90的天数，如 [30, 14, 7, 1, -1]")


def _check_names(where: str, name: str, values: list[str], longest: int) -> None:
    """Check a list of different names, none of them empty."""
    only_text(where, name, values)
    if not all(value.strip() and len(value) <= longest for value in values):
        raise PlanError(f"{where}：“{name}”的各项应为1至{longest}字")
    if len(set(values)) < len(values):
        raise PlanError(f"{where}：“{name}”的各项不能重复")


def _check_head(where: str, values: Values) -> None:
    check_code(where, values["code"])
    try:
        level_of(values["area_code"])
    except ValueError as error:
        raise PlanError(f"{where}：{error}") from None
    if values["ends_on"] < values["starts_on"]:
        raise PlanError(f"{where}：“ends_on”早于“starts_on”")
    if not set(values["level_labels"]) <= set("12345"):
        raise PlanError(f"{where}：“level_labels”的层级应为1至5")
    only_text(where, "level_labels", values["level_labels"].values())


def _is_month_and_day(text: object) -> bool:
    """Whether `text` is a day of every year, written 06-30."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{2}-\d{2}", text, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat(f"2023-{text}")
    except ValueError:
        return False
    return True


def _read_indicator(name: str, position: int, table: Values) -> Table:
    entry = Entry(f"{name} 第{position}项指标“{table.get('name', '')}”", table)
    targets = entry.inner("target", list, [])
    values = entry.read(INDICATOR_KEYS) | {"position": position}
    check_code(entry.where, values["code"])
    if values["place"] not in Place.values:
        raise PlanError(f"{entry.where}：place 应为 {'、'.join(Place.values)}")
    only_text(entry.where, "alternatives", values["alternatives"])
    if not all(isinstance(each, dict) for each in targets):
        raise PlanError(f"{entry.where}：“target”的各项应写在花括号里")
    inner = [
        _read_target(f"{entry.where} 的第{number}个目标", each, values)
        for number, each in enumerate(targets, start=1)
    ]
    found = [(each.values["due_on"], each.values["place"]) for each in inner]
    if len(set(found)) < len(found):
        raise PlanError(f"{entry.where}：同一天、同一出处有两个目标")
    return Table(entry.where, values, inner)


def _read_target(where: str, table: Values, indicator: Values) -> Table:
    defaults = {"place": indicator["place"], "clause": indicator["clause"]}
    values = Entry(where, table).read(TARGET_KEYS, **defaults)
    if values["operator"] not in _OPERATORS:
        raise PlanError(f"{where}：operator 应为 {' 或 '.join(_OPERATORS)}")
    if values["place"] not in Place.values:
        raise PlanError(f"{where}：place 应为 {'、'.join(Place.values)}")
    if values["at_least"] is not None and values["at_least"] < 1:
        raise PlanError(f"{where}：“at_least”应不小于1")
    return Table(where, values)


# --- writing --------------------------------------------------------------------------------


def plan_tables(plan: Plan) -> Values:
    """A plan as the tables of its file, without the keys that have their default."""
    head = written_row(plan, PLAN_KEYS)
    if report := written_row(plan, REPORT_KEYS):
        head["report"] = report
    rows = plan.indicators.order_by("position").prefetch_related("targets")
    tables = {"plan": head, "indicator": [_written_indicator(row) for row in rows]}
    sections = {each.name: each.written(plan) for each in SECTIONS}
    return tables | {name: rows for name, rows in sections.items() if rows}


def _written_indicator(indicator: Indicator) -> Values:
    table = written_row(indicator, INDICATOR_KEYS)
    defaults = {"place": indicator.place, "clause": indicator.clause}
    targets: Iterable[Target] = indicator.targets.all()
    if found := [written_row(target, TARGET_KEYS, **defaults) for target in targets]:
        table["target"] = found
    return table


def export_plan(plan: Plan) -> str:
    """The plan as the text of a file that loads into the same plan."""
    return tomli_w.dumps(plan_tables(plan))
