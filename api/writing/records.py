"""Storing through the API: drafts under the rules of the form, many records under those of a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.http import Http404

from api.faults import fault_of
from api.rows import Rows
from api.writing.masks import restored, uncovered_faults
from reviews.bulk import store_new, write_history
from reviews.checks import SAME_RECORD, Problem, field_label, find_all_problems
from reviews.draft_validation import draft_faults
from reviews.fields import AnyForeignKey, attribute_history, field_of, related_model
from reviews.models import Submission
from reviews.querysets import choosable
from reviews.trail.differences import content_fields

if TYPE_CHECKING:
    from accounts.models import User

#: The number of records stored by one statement.
AT_ONCE = 1000

#: The validated values of one record, by name.
Given = Mapping[str, Any]
Found = list[tuple[int, Problem]]


@dataclass
class Batch:
    """Records of one kind from a request, with their values by column and rows by name."""

    model: type[Submission]
    related: Sequence[Rows]
    by: User
    records: list[Submission]
    given: Sequence[Given]
    found: Found = field(default_factory=list)

    def fill(self) -> None:
        """Set the given values and references on the records; note references that do not exist."""
        references = {
            each.attname: each
            for each in content_fields(self.model)
            if isinstance(each, models.ForeignKey)
        }
        names = {rows.name for rows in self.related}
        for record, given in zip(self.records, self.given, strict=True):
            for name, value in given.items():
                if name not in references and name not in names:
                    setattr(record, name, value)
        for attname, column in references.items():
            self._refer(attname, column)
        for rows in self.related:
            self._look_up(rows)

    def _refer(self, attname: str, column: AnyForeignKey) -> None:
        wanted = {given[attname] for given in self.given if given.get(attname) is not None}
        known = _known(column, wanted, self.by)
        for index, (record, given) in enumerate(zip(self.records, self.given, strict=True)):
            if attname not in given or given[attname] == getattr(record, attname):
                continue
            key = given[attname]
            if key is not None and key not in known:
                self.found.append((index, _not_there(column, key)))
                continue
            setattr(record, column.name, known.get(key))
            for name in self.model.follows.get(column.name, ()):
                if name not in given:  # the row belonged to another record
                    setattr(record, name, _default(self.model, name))

    def _look_up(self, rows: Rows) -> None:
        """Note rows that repeat each other and rows that refer to unknown areas."""
        for index, given in enumerate(self.given):
            items = given.get(rows.name, ())
            if fault := rows.repeated(items):
                self.found.append((index, Problem("repeated", rows.name, fault)))
            if fault := rows.masked(items):
                self.found.append((index, Problem("masked", rows.name, fault)))
        columns = {
            at: column
            for at, column in enumerate(rows.columns())
            if isinstance(column, models.ForeignKey)
        }
        for at, column in columns.items():
            references = [
                (index, rows.values(item)[at])
                for index, given in enumerate(self.given)
                for item in given.get(rows.name, ())
            ]
            wanted = {key for _, key in references}
            known = _known(column, wanted, self.by)
            held = self._held(rows, column) if wanted - known.keys() else {}
            for index, key in references:
                if key not in known and key not in held.get(self.records[index].pk, ()):
                    problem = _not_there(column, key)
                    self.found.append((index, Problem(problem.code, rows.name, problem.message)))

    def _held(self, rows: Rows, column: AnyForeignKey) -> dict[int, set[object]]:
        """Return the keys that the records' stored rows refer to, by record."""
        stored = [record.pk for record in self.records if record.pk]
        held: dict[int, set[object]] = {}
        found = rows.model._default_manager.filter(**{f"{rows.link}__in": stored})
        for pk, key in found.values_list(f"{rows.link}_id", column.attname):
            held.setdefault(pk, set()).add(key)
        return held

    def store_rows(self) -> None:
        """Store the rows of the records that have some in the request."""
        for rows in self.related:
            pairs = [
                (record, given[rows.name])
                for record, given in zip(self.records, self.given, strict=True)
                if rows.name in given
            ]
            if pairs:
                rows.store([record for record, _ in pairs], [items for _, items in pairs])

    def complete(self) -> None:
        """Fill in values that follow from the given ones; note given values that contradict them."""
        faulty = {index for index, _ in self.found}
        for index, (record, given) in enumerate(zip(self.records, self.given, strict=True)):
            record.complete()
            if index not in faulty:
                self.found += ((index, problem) for problem in _overruled(record, given))


