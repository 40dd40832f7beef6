"""数据更正: how two editions of a report differ, and the records that changed a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from indicators.rules.answers.values import plain
from reports.editions.parts.changed import changed_duties, changed_tasks
from reports.schema.content import (
    CorrectedChild,
    CorrectedFigure,
    CorrectedRecord,
    Corrections,
    EditionContent,
    ReportContent,
    SealedIndicator,
    Values,
)


class _Key(NamedTuple):
    kind: str
    id: int


class _Name(NamedTuple):
    """The name of a record: its kind in Chinese, its own name, its area."""

    kind: str
    name: str
    area: str


def corrections(
    old: EditionContent, new: ReportContent, units: Mapping[str, str] | None = None
) -> Corrections:
    """Return the differences from the last edition: figures with their records, and all others.

    `units` maps the code of an indicator to the unit in which its records count.
    """
    earlier = {item.code: item for item in old.indicators}
    names = _names(old) | _names(new)
    figures = [
        replace(_figure(was, item, old, new, names), quantity_unit=(units or {}).get(item.code, ""))
        for item in new.indicators
        if (was := earlier.get(item.code)) is not None and _differs(was, item)
    ]
    return Corrections(old.seal.number, figures, [*_others(old, new)])


def _differs(was: SealedIndicator, item: SealedIndicator) -> bool:
    return (was.numerator, was.denominator, was.value, was.target_text) != (
        *(item.numerator, item.denominator, item.value, item.target_text),
    )


def _figure(
    was: SealedIndicator,
    item: SealedIndicator,
    old: EditionContent,
    new: ReportContent,
    names: Mapping[_Key, _Name],
) -> CorrectedFigure:
    code = item.code
    return CorrectedFigure(
        code=code,
        name=item.name,
        unit=item.unit,
        old=was.value_text,
        new=item.value_text,
        old_target=was.target_text,
        new_target=item.target_text,
        records=[*_records(_quantities(old, code), _quantities(new, code), names)],
        editions=[*_children(old, new, item)],
    )


def _quantities(content: ReportContent, code: str) -> dict[_Key, str] | None:
    """Return record → quantity of an indicator; None where the edition lists no records."""
    if content.members is None:
        return None
    return {_Key(each.kind, each.id): each.quantity for each in content.members.get(code, [])}


def _records(
    before: Mapping[_Key, str] | None,
    after: Mapping[_Key, str] | None,
    names: Mapping[_Key, _Name],
) -> Iterator[CorrectedRecord]:
    if before is None or after is None:
        return
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        known = names.get(key, _Name("", f"编号{key.id}", ""))
        yield CorrectedRecord(
            kind=key.kind,
            id=key.id,
            kind_name=known.kind,
            name=known.name,
            area=known.area,
            change=_change(was, now),
            old=was or "0",
            new=now or "0",
        )


def _change(was: str | None, now: str | None) -> str:
    """How a record changed a figure; what came and lowers it is a refund."""
    if was is None:
        return "新增（冲减）" if (now or "").startswith("-") else "新增"
    return "减少" if now is None else "数量变化"


class _Reported(NamedTuple):
    name: str
    number: int | None
    values: Values


def _children(
    old: ReportContent, new: ReportContent, item: SealedIndicator
) -> Iterator[CorrectedChild]:
    """Yield the areas below whose edition or value changed, where the figure is their sum."""
    before, code = _reported(old), item.code
    for area, now in _reported(new).items():
        was = before.get(area, _Reported(now.name, None, {}))
        if (was.number, was.values.get(code)) != (now.number, now.values.get(code)):
            old_text, new_text = (_written(item, each.values.get(code)) for each in (was, now))
            yield CorrectedChild(now.name, old_text, new_text)


def _written(item: SealedIndicator, value: str | None) -> str:
    """Return a value in the figure's own unit, in per cent for a percentage."""
    if not value:
        return "—"
    if item.is_percentage:
        return f"{plain(Decimal(value) * 100, 2)}%"
    return plain(Decimal(value), 2)


def _reported(content: ReportContent) -> dict[str, _Reported]:
    if not content.consolidation.is_from_editions:
        return {}
    return {
        each.code: _Reported(each.name, each.number, each.values)
        for each in content.filing.children
    }


def _names(content: ReportContent) -> dict[_Key, _Name]:
    """Return the name of each record of the ledgers."""
    found = {}
    for sheet in content.ledgers:
        titles = [column.title for column in sheet.columns]
        at = next((i for i, title in enumerate(titles) if title.endswith("名称")), 1)
        for pk, row in zip(sheet.ids, sheet.rows, strict=True):
            found[_Key(sheet.kind, pk)] = _Name(sheet.name, str(row[at] or ""), str(row[0]))
    return found


# --- other differences ------------------------------------------------------------------------


def _others(old: ReportContent, new: ReportContent) -> Iterator[str]:
    if old.as_of != new.as_of:
        yield f"数据截至日由{old.as_of}改为{new.as_of}"
    gone, come = {*old.tree} - {*new.tree}, {*new.tree} - {*old.tree}
    if gone or come:
        yield f"纳入考核的地区有变化：增加{len(come)}个，减少{len(gone)}个"
    yield from _indicators(old, new)
    yield from _areas(old, new)
    yield from _ledgers(old, new)
    yield from _missing(old, new)
    yield from changed_duties(old, new)
    yield from changed_tasks(old, new)
    texts = {each.title: each.text for each in old.narrative}
    for each in new.narrative:
        if texts and texts.get(each.title) != each.text:
            yield f"文稿“{each.title}”有改动"


def _indicators(old: ReportContent, new: ReportContent) -> Iterator[str]:
    """Name the indicators that were added or removed."""
    before, after = {item.code for item in old.indicators}, {item.code for item in new.indicators}
    yield from (f"新增指标“{item.name}”" for item in new.indicators if item.code not in before)
    yield from (f"取消指标“{item.name}”" for item in old.indicators if item.code not in after)


def _areas(old: ReportContent, new: ReportContent) -> Iterator[str]:
    """Name the areas directly below with other values, if both editions have the same indicators."""
    if [each.code for each in old.indicators] != [each.code for each in new.indicators]:
        return
    before = {each.code: each.values for each in old.children}
    names = [
        each.name
        for each in new.children
        if each.code in before and before[each.code] != each.values
    ]
    if names:
        yield f"下级明细有变化：{'、'.join(names)}"


def _ledgers(old: ReportContent, new: ReportContent) -> Iterator[str]:
    """Count the records that both editions hold with different texts."""
    before = {each.kind: dict(zip(each.ids, each.rows, strict=True)) for each in old.ledgers}
    for sheet in new.ledgers:
        rows = before.get(sheet.kind, {})
        changed = sum(
            pk in rows and rows[pk] != row for pk, row in zip(sheet.ids, sheet.rows, strict=True)
        )
        if changed:
            yield f"台账“{sheet.name}”有{changed}条记录的登记内容改变"


def _missing(old: ReportContent, new: ReportContent) -> Iterator[str]:
    before = {each.name for each in old.filing.missing}
    after = {each.name for each in new.filing.missing}
    if before - after:
        yield f"补报：{'、'.join(sorted(before - after))}"
    if after - before:
        yield f"新列为缺报：{'、'.join(sorted(after - before))}"
