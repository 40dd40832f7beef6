"""What a ledger's rows are to what is stored: new, changed, or the same.

A kind with a name is met by its name, one without by all that makes two records one (`likeness`).
A row equal to a stored record is passed over, so that a ledger which grows month by month may be
sent again whole. A named record that is still a draft, or was returned, takes the row's values; a
submitted or approved one is never changed by a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from ledgers.declaration import Ledger
from ledgers.reading.sheets import Header
from reviews.models import Submission
from reviews.trail.differences import content_fields

_CHUNK = 500


class RowOutcome(StrEnum):
    """What a row is to what is stored."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


#: Rows that lead to something being written.
TO_WRITE = frozenset({RowOutcome.NEW, RowOutcome.CHANGED})


@dataclass(frozen=True)
class Change:
    """One field that a row changes in a stored record."""

    field: str
    before: Any
    after: Any


@dataclass(slots=True)
class Entry:
    """A row on its way to a record.

    `record` is the new one, or the stored one with what the row changes in it.
    """

    sheet: str
    number: int
    header: Header
    ledger: Ledger
    record: Submission
    #: Model fields whose own cell says something; an empty cell never erases.
    filled: frozenset[str]
    standing: RowOutcome = RowOutcome.NEW
    changes: tuple[Change, ...] = ()
    #: The second of two equal rows, of which one is stored: another fact, not the same again.
    is_twin: bool = False


_Key = tuple[object, ...]
#: The stored records of a key, the oldest first.
_Stored = dict[_Key, list[Submission]]


def match(entries: Sequence[Entry]) -> Iterator[tuple[Entry, str, str]]:
    """Set each entry's standing; yields (entry, field, message) where a file may not change it."""
    by_model: dict[type[Submission], list[Entry]] = defaultdict(list)
    for entry in entries:
        by_model[type(entry.record)].append(entry)
    for model, group in by_model.items():
        if model.identity:
            yield from _match_named(model, group)
        elif model.likeness:
            _match_nameless(model, group)


def _match_named(
    model: type[Submission], entries: Sequence[Entry]
) -> Iterator[tuple[Entry, str, str]]:
    stored = _stored(model, entries, model.identity, model.title_field)
    for entry in entries:
        found = stored.pop(_key(entry.record, model.identity), [])
        if not found:  # or an earlier row has met it: the checks say that it is there twice
            continue
        changes = differences(found[0], entry.record, entry.filled)
        if not changes:
            entry.standing = RowOutcome.SAME
        elif found[0].is_editable:
            _take_over(entry, found[0], changes)
        else:
            entry.standing = RowOutcome.REFUSED
            yield entry, changes[0].field, _refusal(found[0], changes)


def _match_nameless(model: type[Submission], entries: Sequence[Entry]) -> None:
    """Each stored record stands for one row only: the second of two equal gifts is a gift."""
    stored = _stored(model, entries, model.likeness, model.date_field)
    for entry in entries:
        key = _key(entry.record, model.likeness)
        left = stored.get(key, [])
        entry.is_twin = key in stored and not left
        for record in left:
            if not differences(record, entry.record, entry.filled):
                entry.standing = RowOutcome.SAME
                left.remove(record)
                break


def _key(record: Submission, names: Iterable[str]) -> _Key:
    return tuple(getattr(record, name) for name in names)


def _stored(
    model: type[Submission], entries: Sequence[Entry], names: Sequence[str], found_by: str
) -> _Stored:
    """The living records that share the entries' keys; a query per 500 values of one field."""
    wanted = {_key(entry.record, names) for entry in entries}
    areas = [entry.record.area_id for entry in entries]
    nearby = Q(area_id__gte=min(areas), area_id__lte=max(areas))
    values = sorted({value for entry in entries if (value := getattr(entry.record, found_by))})
    found: _Stored = defaultdict(list)
    for start in range(0, len(values), _CHUNK):
        rows = model._default_manager.exclude(status="void").filter(
            nearby, **{f"{found_by}__in": values[start : start + _CHUNK]}
        )
        for record in rows.select_related(*model.related_for_checks).order_by("pk"):
            if (key := _key(record, names)) in wanted:
                found[key].append(record)
    return found


def differences(stored: Submission, built: Submission, filled: Iterable[str]) -> tuple[Change, ...]:
    """What a row says otherwise than the record: filled cells, and what was derived from them."""
    spoken = set(filled)
    return tuple(
        Change(field.name, before, after)
        for field in content_fields(type(built))
        if (field.name in spoken or _says(field, built))
        and (before := getattr(stored, field.attname)) != (after := getattr(built, field.attname))
    )


def _says(field: models.Field[Any, Any], record: Submission) -> bool:
    value = getattr(record, field.attname)
    return value not in (None, "", False) and value != field.get_default()


def _take_over(entry: Entry, stored: Submission, changes: tuple[Change, ...]) -> None:
    for change in changes:
        setattr(stored, _attname(stored, change.field), change.after)
    stored._history_user = entry.record._history_user  # type: ignore[attr-defined]
    entry.record, entry.standing, entry.changes = stored, RowOutcome.CHANGED, changes


def _attname(record: Submission, field: str) -> str:
    return str(record._meta.get_field(field).attname)  # type: ignore[union-attr]


def _refusal(stored: Submission, changes: Sequence[Change]) -> str:
    said = "；".join(described(stored, change) for change in changes)
    way = {"pending": "退回", "approved": "撤回通过"}.get(stored.status, "退回")
    return (
        f"系统中已有“{stored}”（{stored.get_status_display()}），内容不同（{said}）；"
        f"如需修改，请先由审核员{way}"
    )


def described(record: Submission, change: Change) -> str:
    """`负责人：王芳 → 李梅`."""
    field: Any = record._meta.get_field(change.field)
    show = _shown(field)
    return f"{field.verbose_name}：{show(change.before)} → {show(change.after)}"


def _shown(field: Any) -> Callable[[Any], str]:
    def show(value: Any) -> str:
        if value in (None, ""):
            return "空"
        if isinstance(value, bool):
            return "是" if value else "否"
        if field.is_relation:
            return str(field.related_model._default_manager.filter(pk=value).first() or value)
        return str(dict(field.flatchoices).get(value, value))

    return show
