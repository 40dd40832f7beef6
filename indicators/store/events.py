"""Approved records as events of the engine: one statement per measure, for any number of areas."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Round, Substr
from django.db.models.sql.compiler import SQLCompiler

from areas.querysets import within_q
from areas.successions import Successions
from indicators.columns import mogrified, read_columns
from indicators.measures import MEASURES, Measure, needed
from indicators.models import Covers, ManualFigure, OpeningBalance
from indicators.store.engine import EVENT, OPEN, Events, month_of
from indicators.store.reported import ends_of

#: Days from 1970-01-01 to the first day of PostgreSQL's calendar.
_EPOCH = (datetime.date(2000, 1, 1) - datetime.date(1970, 1, 1)).days
_NOTHING: Events = np.empty(0, dtype=EVENT)


class Scope:
    """A part of the tree: everything, some subtrees, or the own records of one area.

    `plus` and `minus` (model, rows) are records to count as if they were approved, or as if they were
    not: the outcome of a transition.
    """

    def __init__(
        self,
        *roots: str,
        only: str = "",
        plus: tuple[type, QuerySet[Any]] | None = None,
        minus: tuple[type, QuerySet[Any]] | None = None,
    ) -> None:
        self.roots, self.only, self.plus, self.minus = roots, only, plus, minus

    def condition(self, field: str) -> Q:
        """Return the condition that an area-code field lies in the scope."""
        if self.only:
            return Q(**{field: self.only})
        inside = Q()
        for root in self.roots:
            inside |= within_q(field, root)
        return inside

    def facts(self, rule: Measure) -> Q:
        """Return the condition that a row counts for the measure."""
        own = self._facts(rule.record_model, rule.record or "", rule.own_condition, rule.where)
        for reference, model in rule.needed_models.items():
            approved = Q(**{f"{reference}__status": "approved"})
            own &= needed(reference, self._facts(model, reference, approved, Q()))
        return own

    def approved(self, model: type) -> Q:
        """Return the condition that a record counts, for a kind without a measure."""
        return self._facts(model, "", Q(status="approved"), Q())

    def _facts(self, model: type, path: str, approved: Q, where: Q) -> Q:
        key = f"{path}__pk__in" if path else "pk__in"
        if self.plus and self.plus[0] is model:
            approved |= where & Q(**{key: self.plus[1].order_by().values("pk")})
        if self.minus and self.minus[0] is model:
            approved &= ~Q(**{key: self.minus[1].order_by().values("pk")})
        return approved


#: (measure, covers) → events.
Openings = dict[tuple[str, str], Events]


def read(
    kind: str,
    measure: str,
    scope: Scope,
    until: datetime.date | None = None,
    openings: Openings | None = None,
) -> Events:
    """Return the events of one (kind, measure) within a scope, none of them after `until`.

    Kind `measure` is records with the opening balances that belong to them; `opening` is balances of
    all earlier years; `manual` is reported figures, with `plan/indicator/part` as measure. Callers that
    read many measures pass the result of `read_openings`.
    """
    if kind == "manual":
        return _manual_events(measure, scope, until)
    if openings is None:
        openings = read_openings(scope, until)
    rule = MEASURES[measure]
    if kind == "opening":
        return openings.get((rule.balances, Covers.ALL), _NOTHING)
    events = _fetch(measure, scope, until)
    opening = openings.get((rule.balances, covers_of(rule)))
    return events if opening is None else np.concatenate([events, opening])


def covers_of(rule: Measure) -> Covers:
    """Return which opening balances belong to the measure's records; a flow takes those of a year."""
    return Covers.ALL if rule.is_stock else Covers.YEAR


def read_openings(
    scope: Scope, until: datetime.date | None = None, after: datetime.date | None = None
) -> Openings:
    """Return the opening balances of a scope, of all days or of (after, until]. One statement."""
    rows = OpeningBalance.objects.filter(
        scope.approved(OpeningBalance), scope.condition("area_id")
    ).order_by()
    if until is not None:
        rows = rows.filter(as_of__lte=until)
    if after is not None:
        rows = rows.filter(as_of__gt=after)
    found: dict[tuple[str, str], list[tuple[int, int, int, int]]] = defaultdict(list)
    fields = rows.values_list("measure", "covers", "area_id", "as_of", "quantity")
    for measure, covers, area, day, quantity in fields:
        if (rule := MEASURES.get(measure)) is not None:
            whole = int(quantity * (100 if rule.is_money else 1))
            month = month_of(day.year, day.month)
            found[measure, covers].append((int(area), month, int(OPEN), whole))
    return {name: _events(events) for name, events in found.items()}


