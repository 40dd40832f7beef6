"""Compares a ledger's rows with stored records: each row is new, changed, the same, or doubtful.

A kind with names is matched by `identity`; a kind without names by all fields that make two records
the same (`likeness`). Rows equal to a stored record are skipped, so a ledger that grows month by
month can be imported again as a whole. A named record that is a draft or was returned takes the
row's values; a file never changes a submitted or approved record. A new row that is much like a
stored record (`ledgers.reading.matching.alike`) is doubtful until the clerk decides.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from areas.spelling import folded_value
from ledgers.reading.entries import Candidate, Change, Entry, RowOutcome
from ledgers.reading.matching.alike import find_alike
from ledgers.reading.matching.decisions import Decisions
from ledgers.reading.matching.homes import Homes
from reviews.checks import repeated_in, repeated_problem
from reviews.fields import (
    AnyField,
    attribute_history,
    choice_labels,
    field_of,
    related_model,
    yes_no,
)
from reviews.models import Status, Submission
from reviews.privacy import ERASED, masked, sensitive_fields, was_erased_from
from reviews.trail.differences import content_fields

#: The message about a doubtful row begins so.
DOUBT = "疑似修改"
_CHUNK = 500

_Key = tuple[object, ...]
#: The stored records of each key, the oldest first.
_Stored = dict[_Key, list[Submission]]
#: An entry, the field at fault and what is wrong.
_Fault = tuple[Entry, str, str]


def match_entries(entries: Sequence[Entry], homes: Homes, decisions: Decisions) -> Iterator[_Fault]:
    """Set the outcome of each entry; yield (entry, field, message) where a file may not change a
    record, and where the clerk must decide."""
    by_model: dict[type[Submission], list[Entry]] = defaultdict(list)
    for entry in entries:
        by_model[entry.model].append(entry)
    for model, group in by_model.items():
        if any(entry.stored is None for entry in group):
            yield from _Matching(model, group, homes, decisions).faults()


class _Matching:
    """The comparison of all rows of one kind."""

    def __init__(
        self, model: type[Submission], entries: Sequence[Entry], homes: Homes, decisions: Decisions
    ) -> None:
        self.model = model
        #: Rows of an exported ledger that show their record as it is are matched already.
        self.entries = [entry for entry in entries if entry.stored is None]
        self.homes, self.decisions = homes, decisions
        #: Stored records that a row of the file already states.
        self.taken = {entry.stored.pk for entry in entries if entry.stored is not None}
        #: Rows that no stored record equals.
        self.left: list[Entry] = []

    def faults(self) -> Iterator[_Fault]:
        """Match the exact rows first; what is left may be a correction."""
        if self.model.identity:
            yield from self._match_named()
        elif self.model.likeness:
            self._match_nameless()
        yield from self._doubt()

    # --- equal rows -------------------------------------------------------------------------

    def _match_named(self) -> Iterator[_Fault]:
        # Hashes of all keys take little memory; the keys themselves are compared where they meet.
        hashes = array("q", map(hash, map(self._key_of, self.entries)))
        stored = self._stored(self.model.identity, "", set(hashes))
        met = {hash(key) for key in stored} | repeated_in(hashes)
        seen, matched = set[_Key](), set[_Key]()
        for entry, hashed in zip(self.entries, hashes, strict=True):
            key = self._key_of(entry) if hashed in met else ()
            if found := stored.get(key):
                record = self._nearest(found, entry)
                found.remove(record)
                matched.add(key)
                yield from self._settle(entry, record)
            elif key in matched:
                entry.outcome = RowOutcome.REFUSED
                problem = repeated_problem(entry.record, is_stored=True)
                yield entry, problem.field, problem.message
            elif key not in seen:  # or an earlier row is the same: the checks report it
                self.left.append(entry)
            if key:
                seen.add(key)

    def _nearest(self, records: Sequence[Submission], entry: Entry) -> Submission:
        """Return the record that a row states or changes least: merged areas may have two of one name."""
        if len(records) == 1:
            return records[0]
        return min(records, key=lambda record: len(self._changes(record, entry)))

    def _match_nameless(self) -> None:
        """Match each stored record with one row only: of two equal donations the second is a
        donation, too."""
        hashes = array("q", map(hash, map(self._key_of, self.entries)))
        stored = self._stored(self.model.likeness, self.model.date_field, set(hashes))
        met = {hash(key) for key in stored}
        for entry, hashed in zip(self.entries, hashes, strict=True):
            key = self._key_of(entry) if hashed in met else ()
            same = (each for each in stored.get(key, []) if not self._changes(each, entry))
            record = next(same, None)
            if record is None:
                self.left.append(entry)
            else:
                self._state(entry, record)
                stored[key].remove(record)

    def _settle(self, entry: Entry, record: Submission) -> Iterator[_Fault]:
        """Let a row state or change its record; yield why it may not."""
        changes = self._changes(record, entry)
        if not changes:
            self._state(entry, record)
        elif record.is_editable and self.homes.holds(record.area_id):
            _take_over(entry, record, changes)
            self.taken.add(record.pk)
        else:
            entry.outcome = RowOutcome.REFUSED
            self.taken.add(record.pk)
            yield entry, changes[0].field, self._refusal(record, changes)

    def _state(self, entry: Entry, record: Submission) -> None:
        entry.outcome, entry.stored = RowOutcome.SAME, record
        self.taken.add(record.pk)

    def _refusal(self, stored: Submission, changes: Sequence[Change]) -> str:
        details = "；".join(describe_change(stored, change) for change in changes)
        way = f"请先由审核员{'撤回通过' if stored.status == Status.APPROVED else '退回'}"
        if not self.homes.holds(stored.area_id):
            way = f"该记录登记在原区划“{stored.area}”，请由上级填报员修改"
        return (
            f"系统中已有“{stored}”（{stored.get_status_display()}），内容不同（{details}）；"
            f"如需修改，{way}"
        )

    def _changes(self, record: Submission, entry: Entry) -> tuple[Change, ...]:
        return differences(record, entry.record, entry.filled, self.homes)

    def _key(self, record: Submission, names: Iterable[str]) -> _Key:
        return self.homes.key(names, [getattr(record, name) for name in names])

    def _key_of(self, entry: Entry) -> _Key:
        names = self.model.identity or self.model.likeness
        return self.homes.key(names, entry.values_of(names))

    def _values(self, name: str) -> Iterator[object]:
        """Yield the value of an attribute in each row."""
        names = (name,)
        return (entry.values_of(names)[0] for entry in self.entries)

    def _stored(self, names: Sequence[str], found_by: str, wanted: set[int]) -> _Stored:
        """Return the living records whose key has a wanted hash; with `found_by`, a field that is never
        spelt in two ways, only its values are read."""
        nearby = self.homes.nearby(list({str(code) for code in self._values("area_id")}))
        rows = self.model.not_voided().filter(nearby)
        parts = [rows]
        if found_by:
            ordered = sorted(set(filter(None, self._values(found_by))), key=str)
            parts = [
                rows.filter(**{f"{found_by}__in": ordered[start : start + _CHUNK]})
                for start in range(0, len(ordered), _CHUNK)
            ]
        keys = [
            pk
            for part in parts
            for pk, *values in part.order_by().values_list("pk", *names).iterator(2000)
            if hash(self.homes.key(names, values)) in wanted
        ]
        found: _Stored = defaultdict(list)
        for record in self._records(keys):
            found[self._key(record, names)].append(record)
        return found

    def _records(self, keys: Sequence[int]) -> Iterator[Submission]:
        """Yield the records of these keys, the oldest first; one query per 500."""
        ordered = sorted(keys)
        rows = self.model._default_manager.select_related(*self.model.related_for_checks)
        for start in range(0, len(ordered), _CHUNK):
            yield from rows.filter(pk__in=ordered[start : start + _CHUNK]).order_by("pk")

    # --- doubtful rows ----------------------------------------------------------------------

    def _doubt(self) -> Iterator[_Fault]:
        """Apply the clerk's decisions to the rows that are much like a stored record; yield the
        open ones. A row with a faulty cell is asked about once that is corrected."""
        left = [entry for entry in self.left if not entry.is_faulty]
        alike = find_alike(self.model, left, self.taken, self.homes)
        keys = sorted({pk for found in alike.values() for pk in found})
        records = {record.pk: record for record in self._records(keys)}
        for position, found in alike.items():
            entry = left[position]
            decision = self.decisions.about(entry.place, found)
            same = self._erased([records[pk] for pk in found], entry)
            if same is not None:
                self._state(entry, same)
            elif decision is None:
                yield self._ask(entry, [records[pk] for pk in found])
            elif decision.record is not None:
                yield from self._correct(entry, records[decision.record])
            else:
                entry.is_another = True

    def _erased(self, records: Sequence[Submission], entry: Entry) -> Submission | None:
        """Return the record that differs from a row only in what was erased at a person's request."""
        for record in records:
            texts = (getattr(record, name) for name in sensitive_fields(type(record)))
            is_left = record.pk not in self.taken and any(ERASED in text for text in texts)
            if is_left and not self._changes(record, entry):
                return record
        return None

    def _ask(self, entry: Entry, records: Sequence[Submission]) -> _Fault:
        entry.outcome = RowOutcome.DOUBTFUL
        entry.candidates = tuple(
            Candidate(record, self._changes(record, entry)) for record in records
        )
        return entry, _field_of_doubt(entry), doubt_message(entry.candidates[0])

    def _correct(self, entry: Entry, record: Submission) -> Iterator[_Fault]:
        """Let a row change the record that the clerk named; a record is changed by one row only."""
        if record.pk in self.taken:
            entry.outcome = RowOutcome.REFUSED
            message = f"本表另有一行也要修改“{record}”：同一条记录只能由一行修改"
            yield entry, self.model.title_field, message
        else:
            yield from self._settle(entry, record)


