"""How an app declares a ledger: its columns and how a row becomes a record."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db.models import Q
from django.db.models.base import ModelState

from areas.codes import is_within
from areas.models import Area
from areas.querysets import within_q
from areas.spelling import folded
from ledgers.cells import Parser, Ticks
from ledgers.units.stated import plain_title, without_unit
from reviews.bulk import PackedRecord, pack, packed_row
from reviews.fields import attribute_history, field_of, label_of, related_model
from reviews.models import Submission

if TYPE_CHECKING:
    from accounts.models import User

T = TypeVar("T")
R = TypeVar("R", bound=Submission)

STREET, COMMUNITY = "street", "community"
#: Further columns that say a place: any area, its code, the areas above, the communities reached.
# No record has fields of these names: an activity has a `place`.
PLACE, PLACE_CODE, ABOVE, REACHED = "area_name", "area_code", "area_above", "areas_reached"
PLACES = frozenset({STREET, COMMUNITY, PLACE, PLACE_CODE, ABOVE, REACHED})


def normalise_title(title: object) -> str:
    """Return a column title half-width, without blanks and without the unit at its end."""
    return str(title) if isinstance(title, int | float) else _normalised(str(title or ""))


@lru_cache(maxsize=10_000)
def _normalised(title: str) -> str:
    return without_unit(plain_title(title).rstrip("*:")).rstrip("*:")


def without_explanation(title: str) -> str:
    """Return a normalised title without explanations in brackets: 类型(个人/企业) → 类型."""
    return re.sub(r"\([^)]*\)", "", title)


@dataclass(frozen=True)
class Column:
    """A column: the model field it fills, its title and aliases, and the parser of its cells."""

    field: str
    title: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    required: bool = False
    #: The unit in which amounts and counts are kept: 元, 人, 人次; "" for anything else.
    unit: str = ""
    #: Whether templates have it.
    is_offered: bool = True
    #: Whether its cells are only compared with what is stored, such as a 结余: they are no problem,
    #: need no unit and are not added up.
    is_compared_only: bool = False
    #: What the example row of templates shows; empty: what suits the parser.
    example: str | int = ""

    @property
    def is_quantity(self) -> bool:
        """Amounts and counts: compared with the 合计 row, and never copied into merged cells."""
        return bool(self.unit)

    @property
    def full_title(self) -> str:
        """The title with the unit, where the title does not end in it: 预算（元）, 参训人次."""
        named = not self.unit or self.title.endswith(self.unit)
        return self.title if named else f"{self.title}（{self.unit}）"

    @property
    def titles(self) -> set[str]:
        """All normalised titles of this column."""
        return {normalise_title(title) for title in (self.title, *self.aliases)}


class RowRefused(ValueError):
    """The row cannot become a record; names the field at fault and the reason in Chinese."""

    def __init__(self, field_name: str, message: str) -> None:
        self.field = field_name
        super().__init__(message)


@dataclass
class Row:
    """The parsed values of one row, its area, and the day on which its sheet was filled in."""

    values: dict[str, Any]
    area: Area | None
    reported_on: datetime.date
    remarks: list[tuple[str, str]] = field(default_factory=list)
    #: Names of the fields whose cell is not empty.
    filled: set[str] = field(default_factory=set)
    #: The place that the row names itself, where `area` comes from elsewhere.
    place: Area | None = None
    #: The communities that it names as reached.
    reached: tuple[Area, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def known(self, *without: str) -> dict[str, object]:
        """Return all values except None, the area columns and the fields in `without`."""
        left_out = PLACES.union(without) if without else PLACES
        return {
            name: value
            for name, value in self.values.items()
            if name not in left_out and value is not None
        }

    def remark(self, field_name: str, message: str) -> None:
        """Add a warning at the cell of a field."""
        self.remarks.append((field_name, message))

    def fields(self, *names: str) -> dict[str, object]:
        """Return the values of some fields, without those that are None."""
        return {name: self.values[name] for name in names if self.values.get(name) is not None}


class Lookup:
    """Data that a ledger needs from the database, fetched once per import."""

    def __init__(self, by: User, root: Area) -> None:
        self.by, self.root = by, root
        self._cache: dict[str, object] = {}
        self._states: dict[tuple[object, ...], ModelState] = {}

    def once(self, name: str, fetch: Callable[[], T]) -> T:
        """Return the result of `fetch`, which is called once per import for each `name`."""
        if name not in self._cache:
            self._cache[name] = fetch()
        return cast(T, self._cache[name])  # each name has one `fetch`

    def named(self, model: type[R], row: Row, column: str, by: str = "") -> R | None:
        """Return the record of a kind that a cell names by a field; None for an empty cell.

        Without `by` the field is the kind's title. RowRefused where the user may choose none of that
        name, or several.
        """
        if not row[column]:
            return None
        kind = model._meta.verbose_name
        field_name = by or model.title_field
        by_name = self.once(
            f"{model._meta.label} by {field_name}", lambda: self._by_name(model, field_name)
        )
        found = [each for each in by_name.get(folded(row[column]), []) if _is_at(each, row.place)]
        if not found:
            raise RowRefused(column, f"没有名为“{row[column]}”的{kind}，请核对名称或先登记该{kind}")
        if len(found) > 1:
            places = "、".join(str(each.area) for each in found)
            raise RowRefused(column, f"有多个{kind}名为“{row[column]}”（{places}），请写明全称")
        return found[0]

    def _by_name(self, model: type[R], field_name: str) -> dict[str, list[R]]:
        """Return the records that the user may choose below the root and above it, by folded name."""
        rows = model._default_manager.choosable_by(self.by).select_related("area")
        above = Q(area_id__in=self.root.ancestor_codes)
        found: dict[str, list[R]] = {}
        for record in rows.filter(within_q("area_id", self.root.code) | above):
            found.setdefault(folded(getattr(record, field_name)), []).append(record)
        return found

    def packed(
        self, model: type[Submission], area: Area, values: Mapping[str, object]
    ) -> PackedRecord:
        """Return the record of a row of these values by field, packed."""
        state = self._states.get((area.pk,))
        if state is None:
            state = self._states[area.pk,] = ModelState()
            state.fields_cache = {"area": area, "created_by": self.by}
        own = {"area_id": area.pk, "created_by_id": self.by.pk, "_history_user": self.by}
        return packed_row(model, {**values, **own}, state)

    def pack(self, record: Submission) -> PackedRecord:
        """Return an unsaved record, packed; records that refer to the same objects share their state."""
        objects = [(name, id(each)) for name, each in record._state.fields_cache.items()]
        keys = [getattr(record, name) for name in _references(type(record))]
        record._state = self._states.setdefault((type(record), *keys, *objects), record._state)
        return pack(record)


@cache
def _references(model: type[Submission]) -> list[str]:
    """Return the attributes that hold the keys of a kind's references."""
    return [field.attname for field in model._meta.concrete_fields if field.is_relation]


