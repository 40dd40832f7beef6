"""数据更正: what a later edition of a report says otherwise, and the records that did it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Content = dict[str, Any]
_Key = tuple[str, int]


def corrections(old: Content, new: Content) -> dict[str, Any]:
    """What distinguishes two editions' contents: figures with their records, and anything else.

    Shape: `{"against": n, "sha256": …, "figures": [{code, name, unit, old, new, records: [{change,
    kind, name, area, old, new}]}], "others": [sentence]}`; quantities as decimal strings.
    """
    earlier = {item["code"]: item for item in old["indicators"]}
    named = _names(old) | _names(new)
    figures = []
    for item in new["indicators"]:
        was = earlier.get(item["code"])
        if was is not None and _is_other(was, item):
            figures.append(_figure(was, item, old, new, named))
    return {
        "against": old["number"],
        "figures": figures,
        "others": [*_others(old, new)],
    }


def _is_other(was: Content, item: Content) -> bool:
    keys = ("numerator", "denominator", "value", "target_text")
    return any(was[key] != item[key] for key in keys)


def _figure(
    was: Content, item: Content, old: Content, new: Content, named: dict[_Key, tuple[str, str, str]]
) -> dict[str, Any]:
    code = item["code"]
    return {
        "code": code,
        "name": item["name"],
        "unit": item["unit"],
        "old": was["value_text"],
        "new": item["value_text"],
        "old_target": was["target_text"],
        "new_target": item["target_text"],
        "records": [*_records(_quantities(old, code), _quantities(new, code), named)],
        "editions": [*_editions(old, new, code)],
    }


def _quantities(content: Content, code: str) -> dict[_Key, str] | None:
    """Record → quantity; None in an edition of before such lists were kept."""
    if "members" not in content:
        return None
    return {(kind, pk): quantity for kind, pk, quantity in content["members"].get(code, [])}


def _records(
    before: dict[_Key, str] | None,
    after: dict[_Key, str] | None,
    named: dict[_Key, tuple[str, str, str]],
) -> Iterator[dict[str, str]]:
    if before is None or after is None:
        return
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        kind, name, area = named.get(key, ("", f"编号{key[1]}", ""))
        change = "新增" if was is None else "减少" if now is None else "数量变化"
        yield {
            "change": change,
            "kind": kind,
            "name": name,
            "area": area,
            "old": was or "0",
            "new": now or "0",
        }


def _editions(old: Content, new: Content, code: str) -> Iterator[dict[str, str]]:
    """Of what is added up from the editions below: whose edition is another one."""
    before = _reported(old)
    for area, (name, number, values) in _reported(new).items():
        was = before.get(area, (name, None, {}))
        if (was[1], was[2].get(code)) != (number, values.get(code)):
            yield {"name": name, "old": was[2].get(code) or "—", "new": values.get(code) or "—"}


def _reported(content: Content) -> dict[str, tuple[str, int | None, dict[str, str]]]:
    if not content.get("consolidation", {}).get("is_from_editions"):
        return {}
    return {
        each["code"]: (each["name"], each["number"], each["values"])
        for each in content["filing"]["children"]
    }


def _names(content: Content) -> dict[_Key, tuple[str, str, str]]:
    """Record → its kind, what it is called, its area."""
    found = {}
    for sheet in content["ledgers"]:
        titles = [column["title"] for column in sheet["columns"]]
        at = next((i for i, title in enumerate(titles) if title.endswith("名称")), 1)
        for pk, row in zip(sheet["ids"], sheet["rows"], strict=True):
            found[sheet["kind"], pk] = (sheet["name"], str(row[at] or ""), str(row[0]))
    return found


# --- what is no figure ------------------------------------------------------------------------


def _others(old: Content, new: Content) -> Iterator[str]:
    if old["as_of"] != new["as_of"]:
        yield f"数据截至日由{old['as_of']}改为{new['as_of']}"
    gone, come = {*old["tree"]} - {*new["tree"]}, {*new["tree"]} - {*old["tree"]}
    if gone or come:
        yield f"纳入考核的地区有变化：增加{len(come)}个，减少{len(gone)}个"
    codes = {item["code"] for item in old["indicators"]}
    for item in new["indicators"]:
        if item["code"] not in codes:
            yield f"新增指标“{item['name']}”"
    kept = {item["code"] for item in new["indicators"]}
    for item in old["indicators"]:
        if item["code"] not in kept:
            yield f"取消指标“{item['name']}”"
    yield from _areas(old, new)
    yield from _ledgers(old, new)
    yield from _missing(old, new)
    texts = {each["title"]: each["text"] for each in old.get("narrative", [])}
    for each in new.get("narrative", []):
        if texts and texts.get(each["title"]) != each["text"]:
            yield f"文稿“{each['title']}”有改动"


def _areas(old: Content, new: Content) -> Iterator[str]:
    """Areas directly below with other values, where both editions have the same indicators."""
    if [each["code"] for each in old["indicators"]] != [each["code"] for each in new["indicators"]]:
        return
    before = {each["code"]: each["values"] for each in old["children"]}
    names = [
        each["name"]
        for each in new["children"]
        if each["code"] in before and before[each["code"]] != each["values"]
    ]
    if names:
        yield f"下级明细有变化：{'、'.join(names)}"


def _ledgers(old: Content, new: Content) -> Iterator[str]:
    """Records in both editions that are written otherwise."""
    before = {
        each["kind"]: dict(zip(each["ids"], each["rows"], strict=True)) for each in old["ledgers"]
    }
    for sheet in new["ledgers"]:
        rows = before.get(sheet["kind"], {})
        changed = sum(
            pk in rows and rows[pk] != row
            for pk, row in zip(sheet["ids"], sheet["rows"], strict=True)
        )
        if changed:
            yield f"台账“{sheet['name']}”有{changed}条记录的登记内容改变"


def _missing(old: Content, new: Content) -> Iterator[str]:
    before = {each["name"] for each in old.get("filing", {}).get("missing", [])}
    after = {each["name"] for each in new.get("filing", {}).get("missing", [])}
    if before - after:
        yield f"补报：{'、'.join(sorted(before - after))}"
    if after - before:
        yield f"新列为缺报：{'、'.join(sorted(after - before))}"
