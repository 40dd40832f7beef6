"""`[[naming]]` and `[[competence]]`: how a plan names records, and which level decides on them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from typing_extensions import override

from areas.codes import level_of
from indicators.models import CompetenceRule, NamingRule
from indicators.naming import NAMED_KINDS, OWN_PARTS
from indicators.plan.sections.section import PlanSection
from indicators.plan.tables import Key, PlanError, Table, Values, only_text
from reviews.fields import AnyField, choice_labels, field_of
from reviews.kinds import record_kinds
from reviews.models import Submission

_RULE_KEYS = (
    Key("code", str),
    Key("name", str),
    Key("clause", str),
    Key("kind", str),
    Key("where", dict, {}),
)
_FIELD = re.compile(r"\{(\w+)\}")


def _kind_of(table: Table, known: Mapping[str, type[Submission]]) -> type[Submission]:
    kind = known.get(table.values["kind"])
    if kind is None:
        raise PlanError(f"{table.where}：“kind”应为：{'、'.join(sorted(known))}")
    return kind


def _column(table: Table, kind: type[Submission], name: str) -> AnyField:
    try:
        return field_of(kind, name)
    except FieldDoesNotExist:
        raise PlanError(f"{table.where}：“{kind._meta.verbose_name}”没有字段“{name}”") from None


def _check_where(table: Table, kind: type[Submission]) -> None:
    """Check that the condition names choices of the kind's fields."""
    for name, value in table.values["where"].items():
        labels = choice_labels(_column(table, kind, name))
        values: list[Any] = value if isinstance(value, list) else [value]
        unknown = [each for each in values if not isinstance(each, str) or each not in labels]
        if unknown or not values:
            known = "、".join(map(str, labels)) or "（该字段没有选项，不能作条件）"
            raise PlanError(f"{table.where}：“where”的“{name}”应为：{known}")


class NamingSection(PlanSection):
    """The naming rules (命名规则)."""

    name = "naming"
    noun = "命名规则"
    measure_word = "条"
    model = NamingRule
    keys = (
        *_RULE_KEYS,
        Key("parts", list),
        Key("endings", list, []),
        Key("brand_least", int, 1),
        Key("brand_most", int, 8),
    )

    @override
    def check(
        self, tables: Sequence[Table], plan: Values, others: Mapping[str, list[Table]]
    ) -> None:
        named = {kind.declaration.address: kind for kind in record_kinds()}
        known = {address: named[address] for address in NAMED_KINDS if address in named}
        for table in tables:
            kind = _kind_of(table, known)
            _check_where(table, kind)
            _check_parts(table, kind)


def _check_parts(table: Table, kind: type[Submission]) -> None:
    parts, endings = table.values["parts"], table.values["endings"]
    only_text(table.where, "parts", parts)
    only_text(table.where, "endings", endings)
    if not parts or not all(parts):
        raise PlanError(f"{table.where}：“parts”应写明名称的各部分")
    for name in (match[1] for part in parts if (match := _FIELD.fullmatch(part))):
        if name not in OWN_PARTS:
            _column(table, kind, name)
    if ("{form}" in parts) != bool(endings):
        raise PlanError(f"{table.where}：“parts”含“{{form}}”时须有“endings”，否则不用")
    if not 1 <= table.values["brand_least"] <= table.values["brand_most"] <= 20:
        raise PlanError(f"{table.where}：“brand_least”“brand_most”应为1至20，且前者不大于后者")


class CompetenceSection(PlanSection):
    """Which level decides (审核权限)."""

    name = "competence"
    noun = "审核权限"
    measure_word = "条"
    model = CompetenceRule
    keys = (*_RULE_KEYS, Key("level", int))

    @override
    def check(
        self, tables: Sequence[Table], plan: Values, others: Mapping[str, list[Table]]
    ) -> None:
        known = {kind.declaration.address: kind for kind in record_kinds()}
        own_level = level_of(plan["area_code"])
        for table in tables:
            _check_where(table, _kind_of(table, known))
            if not own_level <= table.values["level"] <= 5:
                raise PlanError(f"{table.where}：“level”应为{own_level}至5的层级")
