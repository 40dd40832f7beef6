"""Compares a ledger's rows with stored records: each row is new, changed or the same.

A kind with names is matched by `identity`; a kind without names by all fields that make two records
the same (`likeness`). Rows equal to a stored record are skipped, so a ledger that grows month by
month can be imported again as a whole. A named record that is a draft or was returned takes the
row's values; a file never changes a submitted or approved record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from ledgers.declaration import Ledger
from ledgers.reading.sheets import Header
from reviews.fields import (
    AnyField,
    attribute_history,
    choice_labels,
    field_of,
    related_model,
    yes_no,
)
from reviews.models import Submission
from reviews.trail.differences import content_fields

_CHUNK = 500


class RowOutcome(StrEnum):
    """The result of comparing a row with the stored records."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


#: Outcomes of rows that are written.
TO_WRITE = frozenset({RowOutcome.NEW, RowOutcome.CHANGED})


@dataclass(frozen=True)
class Change:
    """One field of a stored record that a row changes."""

    field: str
    before: object
    after: object


@dataclass(slots=True)
class Entry:
    """A row on its way to a record.

    `record` is a new record, or the stored one with the row's changes applied.
    """

    sheet: str
    number: int
    header: Header
    ledger: Ledger
    record: Submission
    #: Names of the fields whose cell is filled; an empty cell never erases a value.
    filled: frozenset[str]
    outcome: RowOutcome = RowOutcome.NEW
    changes: tuple[Change, ...] = ()
    #: Whether an equal row was already matched with the only stored record: this row is another
    #: fact.
    is_twin: bool = False


_Key = tuple[object, ...]
#: The stored records of each key, the oldest first.
_Stored = dict[_Key, list[Submission]]


def match_entries(entries: Sequence[Entry]) -> Iterator[tuple[Entry, str, str]]:
    """Set the outcome of each entry; yield (entry, field, message) where a file may not change a
    record."""
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
        if not found:  # or an earlier row has matched it: the checks report the duplicate
            continue
        changes = differences(found[0], entry.record, entry.filled)
        if not changes:
            entry.outcome = RowOutcome.SAME
        elif found[0].is_editable:
            _take_over(entry, found[0], changes)
        else:
            entry.outcome = RowOutcome.REFUSED
            yield entry, changes[0].field, _refusal(found[0], changes)


def _match_nameless(model: type[Submission], entries: Sequence[Entry]) -> None:
    """Match each stored record with one row only: of two equal donations the second is a donation,
    too."""
    stored = _stored(model, entries, model.likeness, model.date_field)
    for entry in entries:
        key = _key(entry.record, model.likeness)
        left = stored.get(key, [])
        entry.is_twin = key in stored and not left
        for record in left:
            if not differences(record, entry.record, entry.filled):
                entry.outcome = RowOutcome.SAME
                left.remove(record)
                break


def _key(record: Submission, names: Iterable[str]) -> _Key:
    return tuple(getattr(record, name) for name in names)


def _stored(
    model: type[Submission], entries: Sequence[Entry], names: Sequence[str], found_by: str
) -> _Stored:
    """Return the living records that share the entries' keys; one query per 500 values of one field."""
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
    """Return the fields in which a row differs: filled cells and values derived from them."""
    names = set(filled)
    return tuple(
        Change(field.name, before, after)
        for field in content_fields(type(built))
        if (field.name in names or _has_value(field, built))
        and (before := getattr(stored, field.attname)) != (after := getattr(built, field.attname))
    )


def _has_value(field: AnyField, record: Submission) -> bool:
    value = getattr(record, field.attname)
    return value not in (None, "", False) and value != field.get_default()


def _take_over(entry: Entry, stored: Submission, changes: tuple[Change, ...]) -> None:
    for change in changes:
        setattr(stored, field_of(stored, change.field).attname, change.after)
    attribute_history(stored, entry.record.created_by)
    entry.record, entry.outcome, entry.changes = stored, RowOutcome.CHANGED, changes


def _refusal(stored: Submission, changes: Sequence[Change]) -> str:
    details = "；".join(describe_change(stored, change) for change in changes)
    way = {"pending": "退回", "approved": "撤回通过"}.get(stored.status, "退回")
    return (
        f"系统中已有“{stored}”（{stored.get_status_display()}），内容不同（{details}）；"
        f"如需修改，请先由审核员{way}"
    )


def describe_change(record: Submission, change: Change) -> str:
    """Return a change in Chinese: `负责人：王芳 → 李梅`."""
    field = field_of(record, change.field)
    show = _shown(field)
    return f"{field.verbose_name}：{show(change.before)} → {show(change.after)}"


def _shown(field: AnyField) -> Callable[[object], str]:
    def show(value: object) -> str:
        if value in (None, ""):
            return "空"
        if isinstance(value, bool):
            return yes_no(value)
        if field.is_relation:
            return str(related_model(field)._default_manager.filter(pk=value).first() or value)
        return str(choice_labels(field).get(value, value))

    return show