def with_area(record: R) -> R:
    """Complete a record whose area is that of a record it names; RowRefused where it names none."""
    record.complete()
    if not record.area_id:
        words = "".join(f"“{label_of(record, name)}”" for name in record.area_from)
        said = "没有填写" if len(record.area_from) == 1 else "都没有填写，应填一项"
        raise RowRefused(record.area_from[0], f"{words}{said}")
    return record


def _is_at(record: Submission, place: Area | None) -> bool:
    """Return whether a record lies in a place, or in an area above it; any does without a place."""
    if place is None:
        return True
    return is_within(record.area_id, place.code) or is_within(place.code, record.area_id)


@dataclass(frozen=True)
class ReadRow:
    """A row that was compared with the stored records."""

    #: The record as the row gives it, and the stored one that it states or changes.
    record: Submission
    stored: Submission | None
    #: Whether it is still open what becomes of the row.
    is_open: bool


Pair = tuple[Submission, Submission]
LikeOthers = Callable[[Sequence[Submission], Sequence[Submission]], Iterable[tuple[int, str, str]]]
UnlikeRelated = Callable[[Sequence[Pair]], Iterable[tuple[int, str, str]]]
UnlikeBook = Callable[[Sequence[ReadRow]], Iterable[tuple[int, str, str]]]


