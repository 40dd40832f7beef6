"""New records of a long file, which take a fifth of the memory until they are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from operator import itemgetter
from typing import cast

from django.db.models.base import ModelState

from reviews.models import Submission

_STATE = "_state"
#: The places of shape and state in a packed record; values follow.
_FIRST = 2
_Picker = Callable[[tuple[object, ...]], tuple[object, ...]]


class RecordShape:
    """The attributes in which some records of a kind differ from a blank one."""

    def __init__(self, model: type[Submission], names: tuple[str, ...]) -> None:
        self.model, self.names, self.blank = model, names, _blank(model)
        #: The places of their values in a packed record.
        self.places = {name: at for at, name in enumerate(names, start=_FIRST)}
        #: Names that are no attributes of the kind.
        self.strange = [name for name in names if not (name in self.blank or name[0] == "_")]
        self._pickers: dict[tuple[str, ...], _Picker] = {}

    def picker(self, names: tuple[str, ...]) -> _Picker:
        """Return a function from a packed record to the values of attributes; KeyError where no record
        has one of them."""
        found = self._pickers.get(names)
        if found is None:
            found = self._pickers[names] = self._new_picker(names)
        return found

    def _new_picker(self, names: tuple[str, ...]) -> _Picker:
        plan = [
            (self.places.get(name), None if name in self.places else self.blank[name])
            for name in names
        ]
        places = [at for at, _ in plan if at is not None]
        if not places:
            blanks = tuple([usual for _, usual in plan])
            return lambda packed: blanks
        if len(places) == len(plan) > 1:
            return itemgetter(*places)
        if len(plan) == 1:
            at = places[0]
            return lambda packed: (packed[at],)
        return lambda packed: tuple([usual if at is None else packed[at] for at, usual in plan])


class PackedRecord(tuple[object, ...]):
    """A new record as its shape, its `ModelState` and the values that a blank record has not.

    Most rows of a ledger leave most of the columns of their kind empty, and an object of Django holds
    them all: up to 2 kB.
    """

    __slots__ = ()

    @property
    def shape(self) -> RecordShape:
        """The shape of the record."""
        return cast(RecordShape, self[0])

    def values_of(self, names: tuple[str, ...]) -> tuple[object, ...]:
        """Return the values of some attributes, without building the record."""
        return self.shape.picker(names)(self)

    def unpacked(self) -> Submission:
        """Return the record. Each call builds another one, which nobody else sees."""
        shape = self.shape
        record = shape.model.__new__(shape.model)
        attributes = shape.blank.copy()
        attributes[_STATE] = self[1]
        attributes.update(zip(shape.names, self[_FIRST:], strict=True))
        record.__dict__ = attributes
        return record


def packed_row(
    model: type[Submission], values: Mapping[str, object], state: ModelState
) -> PackedRecord:
    """Return the unsaved record `model(**values)`, packed. TypeError where the kind has no such field.

    `state` is what Django keeps beside the columns: the objects of references whose keys stand in
    `values`. Records that refer to the same objects share it, because it takes as much memory as they.
    """
    shape = _shape(model, tuple(values))
    if shape.strange:
        raise TypeError(f"{model.__name__} has no {', '.join(shape.strange)}")
    return PackedRecord((shape, state, *values.values()))


def pack(record: Submission) -> PackedRecord:
    """Return an unsaved record, packed, with all that was set on it."""
    model = type(record)
    blank, values = _blank(model), dict[str, object]()
    for name, value in vars(record).items():
        if name != _STATE and not (name in blank and blank[name] is value):
            values[name] = value
    return PackedRecord((_shape(model, tuple(values)), record._state, *values.values()))


@lru_cache(maxsize=10_000)
def _shape(model: type[Submission], names: tuple[str, ...]) -> RecordShape:
    return RecordShape(model, names)


@cache
def _blank(model: type[Submission]) -> dict[str, object]:
    """Return the attributes of a record without values; TypeError where they differ by record."""
    fields = model._meta.concrete_fields
    own = [each.name for each in fields if each.has_default() and callable(each.default)]
    if own:
        raise TypeError(f"{model.__name__} makes a default of its own for each record: {own}")
    return {name: value for name, value in vars(model()).items() if name != _STATE}