def statement(kind: str, measure: str, scope: Scope) -> str:
    """Return the SQL that PostgreSQL copies for a measure, or "" for small tables, which are not copied."""
    if kind != "measure":
        return ""
    with connection.cursor() as cursor:
        return mogrified(cursor, *_sql(measure, scope, None))


def _sql(measure: str, scope: Scope, until: datetime.date | None) -> tuple[str, tuple[Any, ...]]:
    """Return the statement of a measure. It is kept, since building it takes longer than a county's rows."""
    if scope.plus or scope.minus:
        return _built(MEASURES[measure], scope, until)
    return _kept(measure, scope.roots, scope.only, until, connection.vendor)


@lru_cache(maxsize=2048)
def _kept(
    measure: str, roots: tuple[str, ...], only: str, until: datetime.date | None, vendor: str
) -> tuple[str, tuple[Any, ...]]:
    return _built(MEASURES[measure], Scope(*roots, only=only), until)


def _built(rule: Measure, scope: Scope, until: datetime.date | None) -> tuple[str, tuple[Any, ...]]:
    selects, parameters = list[str](), list[Any]()
    for part in rule.parts:
        sql, given = _records(part, scope, until).query.sql_with_params()
        selects.append(sql)
        parameters += given
    return " UNION ALL ".join(selects), tuple(parameters)


def _records(rule: Measure, scope: Scope, until: datetime.date | None) -> QuerySet[Any]:
    """Return a query of area, start, and end and quantity if the measure has them."""
    rows = rule.rows(scope.facts(rule)).filter(scope.condition(rule.area), _has_begun(rule))
    rows = rows.order_by()
    if until is not None:
        rows = rows.filter(
            Q(**{f"{rule.start}__lte": until}) | Q(**{f"{rule.start}__isnull": True})
        )
    columns = [Cast(rule.area, BigIntegerField()), _moment(_day(rule.start, datetime.date.min))]
    if rule.end:
        columns.append(_moment(_end(rule, until)))
    if rule.quantity:
        columns.append(_quantity(rule.quantity, is_money=rule.is_money))
    return rows.values_list(*columns)


def _has_begun(rule: Measure) -> Q:
    """Return the condition that a record has a first day; an area without one has always existed."""
    return Q() if rule.record is None else Q(**{f"{rule.start}__isnull": False})


def _parts_of(measures: Sequence[str]) -> list[tuple[int, Measure]]:
    """Return the parts of some measures, each with the position of its measure."""
    return [
        (number, part)
        for number, measure in enumerate(measures)
        for part in MEASURES[measure].parts
    ]


def changes_between(
    measures: Sequence[str], scope: Scope, after: datetime.date, until: datetime.date
) -> dict[str, Counter[str]]:
    """Return by measure and area code what events in (after, until] add to a stock or flow of records.

    One statement for all measures, summed by the database; meant for the few days left of a month.
    """
    found: dict[str, Counter[str]] = {measure: Counter() for measure in measures}
    if measures:
        vendor = connection.vendor
        sql, parameters = _kept_changes(tuple(measures), scope.roots, after, until, vendor)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            for number, code, quantity in cursor.fetchall():
                found[measures[number]][code] += int(quantity)
    return found


@lru_cache(maxsize=256)
def _kept_changes(
    measures: tuple[str, ...],
    roots: tuple[str, ...],
    after: datetime.date,
    until: datetime.date,
    vendor: str,
) -> tuple[str, tuple[Any, ...]]:
    parts, parameters, scope = list[str](), list[Any](), Scope(*roots)
    for number, rule in _parts_of(measures):
        amount: Any = Count("pk")
        if rule.quantity:
            amount = Sum(_quantity(rule.quantity, is_money=rule.is_money))
        rows = rule.rows(scope.facts(rule)).filter(scope.condition(rule.area), _has_begun(rule))
        rows = rows.order_by()
        begun = Q(**{f"{rule.start}__gt": after, f"{rule.start}__lte": until})
        changes = [(begun, amount)]
        if rule.end:
            changes.append((rule.ends_within(after, until), -amount))
        for when, added in changes:
            sums = rows.filter(when).values_list(rule.area).annotate(added=added)
            sql, given = sums.query.sql_with_params()
            parts.append(f"SELECT {number}, part.* FROM ({sql}) AS part")  # noqa: S608
            parameters += given
    return " UNION ALL ".join(parts), tuple(parameters)


def _day(field: str, otherwise: datetime.date) -> Any:
    return Coalesce(F(field), Value(otherwise, output_field=DateField()))


