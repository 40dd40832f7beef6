"""The terms of a duty: who owes it, when it is due, and which records fulfil it.

`Who`, `When` and `Done` read the tables of a `[[duty]]` and say in Chinese what is wrong with
one. Names of kinds are addresses of record kinds (`declaration.address`), names of fields those of
the API.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Self

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q

from areas.models import Area
from dates.anchored import Shifted, Unit, WhileRunning
from dates.recurrence import CalendarPeriods, MonthDay, Once, Recurrence, yearly
from indicators.models import Duty
from reviews.fields import AnyField, choice_labels, field_of, related_model
from reviews.kinds import sound_kinds
from reviews.models import Submission

#: The kind of debtors that are areas.
AREA = "area"
FILLED, EMPTY = "*", ""
_EVERY = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}
_ENDS = ("closed_on", "left_on")
#: The last day on which a registration or 备案 is valid: a debtor is gone on the day after it.
_LAST_DAYS = ("valid_until",)
Table = Mapping[str, Any]
#: By field, the value or the values that a record must have.
Where = dict[str, Any]


class TermError(ValueError):
    """A table of a duty that cannot be read; the message names the key and what would be right."""


@cache
def kinds_by_address() -> Mapping[str, type[Submission]]:
    """The record kinds by their addresses; they do not change while the process runs."""
    return {kind.declaration.address: kind for kind in sound_kinds()}


def address_of(kind: type[models.Model]) -> str:
    """The address of a kind of debtors: `area`, or that of the record kind."""
    return kind.declaration.address if issubclass(kind, Submission) else AREA


# --- who --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Who:
    """Who owes a duty: the counted areas of a level, or the records of a kind that meet conditions.

    A record owes from its day `begins` on (without that day: always) and until its day `ends`, the
    first one on which it is no longer there, or through its `last_day` of validity.
    """

    kind: type[models.Model]
    level: int = 0
    is_urban_only: bool = False
    begins: str = ""
    ends: str = ""
    last_day: str = ""
    where: Q = field(default_factory=Q)

    @property
    def is_area(self) -> bool:
        """Whether the debtors are areas."""
        return self.kind is Area

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read `{ level = 3 }` or `{ kind = "charities" }`; TermError says what is wrong."""
        if "kind" not in table:
            _only(table, "who", "level", "urban")
            level, urban = table.get("level"), table.get("urban", False)
            if type(level) is not int or not 2 <= level <= 5:
                raise TermError("“who”的“level”应为2至5的层级，或用“kind”写明哪一类档案")
            if type(urban) is not bool or (urban and level != 5):
                raise TermError("“who”的“urban”应为 true 或 false，只用于第5级")
            return cls(Area, level, urban, "valid_from", "valid_to", where=_areas(level, urban))
        _only(table, "who", "kind", "where", "from", "until")
        kind = _kind(table, "who")
        own = kind.date_field if is_day(kind, kind.date_field) else ""
        ends = next((name for name in _ENDS if is_day(kind, name)), "")
        return cls(
            kind,
            begins=_day_field(kind, table, "from", own),
            ends=_day_field(kind, table, "until", ends),
            last_day=next((name for name in _LAST_DAYS if is_day(kind, name)), ""),
            where=read_where(kind, table, "who"),
        )


def _areas(level: int, urban: bool) -> Q:
    found = Q(level=level, is_counted=True)
    return found & Q(is_urban=True) if urban else found


