"""Checks what [plan.report] says about titles, recipients and signatories."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from areas.codes import is_within, level_of
from indicators.plan.tables import unlike_kind

#: The key of an office's table → what it holds.
_OFFICE = {"name": str, "area": str, "department": str, "roles": list}
_ROLES = ("reviewer", "observer")
_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_IN_OPENING = frozenset({"{basis}", "{area}", "{day}", "{title}"})
_IN_SIGNATORY = frozenset({"{area}", "{office}"})


def report_fault(values: Mapping[str, object], area_code: str, keys: Collection[str]) -> str:
    """Say in Chinese what is wrong with the values (by model field), else return "".

    `area_code` is the plan's area, `keys` the keys that `assumed` may name.
    """
    faults = (
        *_opening_faults(values),
        *_recipient_faults(values["report_recipients"], area_code),
        *_signatory_faults(values["report_signatories"], level_of(area_code)),
        *_assumed_faults(values["report_assumed"], keys),
    )
    return next(iter(faults), "")


def _opening_faults(values: Mapping[str, object]) -> Iterator[str]:
    if wrong := _foreign(str(values["report_opening"]), _IN_OPENING):
        yield f"“opening”中的“{wrong}”不认识，可用 {'、'.join(sorted(_IN_OPENING))}"
    if values["report_top_files"] and not values["report_recipients"]:
        yield "“top_files”为 true 时，须在“recipients”中写明报送对象"


def _foreign(text: str, allowed: Collection[str]) -> str:
    """Return the first placeholder of a text that is not allowed, else ""."""
    return next((each for each in _BRACES.findall(text) if each not in allowed), "")


def _recipient_faults(offices: object, area_code: str) -> Iterator[str]:
    for number, office in enumerate(_listed(offices), start=1):
        where = f"“recipients”第{number}项"
        yield from (f"{where}：{fault}" for fault in _office_faults(office, _OFFICE))
        code = office.get("area") if isinstance(office, dict) else None
        if code is not None and not _contains(code, area_code):
            yield f"{where}：“area”应为方案适用地区{area_code}或其上级的代码"
    yield from _twice("recipients", offices)


def _twice(key: str, offices: object) -> Iterator[str]:
    names = [each.get("name") if isinstance(each, dict) else each for each in _listed(offices)]
    if len({str(name) for name in names}) < len(names):
        yield f"“{key}”中有两项同名"


def _contains(code: object, area_code: str) -> bool:
    """Whether a code is of the area itself or of one above it."""
    try:
        return isinstance(code, str) and bool(level_of(code)) and is_within(area_code, code)
    except ValueError:
        return False


def _signatory_faults(by_level: object, own_level: int) -> Iterator[str]:
    for level, offices in by_level.items() if isinstance(by_level, dict) else ():
        where = f"“signatories”的{level}级"
        if level not in {str(each) for each in range(own_level, 6)}:
            yield f"{where}：层级应为{own_level}至5"
        if not isinstance(offices, list) or not offices:
            yield f'{where}：应为单位的列表，如 ["{{area}}民政局"]'
            continue
        keys = {key: _OFFICE[key] for key in ("name", "department")}
        for number, office in enumerate(offices, start=1):
            at = f"{where}第{number}项"
            yield from (f"{at}：{fault}" for fault in _office_faults(office, keys))
            name = office.get("name", "") if isinstance(office, dict) else office
            if wrong := _foreign(str(name), _IN_SIGNATORY):
                yield f"{at}：“{wrong}”不认识，可用 {{area}}、{{office}}"
        yield from _twice(f"signatories.{level}", offices)


def _office_faults(office: object, keys: Mapping[str, type]) -> Iterator[str]:
    """Yield what is wrong with an office: a name, or a table with `name` and further keys."""
    if isinstance(office, str):
        office = {"name": office}
    if not isinstance(office, dict):
        yield "应为单位名称，或写有 name 的花括号"
        return
    if unknown := office.keys() - keys.keys():
        yield f"不认识的项目 {'、'.join(sorted(unknown))}，可用 {'、'.join(keys)}"
    for key in keys.keys() & office.keys():
        if not isinstance(office[key], keys[key]):
            yield unlike_kind(key, keys[key], office[key])
        elif isinstance(office[key], str) and ("\x00" in office[key] or len(office[key]) > 100):
            yield f"“{key}”含有不能保存的字符，或超过100字"
    if not isinstance(office.get("name", ""), str) or not str(office.get("name", "")).strip():
        yield "缺少单位名称“name”"
    roles = office.get("roles", ["reviewer"])
    if isinstance(roles, list) and (not roles or any(role not in _ROLES for role in roles)):
        yield f"“roles”应为 {'、'.join(_ROLES)} 中的一个或两个"


def _assumed_faults(assumed: object, keys: Collection[str]) -> Iterator[str]:
    for name in _listed(assumed):
        if not isinstance(name, str) or name not in keys:
            yield f"“assumed”中的“{name}”不是 [plan.report] 的项目，可用 {'、'.join(keys)}"


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