def _overruled(record: Submission, given: Given) -> Iterator[Problem]:
    """Yield the given values that differ from the ones that follow from a reference."""
    for column in content_fields(type(record)):
        value = given.get(column.attname)
        if value in (None, "") or value == getattr(record, column.attname):
            continue
        label = field_label(record, column.name)
        yield Problem("follows", column.name, f"“{label}”与所引用的档案不一致；可不填，按档案填写")


def _as_in_a_ledger(problem: Problem) -> Problem:
    """Make the finding of an identical stored record an error, as an import does."""
    return replace(problem, is_warning=False) if problem.code == SAME_RECORD else problem


def _default(model: type[Submission], name: str) -> object:
    return field_of(model, name).get_default()


def _known(column: AnyForeignKey, keys: set[object], by: User) -> dict[object, models.Model]:
    """Return the referenced rows by key, as far as the user may refer to them; one query."""
    rows = choosable(column, by)
    return rows.in_bulk(keys) if rows is not None and keys else {}


def _not_there(column: AnyForeignKey, key: object) -> Problem:
    name = related_model(column)._meta.verbose_name
    what = f"没有{name}“{key}”" if isinstance(key, str) else f"没有编号为{key}的{name}"
    return Problem("does_not_exist", column.name, f"{what}，或不在您的管辖范围")


# --- one record ---------------------------------------------------------------------------------


@transaction.atomic
def save_draft(record: Submission, given: Given, related: Sequence[Rows], by: User) -> None:
    """Store a new or changed draft with its rows; Fault (422) when the database would refuse it.

    The caller locks a record that is changed.
    """
    given = restored(record, given, related)
    batch = Batch(type(record), related, by, [record], [given])
    batch.found += ((0, problem) for problem in uncovered_faults(record, given, by))
    batch.fill()
    batch.complete()
    if not batch.found:
        batch.found += ((0, problem) for problem in _draft_problems(record))
    if batch.found:
        raise fault_of(batch.found)
    if not by.covers(record.area_id):
        raise Http404
    if record.pk is None:
        record.created_by = by
    attribute_history(record, by)
    record.save()
    batch.store_rows()


def _draft_problems(record: Submission) -> Iterator[Problem]:
    faulty: set[str] = set()
    try:
        record.clean_fields(exclude=_may_stay_empty(record))
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            faulty.add(name)
            for each in errors:
                place = "" if name == NON_FIELD_ERRORS else name
                yield Problem(each.code or "invalid", place, each.messages[0])
    yield from draft_faults(record, faulty)


def _may_stay_empty(record: Submission) -> set[str]:
    return {
        each.name for each in content_fields(type(record)) if getattr(record, each.attname) == ""
    }


# --- many records -------------------------------------------------------------------------------


@transaction.atomic
def store_many(
    model: type[Submission],
    given: Sequence[Given],
    related: Sequence[Rows],
    by: User,
) -> list[Submission]:
    """Store all records, or none with a fault (422) that lists every problem by index, as an import
    does.

    A constant number of queries per 1,000 records.
    """
    records = [model(created_by=by) for _ in given]
    batch = Batch(model, related, by, records, given)
    batch.fill()
    batch.complete()
    faulty = {index for index, _ in batch.found}
    sound = [
        index for index in range(len(records)) if index not in faulty and records[index].area_id
    ]
    checked = find_all_problems([records[index] for index in sound])
    for index, problems in zip(sound, checked, strict=True):
        batch.found += (
            (index, each) for each in map(_as_in_a_ledger, problems) if not each.is_warning
        )
    missing = set(range(len(records))) - set(sound) - faulty
    batch.found += ((index, Problem("required", "area", "“所属地区”不能为空")) for index in missing)
    if batch.found:
        raise fault_of(sorted(batch.found, key=lambda each: each[0]), is_bulk=True)
    for start in range(0, len(records), AT_ONCE):
        part = records[start : start + AT_ONCE]
        store_new(model, part)
        rows = model._default_manager.filter(pk__in=[record.pk for record in part])
        write_history(rows, by, "")
    batch.store_rows()
    return records
