"""The terms of a duty in Chinese, as plan pages and the changes of a plan tell them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from dates.anchored import Unit
from dates.text import day_text
from indicators.duties.terms import EMPTY, FILLED, kinds_by_address
from indicators.models import Duty, Plan
from reviews.fields import choice_labels, field_of, yes_no

Table = Mapping[str, Any]
_EVERY = {"year": "每年", "half_year": "每半年", "quarter": "每季度", "month": "每月"}
_LEVELS = {2: "市州", 3: "区县", 4: "乡镇街道", 5: "村社区"}
#: The keys of the three tables and of the duty itself that a plan may mark as 平台默认.
ASSUMABLE = ("who", "when", "done", "referred", "number", "excusable", "reminders")
_ASSUMED = {
    "who": "履责主体",
    "when": "期限",
    "done": "完成依据",
    "referred": "移交依据",
    "number": "每期次数",
    "excusable": "可否免除",
    "reminders": "提醒天数",
}


def who_words(who: Table, plan: Plan | None = None) -> str:
    """Who owes: `每个旗区`, `每个慈善组织（具有公开募捐资格为是）`."""
    if "kind" not in who:
        level = int(who.get("level", 0))
        label = plan.label_of(level) if plan else _LEVELS.get(level, f"{level}级地区")
        return f"每个{'城镇' if who.get('urban') else ''}{label}"
    kind = kinds_by_address().get(who["kind"])
    name = str(kind._meta.verbose_name) if kind else str(who["kind"])
    return f"每个{name}{_where_words(kind, who.get('where', {}))}"


def when_words(when: Table, who: Table) -> str:
    """When it is due: `每年3月31日前（上年度）`, `每季度结束前`, `结束日期后3个月内`."""
    if "every" in when:
        return _every_words(when)
    if "on" in when:
        return f"{day_text(datetime.date.fromisoformat(when['on']))}前，办理一次"
    kind = kinds_by_address().get(str(who.get("kind", "")))
    if "every_months" in when:
        length = when.get("longer_than", 0)
        only = f"，为期超过{length}个月的" if length else ""
        later = f"，期满后{when['due_days']}天内" if when.get("due_days") else ""
        runs = f"{_label(kind, when['from'])}至{_label(kind, when['until'])}期间"
        return f"{runs}每{when['every_months']}个月{later}{only}"
    unit = next((unit for unit in Unit if unit.value in when), Unit.DAYS)
    number = when.get(unit.value, 0)
    if "before" in when:
        return f"{_label(kind, when['before'])}前{number}{unit.label}"
    label = _label(kind, when.get("after", ""))
    return f"{label}后{number}{unit.label}内" if number else f"{label}当日前"


def _every_words(when: Table) -> str:
    every = _EVERY.get(when["every"], str(when["every"]))
    if when["every"] == "year":
        month, day = (int(part) for part in str(when.get("due", "12-31")).split("-"))
        of = "（上年度）" if when.get("of") == "last_year" else ""
        return f"{every}{month}月{day}日前{of}"
    month, day = when.get("due_month", 0), when.get("due_day", 31)
    if month == 0 and day == 31:
        return f"{every}结束前"
    where = {0: "末月", 1: "结束后次月"}.get(month)
    if where is None:
        where = f"末月{'后' if month > 0 else '前'}第{abs(month)}个月"
    return f"{every}{where}{'月底' if day == 31 else f'{day}日'}前"


def done_words(done: Table) -> str:
    """Which records fulfil it: `工作指导`, `审计报告（审计意见为无保留意见）`."""
    kind = kinds_by_address().get(str(done.get("kind", "")))
    name = str(kind._meta.verbose_name) if kind else str(done.get("kind", ""))
    return f"{name}{_where_words(kind, done.get('where', {}))}"


def assumed_words(duty: Duty) -> str:
    """The parts of a duty that no document gives: `期限、提醒天数`; "" where it gives all."""
    return "、".join(_ASSUMED.get(key, key) for key in duty.assumed)


def assumed_names(keys: list[str]) -> str:
    """The names of parts that are platform defaults, as the changes of a plan tell them."""
    return "、".join(_ASSUMED.get(key, key) for key in keys)


def proof_words(duty: Duty) -> str:
    """What fulfils a duty, how often, and what ends it: `抽查审计，每期2次`, `整改；有移交的不再办理`."""
    number = f"，每期{duty.number}次" if duty.number > 1 else ""
    ended = f"；有{done_words(duty.referral)}的不再办理" if duty.referral else ""
    return f"{done_words(duty.fulfilment)}{number}{ended}"


def reminder_words(marks: list[int]) -> str:
    """When debtors are reminded: `期限前14、7、1天，逾期1、7天`; 不提醒 for never."""
    before = "、".join(str(mark) for mark in marks if mark >= 0)
    after = "、".join(str(-mark) for mark in marks if mark < 0)
    parts = [f"期限前{before}天" if before else "", f"逾期{after}天" if after else ""]
    return "，".join(filter(None, parts)) or "不提醒"


def span_words(duty: Duty) -> str:
    """From when and until when a duty's own days limit it; "" where the plan's do."""
    parts = []
    if duty.starts_on and "on" in duty.schedule:
        parts.append(f"{day_text(duty.starts_on)}起办理的算")
    elif duty.starts_on:
        parts.append(f"首个期限不早于{day_text(duty.starts_on)}")
    if duty.ends_on:
        parts.append(f"末期不晚于{day_text(duty.ends_on)}开始")
    return "，".join(parts)


def _where_words(kind: type[models.Model] | None, where: Table) -> str:
    parts = [_condition_words(kind, name, value) for name, value in sorted(where.items())]
    return f"（{'，'.join(parts)}）" if parts else ""


def _condition_words(kind: type[models.Model] | None, name: str, value: Any) -> str:
    label = _label(kind, name)
    if value == FILLED:
        return f"已填{label}"
    if value == EMPTY and not isinstance(value, bool):
        return f"未填{label}"
    values = value if isinstance(value, list) else [value]
    return f"{label}为{'或'.join(_value_words(kind, name, each) for each in values)}"


def _value_words(kind: type[models.Model] | None, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return yes_no(value)
    try:
        labels = choice_labels(field_of(kind, name)) if kind else {}
    except FieldDoesNotExist:
        labels = {}
    return labels.get(value, str(value))


def _label(kind: type[models.Model] | None, name: str) -> str:
    try:
        return str(field_of(kind, name).verbose_name) if kind else name
    except FieldDoesNotExist:
        return name
