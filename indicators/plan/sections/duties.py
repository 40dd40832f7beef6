"""`[[duty]]`: what a plan wants somebody to have done by a day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from typing_extensions import override

from areas.codes import level_of
from indicators.duties.terms import TermError, read_terms
from indicators.duties.words import (
    ASSUMABLE,
    assumed_names,
    done_words,
    when_words,
    who_words,
)
from indicators.models import Duty
from indicators.models.duties import default_duty_reminders
from indicators.plan.sections.section import PlanSection
from indicators.plan.tables import Key, PlanError, Table, Values, only_ints


class DutySection(PlanSection):
    """The duties (履责事项)."""

    name = "duty"
    noun = "履责事项"
    measure_word = "项"
    model = Duty
    keys = (
        Key("code", str),
        Key("name", str),
        Key("clause", str),
        Key("who", dict),
        Key("when", dict, field="schedule"),
        Key("done", dict, field="fulfilment"),
        Key("referred", dict, {}, field="referral"),
        Key("number", int, 1),
        Key("from", datetime.date, None, field="starts_on"),
        Key("until", datetime.date, None, field="ends_on"),
        Key("excusable", bool, True, field="is_excusable"),
        Key("reminders", list, default_duty_reminders()),
        Key("assumed", list, []),
        Key("note", str, ""),
    )

    @override
    def words(self, key: Key, table: Values) -> str:
        value = table.get(key.name, key.default)
        if key.name == "when":
            return when_words(value, table["who"])
        if key.name == "who":
            return who_words(value)
        if key.name == "done":
            return done_words(value)
        if key.name == "referred":
            return done_words(value) if value else "无"
        return (assumed_names(value) or "未填") if key.name == "assumed" else ""

    @override
    def check(
        self, tables: Sequence[Table], plan: Values, others: Mapping[str, list[Table]]
    ) -> None:
        for table in tables:
            _check_terms(table, plan)
            _check_numbers(table)


def _check_terms(table: Table, plan: Values) -> None:
    values = table.values
    first_day = values["starts_on"] or plan["starts_on"]
    if values["starts_on"] and values["ends_on"] and values["ends_on"] < values["starts_on"]:
        raise PlanError(f"{table.where}：“until”早于“from”")
    tables = ("who", "schedule", "fulfilment", "referral")
    for name in tables:
        values[name] = _plain(values[name])
    try:
        who, when, done, referred = (values[name] for name in tables)
        terms = read_terms(who, when, done, first_day, referred)
    except TermError as error:
        raise PlanError(f"{table.where}：{error}") from None
    if terms.who.is_area and terms.who.level < level_of(plan["area_code"]):
        raise PlanError(f"{table.where}：“who”的“level”高于方案适用地区的层级")


def _plain(value: object) -> object:
    """The value with days as text, as JSON stores it and as the file may write it, too."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def _check_numbers(table: Table) -> None:
    values = table.values
    if not 1 <= values["number"] <= 400:
        raise PlanError(f"{table.where}：“number”应为1至400的整数")
    if not only_ints(values["reminders"], -90, 90):
        raise PlanError(f"{table.where}：“reminders”应为-90至90的天数，如 [14, 7, 1, -1]")
    unknown = [str(name) for name in values["assumed"] if name not in ASSUMABLE]
    if unknown:
        known = "、".join(ASSUMABLE)
        raise PlanError(f"{table.where}：“assumed”中不认识的项目 {unknown[0]}，可用：{known}")
