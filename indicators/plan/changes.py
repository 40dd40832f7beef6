"""The differences between two states of a plan, in sentences."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Model

from indicators.measures import MEASURES
from indicators.models import Indicator, Plan, Target
from indicators.plan.files import INDICATOR_KEYS, PLAN_KEYS, REPORT_KEYS, Key
from indicators.progress.target_sentences import demand_text, standing_text
from reviews.fields import yes_no

Tables = dict[str, Any]


def _measure_name(code: str) -> str:
    return MEASURES[code].name if code in MEASURES else code


_WORDS: dict[str, Callable[[Any], str]] = {
    "measure": _measure_name,
    "report_lead_days": lambda value: "、".join(
        f"{level}级{days}天" for level, days in value.items()
    ),
}


def find_changes(before: Tables | None, after: Tables) -> list[str]:
    """One sentence for each difference between two states (`files.plan_tables`); none when they agree."""
    if before is None:
        return [f"新方案，共{len(after['indicator'])}项指标"]
    return [*_head_changes(before["plan"], after["plan"]), *_list_changes(before, after)]


def _head_changes(before: Tables, after: Tables) -> Iterator[str]:
    parts = [*_field_changes(Plan, PLAN_KEYS, before, after)]
    reports = before.get("report", {}), after.get("report", {})
    parts += _field_changes(Plan, REPORT_KEYS, *reports)
    yield from (f"方案的{part}" for part in parts)


def _list_changes(before: Tables, after: Tables) -> Iterator[str]:
    old = {table["code"]: table for table in before["indicator"]}
    new = {table["code"]: table for table in after["indicator"]}
    for code, table in new.items():
        if code not in old:
            yield f"新增指标“{table['name']}”"
        else:
            yield from _indicator_changes(old[code], table)
    yield from (f"删去指标“{old[code]['name']}”" for code in old if code not in new)
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield "调整指标顺序"


def _indicator_changes(before: Tables, after: Tables) -> Iterator[str]:
    parts = [*_field_changes(Indicator, INDICATOR_KEYS, before, after)]
    parts += _target_changes(before, after)
    yield from (f"指标“{after['name']}”的{part}" for part in parts)


def _field_changes(
    model: type[Model], keys: Iterable[Key], before: Tables, after: Tables
) -> Iterator[str]:
    for key in keys:
        old, new = before.get(key.name, key.default), after.get(key.name, key.default)
        if old != new:
            yield change_words(model, key.attribute, old, new)


def change_words(model: type[Model], field: str, old: object, new: object) -> str:
    """`计算口径由“当年累计”改为“时点数”`: the change of one field of a model."""
    label = next(each.verbose_name for each in model._meta.fields if each.name == field)
    return f"{label}由“{value_words(field, old)}”改为“{value_words(field, new)}”"


def value_words(field: str, value: object) -> str:
    """A stored value in Chinese: the label of a choice, 是 or 否, 未填 for nothing."""
    if value in (None, "", [], {}):
        return "未填"
    if field in _WORDS:
        return _WORDS[field](value)
    if (label := _chosen(field, value)) is not None:
        return label
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, dict):
        return "、".join(map(str, value.values()))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _chosen(field: str, value: object) -> str | None:
    """The label of a choice of an indicator; None where the field has no choices."""
    fields = {each.name: each for each in Indicator._meta.fields}
    labels = dict(fields[field].flatchoices) if field in fields else {}
    return str(labels[value]) if isinstance(value, str) and value in labels else None


def _target_changes(before: Tables, after: Tables) -> Iterator[str]:
    old, new = _targets(before), _targets(after)
    indicator = Indicator(unit=after["unit"])
    for name, target in new.items():
        demand, earlier = demand_text(indicator, target), old.get(name)
        if earlier is None:
            yield f"{standing_text(target)}目标新增：{demand}"
        elif demand != demand_text(indicator, earlier):
            was = demand_text(indicator, earlier)
            yield f"{standing_text(target)}目标由“{was}”改为“{demand}”"
        elif _source(target) != _source(earlier):
            yield f"{standing_text(target)}目标的条款或说明有改动"
    yield from (f"{standing_text(old[name])}目标删去" for name in old if name not in new)


def _source(target: Target) -> tuple[str, str, str]:
    return target.document, target.clause, target.comment


def _targets(table: Tables) -> dict[tuple[datetime.date, str], Target]:
    """The targets of an indicator's table as unsaved rows, by day and place."""
    rows = (
        Target(**{"place": table["place"], "clause": table["clause"]} | each)
        for each in table.get("target", [])
    )
    found = {}
    for target in rows:
        target.value = Decimal(target.value)
        found[target.due_on, target.place] = target
    return found