@dataclass(frozen=True)
class Ledger:
    """The layout of a sheet: its columns, and the record kinds of its rows.

    `save_related` stores rows that belong to saved records. `area_from` says where the area comes
    from: the 街道/社区 columns, the import's root, or the record itself.
    """

    name: str
    plural: str
    columns: tuple[Column, ...]
    #: The record kinds of its rows.
    kinds: tuple[type[Submission], ...]
    #: Builds the unsaved record of a row; without it, columns are fields of the only kind.
    build: Callable[[Row, Lookup], Submission] | None = None
    #: Without a `build`: the column that names another record, for the field of the same name.
    refers: str = ""
    area_from: str = "columns"
    ignored: tuple[str, ...] = ()
    counted_as: Callable[[type[Submission]], str] | None = None
    save_related: Callable[[Sequence[Submission]], None] | None = None
    #: Yields (position, field, message) where stored records have other related rows than the ledger:
    #: takes pairs of a row's record and the stored one.
    unlike_related: UnlikeRelated | None = None
    #: Yields (position, field, warning) where what the rows state beside their records, such as a
    #: 结余, is not what the stored records and the rows come to.
    unlike_book: UnlikeBook | None = None
    #: Yields (position, field, message) for new records that may be stored ones of another kind: takes
    #: the new records and the stored ones that rows of the file state.
    like_other_kinds: LikeOthers | None = None
    #: Returns the text that makes a row no record of its own, such as 上年结转, or "".
    line_label: Callable[[Iterable[str]], str] | None = None
    #: Says of such a row, by its label, why it is not imported.
    told_line: Callable[[str, Row, Lookup], str] | None = None
    #: Record field, or `model.field`, → the column that fills it, where the names differ.
    renamed: Mapping[str, str] = field(default_factory=dict)

    def packed(self, row: Row, area: Area, lookup: Lookup) -> PackedRecord:
        """Return the unsaved record of a row, packed; RowRefused when it cannot become one."""
        record = self._built(row, lookup)
        if record is None:
            return lookup.packed(self.kinds[0], area, self.values_of(row))
        record.created_by = lookup.by
        attribute_history(record, lookup.by)
        return lookup.pack(record)

    def _built(self, row: Row, lookup: Lookup) -> Submission | None:
        """Return the record of a row that needs more than its values; None for all others."""
        if self.build is not None:
            return self.build(row, lookup)
        if not self.refers or not row[self.refers]:
            return None
        kind = self.kinds[0]
        related = related_model(field_of(kind, self.refers))
        if not issubclass(related, Submission):
            raise TypeError(f"{kind.__name__}.{self.refers} refers to no record kind")
        other = {self.refers: lookup.named(related, row, self.refers)}
        return kind(area=row.area, **self.values_of(row), **other)

    def values_of(self, row: Row) -> dict[str, object]:
        """Return the values of a row by field; those of `Ticks` as flags.

        A cell names all flags, so it denies those that it leaves out: they count as filled.
        """
        found = row.known(*self._apart)
        for name, parser in self.ticks.items():
            if name in row.filled:
                row.filled.update(parser.names)
                found |= row[name] or {}
        return found

    @cached_property
    def _apart(self) -> tuple[str, ...]:
        return (*self.ticks, *filter(None, [self.refers]))

    @cached_property
    def ticks(self) -> dict[str, Ticks]:
        """The columns whose cell names several flags, by name."""
        return {each.field: each.parse for each in self.columns if isinstance(each.parse, Ticks)}

    def key_of(self, kind: type[Submission]) -> str:
        """Return the name under which `created` counts the records of a kind."""
        return self.counted_as(kind) if self.counted_as else self.plural

    @property
    def needed(self) -> Iterable[Column]:
        """The required columns; a sheet without most of them is another ledger."""
        return (column for column in self.columns if column.required)


@dataclass(frozen=True)
class Workbook:
    """A ledger file that can be imported: its key, its title, and the ledgers on its sheets.

    An app lists its own as `WORKBOOKS` in its module `resources`; `order` sorts them on the pages.
    """

    key: str
    title: str
    ledgers: tuple[Ledger, ...]
    order: int
