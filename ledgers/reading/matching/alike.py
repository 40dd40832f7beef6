"""Finds stored records that a new row may correct: it shares most of what makes the fact.

A row and a stored record are alike when one of these holds:

- they share a key of `recognised_by` (a receipt or filing number; place, day and subject);
- all fields of `likeness` but one are equal, unless that one says that they are two facts: other
  receipt numbers without a common donor, or subjects that differ in their numbers only (第1期, 第2期);
- a kind with a name: place and day are equal, and the names are spelt alike (a sign too many, another
  sign), other than in their numbers, or differ in the name of an area that was renamed;
- place and day are equal, at most one other field of `likeness` is filled on both sides with
  different values, and at least one is equal: a value that one side lacks may be filled in later;
- place, subject and month are equal, and the day and one value more differ: both were corrected.

A stored record that another row of the file states is no candidate: it stands for that row.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import models

from ledgers.reading.entries import Entry
from ledgers.reading.matching.homes import Homes
from reviews.checks import is_number
from reviews.fields import field_of
from reviews.models import Submission

#: The most candidates that are shown for a row.
MOST = 3

#: A name that has at most so many signs more than another may be its correction.
_MOST_INSERTED = 4
#: Numbers within a folded text.
_NUMERALS = re.compile(r"[\d零〇一二三四五六七八九十百]+")

_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")

_Values = Mapping[str, object]


@dataclass(frozen=True)
class _Shape:
    """What is compared of a kind: place, day, the other fields with the subject among them, and the
    keys that suffice."""

    place: str
    day: str
    subject: str
    rest: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    #: The name of a kind that has one, and the day on which it began.
    name: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All compared fields."""
        found = [self.place, *self.rest, *self.name, *(each for key in self.keys for each in key)]
        return tuple(dict.fromkeys([*found, self.day] if self.day else found))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The fields that make a nameless fact; empty for a kind with a name."""
        return (self.place, self.day, *self.rest) if self.day else ()


def _shape_of(model: type[Submission]) -> _Shape:
    place = _place_of(model)
    if not model.likeness:
        name = ("name", model.date_field) if "name" in model.identity and model.date_field else ()
        return _Shape("area_id", "", "", (), model.recognised_by, name)
    left_out = {"area_id", place, model.date_field}
    rest = tuple(name for name in model.likeness if name not in left_out)
    subject = next((name for name in rest if _is_free_text(model, name)), "")
    return _Shape(place, model.date_field, subject, rest, model.recognised_by)


def _place_of(model: type[Submission]) -> str:
    """Return the field that says where a fact belongs: the one record that it hangs on, or its area."""
    if model.number_scope:
        return model.number_scope
    sources = [field_of(model, name) for name in model.area_from]
    return sources[0].attname if len(sources) == 1 and not sources[0].null else "area_id"


def _is_free_text(model: type[Submission], name: str) -> bool:
    field = field_of(model, name)
    return isinstance(field, models.CharField) and not field.choices


def find_alike(
    model: type[Submission], entries: Sequence[Entry], taken: Collection[int], homes: Homes
) -> dict[int, list[int]]:
    """Return position of an entry → keys of the stored records that it may correct, the best first.

    `taken` holds the stored records that rows of the file already state. One pass over the stored
    records within the area of the import.
    """
    shape = _shape_of(model)
    if not (entries and (shape.facts or shape.keys or shape.name)):
        return {}
    meeting = _Meeting()
    for position, entry in enumerate(entries):
        for key in _keys(_values(entry, shape, homes), shape):
            meeting.add(key, position)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pk, stored in _stored(model, shape, homes):
        if pk in taken:
            continue
        near = {at for key in _keys(stored, shape) for at in meeting.at(key)}
        for at in near:
            score = _score(_values(entries[at], shape, homes), stored, shape, homes)
            if score is not None:
                found[at].append((score, pk))
    return {at: [pk for _, pk in sorted(pairs)[:MOST]] for at, pairs in found.items()}


class _Meeting:
    """The positions of the rows under each key; most keys of a long file have one row only."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._more: dict[int, list[int]] = defaultdict(list)

    def add(self, key: int, position: int) -> None:
        """Add a row, whose positions ascend."""
        if self._first.setdefault(key, position) != position:
            self._more[key].append(position)

    def at(self, key: int) -> Iterator[int]:
        """Yield the positions of the rows that have a key."""
        if key in self._first:
            yield self._first[key]
            yield from self._more.get(key, ())


def _values(entry: Entry, shape: _Shape, homes: Homes) -> _Values:
    names = shape.names
    return dict(zip(names, homes.key(names, entry.values_of(names)), strict=True))


def _stored(model: type[Submission], shape: _Shape, homes: Homes) -> Iterator[tuple[int, _Values]]:
    rows = model.not_voided().filter(homes.everywhere())
    names = shape.names
    for pk, *values in rows.order_by("pk").values_list("pk", *names).iterator(chunk_size=2000):
        yield pk, dict(zip(names, homes.key(names, values), strict=True))