# --- when -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class When:
    """When a duty is due: in periods that all debtors share, or by days of the debtor's own record.

    Exactly one of `shared`, `anchor` and `runs` is set.
    """

    shared: Recurrence | None = None
    #: The day field of the debtor from which the due day is counted, and how far away it is.
    anchor: str = ""
    number: int = 0
    unit: Unit = Unit.DAYS
    #: The day fields of the debtor between which something is due every `months` months.
    runs: tuple[str, str] | None = None
    months: int = 0
    longer_than: int = 0
    due_days: int = 0

    @property
    def is_own(self) -> bool:
        """Whether the due days follow from days of the debtor's own record."""
        return self.shared is None

    @property
    def begins_on_anchor(self) -> bool:
        """Whether a record's own day decides whether it is asked for, and not the period's first day."""
        return bool(self.anchor) and self.number != 0

    @property
    def is_once(self) -> bool:
        """Whether each debtor owes the duty once only."""
        return bool(self.anchor) or isinstance(self.shared, Once)

    @property
    def day_fields(self) -> tuple[str, ...]:
        """The day fields of the debtor on which the due days depend."""
        return (self.anchor,) if self.anchor else self.runs or ()

    def recurrence_of(
        self, days: tuple[datetime.date | None, ...], since: datetime.date | None = None
    ) -> Recurrence | None:
        """The recurrence of one debtor with these values of `day_fields`; None where it owes nothing.

        `since`: the day on which the debtor's record begins, if it has one.
        """
        if self.shared is not None:
            return self.shared
        if days[0] is None:
            return None
        if self.anchor:
            return Shifted(days[0], self.number, self.unit, since)
        return WhileRunning(days[0], days[1], self.months, self.longer_than, self.due_days)

    @classmethod
    def read(cls, table: Table, who: Who, first_day: datetime.date) -> Self:
        """Read a table such as `{ every = "quarter" }`; TermError says what is wrong with it.

        `first_day`: the day on which something that is due once begins.
        """
        if "every" in table:
            return cls(_every(table))
        if "on" in table:
            _only(table, "when", "on")
            return cls(_once(table["on"], first_day))
        if "after" in table or "before" in table:
            return cls._read_distance(table, who)
        if "every_months" in table:
            return cls._read_running(table, who)
        raise TermError("“when”应写明“every”、“on”、“after”、“before”或“every_months”之一")

    @classmethod
    def _read_distance(cls, table: Table, who: Who) -> Self:
        key = "after" if "after" in table else "before"
        units = [unit for unit in Unit if unit.value in table]
        _only(table, "when", key, *units)
        if len(units) != 1:
            raise TermError("“when”应写明“days”、“workdays”或“months”之一")
        number = _whole(table, units[0], "when", 0, 400)
        anchor = _own_day(who, table, key)
        return cls(anchor=anchor, number=-number if key == "before" else number, unit=units[0])

    @classmethod
    def _read_running(cls, table: Table, who: Who) -> Self:
        _only(table, "when", "every_months", "from", "until", "longer_than", "due_days")
        return cls(
            runs=(_own_day(who, table, "from"), _own_day(who, table, "until")),
            months=_whole(table, "every_months", "when", 1, 60),
            longer_than=_whole(table, "longer_than", "when", 0, 120, 0),
            due_days=_whole(table, "due_days", "when", 0, 180, 0),
        )


def _every(table: Table) -> Recurrence:
    every = table["every"]
    if not isinstance(every, str) or every not in _EVERY:
        raise TermError(f"“when”的“every”应为{'、'.join(_EVERY)}之一")
    if every == "year":
        _only(table, "when", "every", "due", "of")
        if (of := table.get("of", "this_year")) not in ("this_year", "last_year"):
            raise TermError("“when”的“of”应为 this_year 或 last_year")
        try:
            due = MonthDay.parse(str(table.get("due", "12-31")))
        except ValueError:
            raise TermError(f"“when”的“due”应写成 月-日，如 03-31，现为“{table['due']}”") from None
        return yearly(due, is_for_year_before=of == "last_year")
    _only(table, "when", "every", "due_month", "due_day")
    months = _whole(table, "due_month", "when", -11, 12, 0)
    return CalendarPeriods(_EVERY[every], months, _whole(table, "due_day", "when", 1, 31, 31))


def _once(text: object, first_day: datetime.date) -> Once:
    try:
        due_on = datetime.date.fromisoformat(str(text))
    except ValueError:
        raise TermError(f"“when”的“on”应写成 年-月-日，如 2025-12-31，现为“{text}”") from None
    return Once(min(first_day, due_on), due_on)


