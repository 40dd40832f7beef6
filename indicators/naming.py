"""Whether records are named as the plan of their place asks (`NamingRule`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from areas.codes import COUNTY_LEVEL, LENGTHS, TOWNSHIP_LEVEL, is_within
from areas.models import Area
from areas.naming import normalise_name
from indicators.models import NamingRule
from reviews.checks import CheckedRecord, Problem, field_label, kinds_of, records_at, values_of
from reviews.models import Submission

#: The kinds that a plan may name, by address.
NAMED_KINDS = ("funds", "community-orgs", "charities", "volunteer-teams")
#: The fields in braces that are none of the record.
OWN_PARTS = ("area", "county", "brand", "scope", "form")
_AT_ONCE = 500
_COUNTY_DIGITS = LENGTHS[COUNTY_LEVEL - 1]
#: Words of the form of a fund are no part of its 字号.
_BRAND = "(?:(?!社区|慈善|专项|基金)[一-鿿])"


def named_by_rule(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn of names that do not follow the naming rule of the plan in force in their place.

    Two queries for a batch with records of kinds that can be named by a rule, none for others; one more
    per 500 records of further counties.
    """
    places = [at for at, kind in enumerate(kinds_of(records)) if _can_be_named(kind)]
    some = records_at(records, places)
    areas = {area for (area,) in values_of(some, ("area_id",)) if area}
    stored = NamingRule.objects.select_related("plan") if areas else ()
    rules = [rule for rule in stored if any(is_within(area, rule.plan.area_code) for area in areas)]
    counties: dict[str, str] = {}
    for part in _parts(some) if rules else ():
        ruled = [(at, each, found) for at, each in part if (found := _in_force(each, rules))]
        codes = {each.area_id[:_COUNTY_DIGITS] for _, each, _ in ruled} - counties.keys()
        if codes:
            counties |= dict.fromkeys(codes, "")
            counties |= dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
        for at, record, found in ruled:
            if problem := _problem(record, found, counties[record.area_id[:_COUNTY_DIGITS]]):
                yield places[at], problem


def _can_be_named(kind: type[CheckedRecord]) -> bool:
    return issubclass(kind, Submission) and kind.declaration.address in NAMED_KINDS


def _parts(records: Sequence[CheckedRecord]) -> Iterator[list[tuple[int, Submission]]]:
    """Yield the records that have a place and a name: some at a time, since they take much memory."""
    part: list[tuple[int, Submission]] = []
    for at, record in enumerate(records):
        if isinstance(record, Submission) and record.area_id and _value(record, "name"):
            part.append((at, record))
        if len(part) == _AT_ONCE:
            yield part
            part = []
    yield part


def _in_force(record: Submission, rules: Sequence[NamingRule]) -> list[NamingRule]:
    """The rules for the record's kind of the plans that are in force in its place on its day."""
    day = getattr(record, record.date_field)
    return [
        rule
        for rule in rules
        if rule.kind == record.declaration.address
        and is_within(record.area_id, rule.plan.area_code)
        and day is not None
        and rule.plan.starts_on <= day <= rule.plan.ends_on
    ]


def _problem(record: Submission, rules: Sequence[NamingRule], county: str) -> Problem | None:
    """What the rule for the record finds; where a field that decides on the rule is empty, that."""
    for rule in rules:
        if rule.is_for(record):
            fault = _fault(record, rule, county)
            message = f"名称不合命名规则（{rule.clause}：{_form(record, rule)}）：{fault}"
            return Problem("naming", "name", message, is_warning=True) if fault else None
    for rule in rules:
        unmet = [name for name in rule.where if not rule.meets(record, name)]
        if all(getattr(record, name) == "" for name in unmet):
            label = field_label(record, unmet[0])
            message = f"未填“{label}”，不能核对名称是否合命名规则（{rule.clause}）"
            return Problem("naming", unmet[0], message, is_warning=True)
    return None