def _keys(values: _Values, shape: _Shape) -> Iterator[int]:
    """Yield the keys under which a record and a row alike meet.

    They are hashes, which take less memory: two that meet by chance are compared as any two.
    """
    for names in shape.keys:
        key = [values[name] for name in names]
        if all(map(_tells, names, key)):
            yield hash((names, *key))
    if shape.name:
        _, day = shape.name
        yield hash(("name", values[shape.place], values[day]))
    if shape.facts:
        yield hash(("day", values[shape.place], values[shape.day]))
        for left_out in (shape.place, shape.day):
            kept = [name for name in shape.facts if name != left_out]
            yield hash((left_out, *(values[name] for name in kept)))
        if month := _month_of(values, shape):
            yield hash(("month", *month))


def _tells(name: str, value: object) -> bool:
    """Return whether a value says which record it is; a number without a digit is none."""
    if value in (None, ""):
        return False
    return not (isinstance(value, str) and name.endswith(("number", "code"))) or is_number(value)


def _score(row: _Values, stored: _Values, shape: _Shape, homes: Homes) -> int | None:
    """Return how far a row is from a stored record, 0 for equal; None when they are not alike."""
    differing = [name for name in shape.names if row[name] != stored[name]]
    if any(_shares(row, stored, key) for key in shape.keys):
        return len(differing)
    if shape.name:
        return len(differing) if _is_renamed(row, stored, shape, homes) else None
    facts = [name for name in shape.facts if row[name] != stored[name]]
    if _are_two_facts(row, stored, shape):
        return None
    if len(facts) <= 1 or _is_corrected_twice(row, stored, facts, shape):
        return len(facts)
    if shape.place in facts or shape.day in facts:
        return None
    conflicts = [name for name in facts if _conflict(row, stored, name)]
    equal = [name for name in shape.rest if name not in facts and row[name] not in (None, "")]
    return len(facts) if len(conflicts) <= 1 and equal else None


def _is_corrected_twice(row: _Values, stored: _Values, facts: Sequence[str], shape: _Shape) -> bool:
    """Return whether day and one more value differ within a month, of one subject at one place."""
    month = _month_of(row, shape)
    return (
        len(facts) == 2
        and shape.day in facts
        and not {shape.place, shape.subject} & set(facts)
        and month is not None
        and month == _month_of(stored, shape)
    )


def _month_of(values: _Values, shape: _Shape) -> tuple[object, ...] | None:
    """Return place, subject and month of a fact; None without a subject or a day."""
    day = values.get(shape.day)
    subject = values.get(shape.subject)
    if not subject or not isinstance(day, datetime.date):
        return None
    return values[shape.place], subject, day.year, day.month


def _is_renamed(row: _Values, stored: _Values, shape: _Shape, homes: Homes) -> bool:
    """Return whether place and day are equal and the names almost: 红袖章队 and 红袖套队."""
    name, day = shape.name
    if row[shape.place] != stored[shape.place] or not row[day] or row[day] != stored[day]:
        return False
    mine, theirs = str(row[name]), str(stored[name])
    if mine != theirs and _in_digits(mine) == _in_digits(theirs):
        return True
    if mine == homes.in_new_words(theirs):
        return True
    if _NUMERALS.sub("", mine) == _NUMERALS.sub("", theirs):
        return False
    begin = _shared(mine, theirs)
    end = _shared(mine[begin:][::-1], theirs[begin:][::-1])
    rest = [text[begin : len(text) - end] for text in (mine, theirs)]
    if any(map(_NUMERALS.search, rest)):
        return False
    return max(map(len, rest)) <= 1 or (not all(rest) and max(map(len, rest)) <= _MOST_INSERTED)


def _in_digits(text: str) -> str:
    """Return a name with its numerals as digits: 甲①号 and 甲一号 are 甲1号."""
    return unicodedata.normalize("NFKC", text).translate(_DIGITS)


def _shared(one: str, other: str) -> int:
    """Return how many signs two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _are_two_facts(row: _Values, stored: _Values, shape: _Shape) -> bool:
    """Return whether a number or a subject says that the row and the record are two facts."""
    mine, theirs = row.get(shape.subject), stored.get(shape.subject)
    if mine != theirs and isinstance(mine, str) and isinstance(theirs, str):
        return bool(mine) and _NUMERALS.sub("", mine) == _NUMERALS.sub("", theirs)
    numbers = (name for name in shape.rest if name.endswith("number"))
    return not mine and any(_conflict(row, stored, name) for name in numbers)


def _conflict(row: _Values, stored: _Values, name: str) -> bool:
    """Return whether both sides give a value, and another one."""
    return row[name] != stored[name] and not {row[name], stored[name]} & {None, ""}


def _shares(row: _Values, stored: _Values, key: Sequence[str]) -> bool:
    return all(row[name] == stored[name] and _tells(name, row[name]) for name in key)
