"""Plan files (TOML) into the database: checked, and running again changes nothing."""

from __future__ import annotations

import datetime
import hashlib
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from areas.codes import level_of
from indicators.measures import AREA_MEASURES, MEASURES
from indicators.models import Counting, Indicator, Place, Plan, Target
from indicators.series import ensure_layout

SHIPPED = Path(__file__).parent / "plans"
_OPERATORS = {">=", "="}


_Row = TypeVar("_Row", bound=Model)


class PlanError(ValueError):
    """A plan file that cannot be read; the message names the file and the entry."""


@dataclass
class _Entry:
    """A table of a plan file that knows where it stands."""

    where: str
    values: dict[str, Any]

    def take(self, name: str, kind: type, default: Any = ...) -> Any:
        """The value of `name`, of the right type."""
        value = self.values.pop(name, default)
        if value is ...:
            raise PlanError(f"{self.where}：缺少“{name}”")
        is_right = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if value is not default and not is_right:
            raise PlanError(f"{self.where}：“{name}”的类型应为 {kind.__name__}")
        return value

    def finish(self) -> None:
        """Nothing unknown may be left: a misspelt entry would be silently ignored."""
        if self.values:
            raise PlanError(f"{self.where}：不认识的项目 {'、'.join(self.values)}")


def shipped_files() -> list[Path]:
    """The plan files that come with the platform."""
    return sorted(SHIPPED.glob("*.toml"))


def load_plans(paths: list[Path]) -> list[Plan]:
    """Read plan files and bring the database in line with them; all files or none.

    Indicators and targets that a file no longer has are removed. PlanError names what is wrong.
    """
    with transaction.atomic():
        plans = [_load(path) for path in paths]
        ensure_layout()
    return plans


def _load(path: Path) -> Plan:
    raw = path.read_bytes()
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{path.name}：不是有效的 TOML 文件（{error}）") from None
    top = _Entry(path.name, data)
    head = _Entry(f"{path.name} [plan]", top.take("plan", dict))
    tables = top.take("indicator", list)
    top.finish()
    plan = _save_plan(head, hashlib.sha256(raw).hexdigest())
    codes = []
    for position, table in enumerate(tables, start=1):
        entry = _Entry(f"{path.name} 第{position}项指标“{table.get('name', '')}”", dict(table))
        codes.append(_save_indicator(plan, position, entry).code)
    if len(set(codes)) < len(codes):
        raise PlanError(f"{path.name}：指标编号重复")
    plan.indicators.exclude(code__in=codes).delete()
    return plan


def _save_plan(head: _Entry, digest: str) -> Plan:
    report = _Entry(f"{head.where[:-1]}.report]", head.take("report", dict, {}))
    values = {
        "title": head.take("title", str),
        "document_number": head.take("document_number", str, ""),
        "issuer": head.take("issuer", str),
        "issued_on": head.take("issued_on", datetime.date),
        "area_code": head.take("area", str),
        "starts_on": head.take("starts_on", datetime.date),
        "ends_on": head.take("ends_on", datetime.date),
        "level_labels": head.take("level_labels", dict, {}),
        "lagging_from": _decimal(head, head.take("lagging_from", str, "0.8")),
        "report_due": report.take("due", list, []),
        "report_prepare_days": report.take("prepare_days", int, 30),
        "report_first_due": report.take("first_due", datetime.date, None),
        "report_recipients": report.take("recipients", list, []),
        "source_sha256": digest,
    }
    code = head.take("code", str)
    head.finish()
    report.finish()
    for day in values["report_due"]:
        if not _is_month_and_day(day):
            raise PlanError(f"{report.where}：报送日“{day}”应写成 月-日，如 06-30")
    try:
        level_of(values["area_code"])
    except ValueError as error:
        raise PlanError(f"{head.where}：{error}") from None
    return _stored(Plan, head.where, values, code=code)