# --- what fulfils it --------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """Which approved records fulfil a duty (or end it), and how one belongs to debtor and period."""

    kind: type[Submission]
    #: The day field that says when it was done.
    day: str
    #: The reference to the debtor; `pk` where the debtor's own record shows it, "" for areas.
    link: str = ""
    #: The field that names the period a record is for; "" where its day decides.
    period: str = ""
    where: Q = field(default_factory=Q)
    #: The day field from which on a record no longer stands, such as that of a hotline that was stopped.
    ends: str = ""

    @classmethod
    def read(cls, table: Table, who: Who, key: str = "done") -> Self:
        """Read `{ kind = "guidance-visits" }`; TermError says what is wrong."""
        _only(table, key, "kind", "where", "on", "by")
        kind = _kind(table, key)
        own = kind.date_field if is_day(kind, kind.date_field) else ""
        day = _day_field(kind, table, "on", own, key)
        if not day:
            raise TermError(f"“{key}”应以“on”写明哪个日期说明何时完成")
        period = str(getattr(kind, "for_period", ""))
        ends = next((name for name in (*_ENDS, "ended_on") if is_day(kind, name)), "")
        link, where = _link(kind, table, who, key), read_where(kind, table, key)
        return cls(kind, day, link, period, where, ends)


def _link(kind: type[Submission], table: Table, who: Who, key: str) -> str:
    if who.is_area:
        if "by" in table:
            raise TermError(f"履责主体是地区时，“{key}”不写“by”：按记录的所属地区认定")
        return ""
    links = [name for name, model in _references(kind).items() if model is who.kind]
    if "by" in table:
        if table["by"] not in links:
            known = "、".join(links) or "（没有）"
            raise TermError(f"“{key}”的“by”应为指向“{_name(who.kind)}”的项目，可用：{known}")
        return str(table["by"])
    if kind is who.kind:
        return "pk"
    if len(links) != 1:
        found = f"有{len(links)}个" if links else "没有"
        raise TermError(
            f"“{_name(kind)}”{found}指向“{_name(who.kind)}”的项目，请在“{key}”中以“by”写明"
        )
    return links[0]


def _references(kind: type[models.Model]) -> dict[str, type[models.Model]]:
    """The fields of a kind that refer to one record, each with the model it refers to."""
    return {
        field.name: related_model(field)
        for field in kind._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    }


# --- conditions -------------------------------------------------------------------------------


def read_where(kind: type[models.Model], table: Table, key: str) -> Q:
    """The condition of `where`: by field a value, several of which one must hold, `*` or `""`.

    With it the one under which records of the kind count at all: a planned project owes nothing.
    """
    where = table.get("where", {})
    if not isinstance(where, Mapping):
        raise TermError(f'“{key}”的“where”应写在花括号里，如 {{ level = "street" }}')
    found: Q = getattr(kind, "counts_when", Q())
    for name, value in where.items():
        found &= _condition(_field(kind, name, f"{key}.where"), value)
    return found


def _condition(field: AnyField, value: Any) -> Q:
    if value in (FILLED, EMPTY):
        empty = Q(**{f"{field.name}__isnull": True})
        if field.get_internal_type() in ("CharField", "TextField"):
            empty |= Q(**{field.name: ""})
        return ~empty if value == FILLED else empty
    values = value if isinstance(value, list) else [value]
    if not values:
        raise TermError(f"“where”的“{field.name}”应至少写一个值")
    for each in values:
        _check_value(field, each)
    return Q(**{f"{field.name}__in": values})


#: What a column takes, by its internal type.
_TAKES = {
    "DateField": "日期，如 2025-03-31",
    "IntegerField": "整数",
    "PositiveIntegerField": "整数",
    "PositiveSmallIntegerField": "整数",
    "DecimalField": "数",
}


def _check_value(field: AnyField, value: object) -> None:
    """Raise TermError unless a column can have the value."""
    if not isinstance(value, str | int):
        raise TermError(f"“where”的“{field.name}”应为文字、整数或 true、false")
    labels = choice_labels(field)
    is_truth = field.get_internal_type() == "BooleanField"
    if (labels and value not in labels) or (is_truth != isinstance(value, bool)):
        allowed = "、".join(map(str, labels)) if labels else "true 或 false"
        raise TermError(f"“where”的“{field.name}”不能是“{value}”，可用：{allowed}")
    try:
        field.to_python(value)
    except ValidationError:
        right = _TAKES.get(field.get_internal_type(), "编号")
        raise TermError(f"“where”的“{field.name}”不能是“{value}”，应为{right}") from None