def _field_of_doubt(entry: Entry) -> str:
    changes = entry.candidates[0].changes
    shown = [each.field for each in changes if each.field != "area"]
    return shown[0] if shown else entry.model.title_field


def doubt_message(candidate: Candidate) -> str:
    """Return in Chinese which record a row may correct, and what it says otherwise."""
    record, changes = candidate.record, candidate.changes
    details = "；".join(describe_change(record, change) for change in changes)
    says = f"内容不同（{details}）" if details else "本行有空白单元格"
    return (
        f"{DOUBT}系统中已有的“{record}”（{record.area}，{record.get_status_display()}），{says}；"
        "请选择“修改原记录”或“另一笔”，请勿重复填报"
    )


def differences(
    stored: Submission, built: Submission, filled: Iterable[str], homes: Homes
) -> tuple[Change, ...]:
    """Return the fields in which a row differs: filled cells and values derived from them.

    Another spelling of a text is no difference, nor is a text that was erased at a person's request, and
    neither is the area that followed the record's.
    """
    names = set(filled)
    return tuple(
        Change(field.name, before, after)
        for field in content_fields(type(built))
        if (field.name in names or _has_value(field, built))
        and (before := getattr(stored, field.attname)) != (after := getattr(built, field.attname))
        and folded_value(before) != folded_value(after)
        and not was_erased_from(before, after)
        and not (field.name == "area" and homes.of(before) == homes.of(after))
    )


def _has_value(field: AnyField, record: Submission) -> bool:
    value = getattr(record, field.attname)
    return value not in (None, "", False) and value != field.get_default()


def _take_over(entry: Entry, stored: Submission, changes: tuple[Change, ...]) -> None:
    written = entry.record
    for change in changes:
        setattr(stored, field_of(stored, change.field).attname, change.after)
    attribute_history(stored, written.created_by)
    entry.written = written
    entry.kept, entry.outcome, entry.changes = stored, RowOutcome.CHANGED, changes


def describe_change(record: Submission, change: Change) -> str:
    """Return a change in Chinese: `负责人：王芳 → 李梅`."""
    field = field_of(record, change.field)
    before, after = (shown_value(field, value) for value in (change.before, change.after))
    if change.field in sensitive_fields(type(record)):
        before, after = masked(before), masked(after)
    return f"{field.verbose_name}：{before} → {after}"


def shown_value(field: AnyField, value: object) -> str:
    """Return the value of a column in Chinese."""
    if value in (None, ""):
        return "空"
    if isinstance(value, bool):
        return yes_no(value)
    if field.is_relation:
        return str(related_model(field)._default_manager.filter(pk=value).first() or value)
    return str(choice_labels(field).get(value, value))
