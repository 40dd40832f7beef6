"""How an app declares a ledger: its columns and how a row becomes a record."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from areas.models import Area
from ledgers.cells import Parser
from reviews.models import Submission

if TYPE_CHECKING:
    from accounts.models import User

STREET, COMMUNITY = "street", "community"
_UNIT = re.compile(r"[(（](元|百元|千元|万元|亿元|个|支|只|人|人次|名|次|场|户|%|㎡|平方米)[)）]$")


def normalise_title(title: object) -> str:
    """A column title without blanks, width and trailing unit."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(title or "")))
    return _UNIT.sub("", text).rstrip("*:")


def without_explanation(title: str) -> str:
    """A normalised title without what it explains in brackets: 类型(个人/企业) → 类型."""
    return re.sub(r"\([^)]*\)", "", title)


def unit_of_title(title: object) -> str:
    """`预算（元）` → `元`."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(title or "")))
    match = _UNIT.search(text)
    if match:
        return match.group(1)
    for explained in re.findall(
        r"\(([^)]*)\)", text
    ):  # （单位：万元）, （人民币/万元）, （以万计）
        money = re.search(r"[亿万千百]?元|[亿万]", explained)
        if money:
            return money.group().removesuffix("元") + "元"
    return ""


@dataclass(frozen=True)
class Column:
    """One column: the model field it fills, its title and aliases, and how a cell is read."""

    field: str
    title: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    required: bool = False
    #: Money and counts: compared with the 合计 row, never filled down merged cells.
    is_quantity: bool = False

    @property
    def titles(self) -> set[str]:
        """All titles that mean this column, normalised."""
        return {normalise_title(title) for title in (self.title, *self.aliases)}


class RowRefused(ValueError):
    """A row that cannot become a record: the field whose cell is at fault, and why."""

    def __init__(self, field_name: str, message: str) -> None:
        self.field = field_name
        super().__init__(message)


@dataclass
class Row:
    """The values of one row and what its sheet says."""

    values: dict[str, Any]
    area: Area | None
    reported_on: datetime.date
    remarks: list[tuple[str, str]] = field(default_factory=list)
    #: Fields whose cell is not empty.
    filled: set[str] = field(default_factory=set)

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def known(self, *without: str) -> dict[str, Any]:
        """All values there are, but the area columns and those a builder reads itself."""
        left_out = {STREET, COMMUNITY, *without}
        return {
            name: value
            for name, value in self.values.items()
            if name not in left_out and value is not None
        }

    def remark(self, field_name: str, message: str) -> None:
        """A warning at a field's cell."""
        self.remarks.append((field_name, message))

    def fields(self, *names: str) -> dict[str, Any]:
        """The values of some fields, leaving out those that have none."""
        return {name: self.values[name] for name in names if self.values.get(name) is not None}


class Lookup:
    """What a ledger needs from the database, fetched once for the whole file."""

    def __init__(self, by: User, root: Area) -> None:
        self.by, self.root = by, root
        self._cache: dict[str, Any] = {}

    def once(self, name: str, fetch: Callable[[], Any]) -> Any:
        """The result of `fetch`, kept for this import."""
        if name not in self._cache:
            self._cache[name] = fetch()
        return self._cache[name]


@dataclass(frozen=True)
class Ledger:
    """A sheet layout: which columns, which records.

    `save_related` stores what hangs on saved records.
    `area_from` says where the area comes from: the 街道/社区 columns, the root, or the record itself.
    """

    name: str
    plural: str
    columns: tuple[Column, ...]
    #: The record kinds that a row may become.
    kinds: tuple[type[Submission], ...]
    #: Makes the unsaved record of a row; without it the columns are the fields of the one kind.
    build: Callable[[Row, Lookup], Submission] | None = None
    area_from: str = "columns"
    ignored: tuple[str, ...] = ()
    counted_as: Callable[[Submission], str] | None = None
    save_related: Callable[[Sequence[Submission]], None] | None = None
    #: Record fields whose column has another name.
    renamed: Mapping[str, str] = field(default_factory=dict)

    def record_of(self, row: Row, lookup: Lookup) -> Submission:
        """The unsaved record of a row; RowRefused where it cannot become one."""
        if self.build is not None:
            return self.build(row, lookup)
        return self.kinds[0](area=row.area, **row.known())

    def key_of(self, record: Submission) -> str:
        """The name under which the record is counted in `created`."""
        return self.counted_as(record) if self.counted_as else self.plural

    @property
    def needed(self) -> Iterable[Column]:
        """Columns without which the sheet is not this ledger."""
        return (column for column in self.columns if column.required)


@dataclass(frozen=True)
class Workbook:
    """A ledger file that can be imported: its key, its title, and the ledgers its sheets may be.

    An app lists its own as `WORKBOOKS` in its `resources` module; `order` is their order on the pages.
    """

    key: str
    title: str
    ledgers: tuple[Ledger, ...]
    order: int