# --- parts of tables --------------------------------------------------------------------------


def is_day(kind: type[models.Model], name: str) -> bool:
    """Whether a kind has a column `name` that holds a day."""
    try:
        return field_of(kind, name).get_internal_type() == "DateField"
    except FieldDoesNotExist:
        return False


def _only(table: Table, key: str, *known: str) -> None:
    if unknown := [name for name in table if name not in known]:
        raise TermError(f"“{key}”中有不认识的项目 {'、'.join(unknown)}，可用：{'、'.join(known)}")


def _kind(table: Table, key: str) -> type[Submission]:
    kinds = kinds_by_address()
    if (kind := kinds.get(str(table.get("kind", "")))) is None:
        known = "、".join(sorted(kinds))
        raise TermError(f"“{key}”的“kind”中没有“{table.get('kind', '')}”这类记录，可用：{known}")
    return kind


def _field(kind: type[models.Model], name: object, key: str) -> AnyField:
    try:
        return field_of(kind, str(name))
    except FieldDoesNotExist:
        raise TermError(f"“{key}”中，“{_name(kind)}”没有“{name}”这一项") from None


def _day_field(
    kind: type[models.Model], table: Table, key: str, default: str, where: str = "who"
) -> str:
    name = table.get(key, default)
    if name and not is_day(kind, str(name)):
        days = [f.name for f in kind._meta.concrete_fields if is_day(kind, f.name)]
        raise TermError(
            f"“{where}”的“{key}”应为“{_name(kind)}”的日期项，可用：{'、'.join(days) or '（没有）'}"
        )
    return str(name)


def _own_day(who: Who, table: Table, key: str) -> str:
    if who.is_area:
        raise TermError("履责主体是地区时，期限不能取自档案的日期；请用“every”或“on”")
    if not table.get(key):
        raise TermError(f"“when”缺少“{key}”：应为“{_name(who.kind)}”的日期项")
    return _day_field(who.kind, table, key, "", "when")


def _whole(
    table: Table, key: str, where: str, least: int, most: int, default: int | None = None
) -> int:
    value = table.get(key, default)
    if type(value) is not int or not least <= value <= most:
        raise TermError(f"“{where}”的“{key}”应为{least}至{most}的整数")
    return value


def _name(kind: type[models.Model]) -> str:
    return str(kind._meta.verbose_name)


# --- the terms of one duty --------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """The terms of a duty, as values; `referred` is which records end it, None where none do."""

    who: Who
    when: When
    done: Done
    referred: Done | None = None


def read_terms(
    who: Table, when: Table, done: Table, first_day: datetime.date, referred: Table | None = None
) -> Terms:
    """Read the tables of a duty; TermError says which key is wrong and what would be right."""
    debtors = Who.read(who)
    due, proof = When.read(when, debtors, first_day), Done.read(done, debtors)
    if not _are_named(proof.kind, due):
        proof = replace(proof, period="")
    return Terms(debtors, due, proof, _referred(referred, debtors) if referred else None)


def _referred(table: Table, who: Who) -> Done:
    """Which records end a duty; one does so by its day alone."""
    if who.is_area:
        raise TermError("履责主体是地区时，不写“referred”：移交的是具体事项")
    return replace(Done.read(table, who, "referred"), period="")


def _are_named(kind: type[Submission], when: When) -> bool:
    """Whether records of a kind can name the periods of a duty.

    `period_months` of a kind: its records name periods of so many months alone.
    """
    if when.is_own or when.is_once:
        return False
    months = getattr(kind, "period_months", None)
    if months is None:
        return True
    return isinstance(when.shared, CalendarPeriods) and when.shared.length == months


def terms_of(duty: Duty) -> Terms:
    """The terms of a stored duty."""
    return read_terms(duty.who, duty.schedule, duty.fulfilment, duty.first_due, duty.referral)
