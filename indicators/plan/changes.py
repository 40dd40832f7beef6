"""The differences between two states of a plan, in sentences."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Model

from indicators.measures import MEASURES
from indicators.models import Indicator, Plan, Target
from indicators.models.offices import Office
from indicators.plan.files import INDICATOR_KEYS, PLAN_KEYS, REPORT_KEYS
from indicators.plan.sections import SECTIONS, PlanSection
from indicators.plan.tables import Key
from indicators.progress.target_sentences import demand_text, standing_text
from reviews.fields import yes_no
from reviews.kinds import record_kinds

Tables = dict[str, Any]


def _measure_name(code: str) -> str:
    return MEASURES[code].name if code in MEASURES else code


def _kind_names(addresses: list[str]) -> str:
    names = {kind.declaration.address: str(kind._meta.verbose_name) for kind in record_kinds()}
    return "、".join(names.get(address, address) for address in addresses)


def _office_names(offices: list[Any]) -> str:
    return "、".join(_office_words(Office.read(each)) for each in offices)


def _office_words(office: Office) -> str:
    """`云南省委社会工作部五处（53，社会工作部，reviewer、observer）`: everything that may change."""
    known = [office.area, office.department, "、".join(office.roles)]
    is_plain = office == Office(office.name)
    return office.name if is_plain else f"{office.name}（{'，'.join(filter(None, known))}）"


def _report_label(name: str) -> str:
    key = next(each for each in REPORT_KEYS if each.name == name)
    fields = {field.name: field for field in Plan._meta.fields}
    return str(fields[key.attribute].verbose_name)


_WORDS: dict[str, Callable[[Any], str]] = {
    "measure": _measure_name,
    "record_kinds": _kind_names,
    "report_lead_days": lambda value: "、".join(
        f"{level}级{days}天" for level, days in value.items()
    ),
    "report_recipients": lambda value: _office_names(value),
    "report_signatories": lambda value: "；".join(
        f"{level}级{_office_names(offices)}" for level, offices in value.items()
    ),
    "report_assumed": lambda value: "、".join(_report_label(key) for key in value),
}


def find_changes(before: Tables | None, after: Tables) -> list[str]:
    """One sentence for each difference between two states (`files.plan_tables`); none when they agree."""
    if before is None:
        return [_new_plan(after)]
    found = [*_head_changes(before["plan"], after["plan"]), *_list_changes(before, after)]
    for section in SECTIONS:
        old, new = before.get(section.name, []), after.get(section.name, [])
        found += _section_changes(section, old, new)
    return found


def _new_plan(after: Tables) -> str:
    counts = [f"{len(after['indicator'])}项指标"]
    for section in SECTIONS:
        if rows := after.get(section.name):
            counts.append(f"{len(rows)}{section.measure_word}{section.noun}")
    return f"新方案，共{'、'.join(counts)}"


def _head_changes(before: Tables, after: Tables) -> Iterator[str]:
    parts = [*_field_changes(Plan, PLAN_KEYS, before, after)]
    reports = before.get("report", {}), after.get("report", {})
    parts += _field_changes(Plan, REPORT_KEYS, *reports)
    yield from (f"方案的{part}" for part in parts)


def _list_changes(before: Tables, after: Tables) -> Iterator[str]:
    yield from _row_changes("指标", before["indicator"], after["indicator"], _indicator_changes)


def _section_changes(
    section: PlanSection, before: list[Tables], after: list[Tables]
) -> Iterator[str]:
    def inner(old: Tables, new: Tables) -> Iterator[str]:
        for part in _field_changes(section.model, section.keys, old, new, section.words):
            yield f"{section.noun}“{new['name']}”的{part}"

    yield from _row_changes(section.noun, before, after, inner)


def _row_changes(
    noun: str,
    before: list[Tables],
    after: list[Tables],
    inner: Callable[[Tables, Tables], Iterator[str]],
) -> Iterator[str]:
    """The rows that are new, that differ (in the words of `inner`), that are gone, and another order."""
    old = {table["code"]: table for table in before}
    new = {table["code"]: table for table in after}
    for code, table in new.items():
        if code not in old:
            yield f"新增{noun}“{table['name']}”"
        else:
            yield from inner(old[code], table)
    yield from (f"删去{noun}“{old[code]['name']}”" for code in old if code not in new)
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield f"调整{noun}顺序"


def _indicator_changes(before: Tables, after: Tables) -> Iterator[str]:
    parts = [*_field_changes(Indicator, INDICATOR_KEYS, before, after)]
    parts += _target_changes(before, after)
    yield from (f"指标“{after['name']}”的{part}" for part in parts)


def _field_changes(
    model: type[Model],
    keys: Iterable[Key],
    before: Tables,
    after: Tables,
    words: Callable[[Key, Tables], str] | None = None,
) -> Iterator[str]:
    """The changes of the fields; `words` tells a value of a table where a section has its own words."""
    for key in keys:
        old, new = before.get(key.name, key.default), after.get(key.name, key.default)
        if old != new and words and (told := words(key, after)):
            yield _change(model, key.attribute, words(key, before), told)
        elif old != new:
            yield change_words(model, key.attribute, old, new)


def change_words(model: type[Model], field: str, old: object, new: object) -> str:
    """`计算口径由“当年累计”改为“时点数”`: the change of one field of a model."""
    return _change(model, field, value_words(model, field, old), value_words(model, field, new))


def _change(model: type[Model], field: str, old: str, new: str) -> str:
    label = next(each.verbose_name for each in model._meta.fields if each.name == field)
    return f"{label}由“{old}”改为“{new}”"


def value_words(model: type[Model], field: str, value: object) -> str:
    """A stored value in Chinese: the label of a choice, 是 or 否, 未填 for nothing."""
    if value in (None, "", [], {}):
        return "未填"
    if field in _WORDS:
        return _WORDS[field](value)
    if (label := _chosen(model, field, value)) is not None:
        return label
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, dict):
        return "、".join(map(str, value.values()))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _chosen(model: type[Model], field: str, value: object) -> str | None:
    """The label of a choice; None where the field has no choices."""
    fields = {each.name: each for each in model._meta.fields}
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