def _is_month_and_day(text: object) -> bool:
    """Whether `text` is a day of every year, written 06-30."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{2}-\d{2}", text, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat(f"2023-{text}")
    except ValueError:
        return False
    return True


def _stored(model: type[_Row], where: str, values: dict[str, Any], **key: Any) -> _Row:
    """Create or update a row, refused by the model's own rules with the entry's place."""
    row = model._default_manager.filter(**key).first() or model(**key)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        told = "；".join(f"{name}：{'、'.join(said)}" for name, said in error.message_dict.items())
        raise PlanError(f"{where}：{told}") from None
    row.save()
    return row


def _save_indicator(plan: Plan, position: int, entry: _Entry) -> Indicator:
    targets = entry.take("target", list, [])
    counting = entry.take("counting", str)
    values = {
        "position": position,
        "name": entry.take("name", str),
        "unit": entry.take("unit", str),
        "place": entry.take("place", str),
        "clause": entry.take("clause", str),
        "counting": counting,
        "measure": entry.take("measure", str, ""),
        "level": entry.take("level", int, None),
        "at_least": entry.take("at_least", int, 1),
        "is_urban_only": entry.take("urban_only", bool, False),
        "is_share": entry.take("share", bool, False),
        "within": entry.take("within", str, "stock"),
        "against": entry.take("against", str, "same_day"),
        "reading": entry.take("reading", str, ""),
        "alternatives": entry.take("alternatives", list, []),
    }
    code = entry.take("code", str)
    entry.finish()
    _check_rule(entry.where, values)
    if counting == Counting.CUMULATIVE and plan.starts_on.day != 1:
        raise PlanError(f"{entry.where}：按方案期累计的方案，起算日期应为某月1日")
    indicator = _stored(Indicator, entry.where, values, plan=plan, code=code)
    days = [
        _save_target(indicator, _Entry(f"{entry.where} 的第{number}个目标", dict(table)))
        for number, table in enumerate(targets, start=1)
    ]
    if len(set(days)) < len(days):
        raise PlanError(f"{entry.where}：同一天有两个目标")
    indicator.targets.exclude(due_on__in=days).delete()
    return indicator


def _check_rule(where: str, values: dict[str, Any]) -> None:
    if values["counting"] not in Counting.values:
        raise PlanError(f"{where}：counting 应为 {'、'.join(Counting.values)}")
    if values["place"] not in Place.values:
        raise PlanError(f"{where}：place 应为 {'、'.join(Place.values)}")
    if values["at_least"] < 1:
        raise PlanError(f"{where}：“at_least”应不小于1")
    if values["counting"] == Counting.MANUAL:
        return
    measure = MEASURES.get(values["measure"])
    if measure is None:
        raise PlanError(f"{where}：没有计量“{values['measure']}”，可用：{'、'.join(MEASURES)}")
    flows = {Counting.YEAR, Counting.CUMULATIVE, Counting.GROWTH}
    if values["counting"] in flows and measure.is_stock:
        raise PlanError(f"{where}：“{measure.code}”是时点数，不能按 {values['counting']} 计")
    if values["counting"] == Counting.STOCK and not measure.is_stock:
        raise PlanError(f"{where}：“{measure.code}”是发生数，不能按 stock 计")
    if values["counting"] == Counting.COVERAGE:
        if (values["level"], values["is_urban_only"]) not in AREA_MEASURES:
            raise PlanError(f"{where}：level 应为 3、4 或 5，urban_only 只用于 5")
        if values["within"] not in ("stock", "year") or (
            (values["within"] == "stock") != measure.is_stock
        ):
            raise PlanError(f'{where}：时点数用 within="stock"，发生数用 within="year"')
    if values["against"] not in ("same_day", "whole_year"):
        raise PlanError(f"{where}：against 应为 same_day 或 whole_year")


def _save_target(indicator: Indicator, entry: _Entry) -> datetime.date:
    due_on = entry.take("due_on", datetime.date)
    operator = entry.take("operator", str, ">=")
    values = {
        "operator": operator,
        "value": _decimal(entry, entry.take("value", str)),
        "at_least": entry.take("at_least", int, None),
        "clause": entry.take("clause", str, indicator.clause),
        "comment": entry.take("comment", str, ""),
    }
    entry.finish()
    if operator not in _OPERATORS:
        raise PlanError(f"{entry.where}：operator 应为 >= 或 =")
    _stored(Target, entry.where, values, indicator=indicator, due_on=due_on)
    return due_on  # type: ignore[no-any-return]


def _decimal(entry: _Entry, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise PlanError(f"{entry.where}：“{text}”不是数") from None
    if not number.is_finite():
        raise PlanError(f"{entry.where}：“{text}”不是数")
    return number