class _NextDay(Func):
    """The day after a day."""

    output_field = DateField()
    template = "(%(expressions)s + 1)"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the same for SQLite, which stores days as text."""
        sql, parameters = self.as_sql(
            compiler, connection, template="date(%(expressions)s, '+1 day')", **context
        )
        return sql, tuple(parameters)


def _end(rule: Measure, until: datetime.date | None) -> Any:
    """Return the first day on which a record no longer counts; the last of the calendar for never.

    Ends after `until` are not known yet.
    """
    never, field = datetime.date.max, rule.end
    if until is None and not rule.last_day:
        return _day(field, never)
    closed, last = Q(**{f"{field}__lte": until or never}), rule.last_day
    ends = [When(closed, then=F(field))]
    if last:
        in_force = Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(field)})
        expired = Q(**{f"{last}__lt": until or never})
        ends = [When(closed & in_force, then=F(field)), When(expired, then=_NextDay(F(last)))]
    return Case(*ends, default=Value(never, output_field=DateField()), output_field=DateField())


def _moment(day: Any) -> Any:
    """Return the day itself on PostgreSQL, and its month on SQLite, which stores days as text."""
    if connection.vendor != "sqlite":
        return Cast(day, DateField())
    text = Cast(day, TextField())
    year, month = Substr(text, 1, 4), Substr(text, 6, 2)
    return Cast(year, IntegerField()) * 12 + Cast(month, IntegerField()) - 1


def _quantity(field: str, *, is_money: bool) -> Any:
    if not is_money:
        return Cast(F(field), BigIntegerField())
    fen = F(field) * 100
    # Only SQLite keeps a decimal as a binary fraction; PostgreSQL's numeric is exact.
    return Cast(Round(fen) if connection.vendor == "sqlite" else fen, BigIntegerField())


def quantity_in_hundredths(field: str, *, is_money: bool) -> Any:
    """Return what a record adds, as an integer in hundredths (money in fen). Without a `field` it is one."""
    if not field:
        return Value(100)
    hundredths = _quantity(field, is_money=is_money)
    return hundredths if is_money else hundredths * 100


def _fetch(measure: str, scope: Scope, until: datetime.date | None) -> Events:
    rule, (select, parameters) = MEASURES[measure], _sql(measure, scope, until)
    names = ["area", "start", *(["end"] if rule.end else []), *(["quantity"] * bool(rule.quantity))]
    columns = read_columns(select, parameters, {name: _WIDTHS[name] for name in names})
    if connection.vendor == "postgresql":
        columns |= {name: _months(columns[name]) for name in names if name in ("start", "end")}
    return _as_events(columns)


#: The type of each column of an event in a binary copy.
_WIDTHS = {"area": ">i8", "start": ">i4", "end": ">i4", "quantity": ">i8"}


def _months(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return the running months of days since 2000-01-01."""
    since_1970 = (days.astype(np.int64) + _EPOCH).astype("datetime64[D]")
    months: npt.NDArray[np.int64] = since_1970.astype("datetime64[M]").astype(np.int64)
    return months + month_of(1970, 1)


def _as_events(columns: dict[str, npt.NDArray[Any]]) -> Events:
    events = np.empty(len(columns["area"]), dtype=EVENT)
    events["end"], events["quantity"] = OPEN, 1
    for name, values in columns.items():
        events[name] = values
    return events


def _manual_events(name: str, scope: Scope, until: datetime.date | None) -> Events:
    """Return reported figures in hundredths; each holds until the next one of its area."""
    plan, indicator, part = name.split("/")
    successions = Successions.stored()
    places = scope.condition("area_id")
    if scope.only:  # a successor may lie anywhere in the tree
        places |= Q(area__in=[successions.destination(scope.only, on) for on in successions.days])
    rows = ManualFigure.objects.filter(
        scope.approved(ManualFigure), places, plan_code=plan, indicator_code=indicator
    )
    if until is not None:
        rows = rows.filter(as_of__lte=until)
    reports = list(rows.order_by("area_id", "as_of").values_list("area_id", "as_of", part))
    ends = ends_of([(area, day) for area, day, _ in reports], successions)
    return _events(
        (int(area), month_of(day.year, day.month), _month_or_open(end), int(quantity * 100))
        for (area, day, quantity), end in zip(reports, ends, strict=True)
    )


def _month_or_open(end: datetime.date | None) -> int:
    return int(OPEN) if end is None else month_of(end.year, end.month)


def _events(rows: Iterable[tuple[int, int, int, int]]) -> Events:
    return np.array(list(rows), dtype=EVENT)