def _fault(record: Submission, rule: NamingRule, county: str) -> str:
    """What is wrong with a name, by the first part that it lacks; "" for a good one."""
    name = normalise_name(_value(record, "name"))
    patterns = [_pattern(part, record, rule, county) for part in rule.parts]
    if "{brand}" in rule.parts and _has_brand(record) and not _value(record, "brand"):
        return f"未填“字号”（{rule.brand_least}个以上汉字）"
    if re.fullmatch("".join(patterns), name):
        return ""
    for number in range(1, len(patterns)):
        if not re.match("".join(patterns[:number]), name):
            return _missing(rule, number - 1, record, county)
    return _missing(rule, len(patterns) - 1, record, county)


def _pattern(part: str, record: Submission, rule: NamingRule, county: str) -> str:
    """The regular expression of one part."""
    own = {
        "{area}": _one_of([normalise_name(record.area.name)]),
        "{county}": _one_of([county] if county else []),
        "{form}": _one_of(rule.endings),
        "{scope}": "[一-鿿]{2,}?",
        "{brand}": f"{_BRAND}{{{rule.brand_least},{rule.brand_most}}}?",
    }
    if part == "{brand}" and (brand := _value(record, "brand")):
        is_long = re.fullmatch(f"[一-鿿]{{{rule.brand_least},}}", brand)
        return re.escape(brand) if is_long else _NEVER
    if part in own:
        return own[part]
    field = part.removeprefix("{").removesuffix("}")
    value = _value(record, field) if part != field else part
    return re.escape(normalise_name(value)) if value else _NEVER


#: Matches nothing: a part whose field is not filled in.
_NEVER = "(?!)"


def _one_of(words: Sequence[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, longest_first))})" if words else _NEVER


def _missing(rule: NamingRule, at: int, record: Submission, county: str) -> str:
    """`“慈善会”之后应为“翠湖社区”`."""
    wanted = _said(rule.parts[at], rule, record, county)
    if at == 0:
        return f"应以{wanted}开头"
    if at == len(rule.parts) - 1:
        return f"应以{wanted}结尾，与前面的部分依次相连"
    return f"{_said(rule.parts[at - 1], rule, record, county)}之后应为{wanted}"


def _said(part: str, rule: NamingRule, record: Submission, county: str) -> str:
    words: Mapping[str, str] = {
        "{area}": f"“{normalise_name(record.area.name)}”",
        "{county}": f"行政区划“{county}”",
        "{form}": f"组织形式（{'、'.join(rule.endings[:6])}等）",
        "{scope}": "业务范围（领域）",
        "{brand}": f"字号（{rule.brand_least}至{rule.brand_most}个汉字）",
    }
    if part in words:
        return words[part]
    field = part.removeprefix("{").removesuffix("}")
    return f"“{_value(record, field) or field}”" if part != field else f"“{part}”"


def _form(record: Submission, rule: NamingRule) -> str:
    """The rule in words: `依托慈善组织＋乡镇（街道）＋字号＋社区基金`."""
    words = {
        "{area}": "乡镇（街道）"
        if len(record.area_id) == LENGTHS[TOWNSHIP_LEVEL - 1]
        else "社区（村）",
        "{county}": "行政区划",
        "{form}": "组织形式",
        "{scope}": "业务范围",
        "{brand}": "字号",
    }
    return "＋".join(words.get(part) or _label(part, record) for part in rule.parts)


def _label(part: str, record: Submission) -> str:
    field = part.removeprefix("{").removesuffix("}")
    return field_label(record, field) if part != field else part


def _value(record: Submission, field: str) -> str:
    """The text of a field; "" where it is empty or the kind has none of this name."""
    return str(getattr(record, field, None) or "")


def _has_brand(record: Submission) -> bool:
    """Whether the kind writes its 字号 in a field of its own."""
    return hasattr(record, "brand")
