"""Approved records as engine events: one query a measure, whatever the number of areas.

PostgreSQL streams `COPY … TO STDOUT BINARY` into numpy; SQLite fetches rows in blocks.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, ExtractMonth, ExtractYear, Round, Substr

from areas.querysets import within_q
from indicators.engine import ALWAYS, EVENT, OPEN, Events, month_of
from indicators.measures import MEASURES, Measure
from indicators.models import Covers, ManualFigure, OpeningBalance

_BLOCK = 20_000
#: A row of COPY BINARY: the field count, then each field behind its length, big-endian.
_COPY_ROW = np.dtype(
    [
        ("fields", ">i2"),
        ("area_length", ">i4"),
        ("area", ">i8"),
        ("start_length", ">i4"),
        ("start", ">i4"),
        ("end_length", ">i4"),
        ("end", ">i4"),
        ("quantity_length", ">i4"),
        ("quantity", ">i8"),
    ]
)
_COPY_HEADER = 19
_COPY_TRAILER = 2


class Scope:
    """Which part of the tree: everything, a subtree, or one area's own records."""

    def __init__(self, root: str = "", *, only: str = "") -> None:
        self.root, self.only = root, only

    def condition(self, field: str) -> Q:
        """The condition on an area-code field."""
        if self.only:
            return Q(**{field: self.only})
        return within_q(field, self.root) if self.root else Q()


def read(kind: str, measure: str, scope: Scope, until: datetime.date | None = None) -> Events:
    """The events of one (kind, measure) within a scope; with `until` nothing later is there.

    kind `measure`: records plus the opening balances that belong to them; `opening`: balances of
    all earlier years; `manual`: reported figures, measure `plan/indicator/part`.
    """
    if kind == "manual":
        return _manual_events(measure, scope, until)
    if kind == "opening":
        return _opening_events(measure, Covers.ALL, scope, until)
    rule = MEASURES[measure]
    events = _fetch(_records(rule, scope, until))
    if rule.record is None:
        return events
    covers = Covers.ALL if rule.is_stock else Covers.YEAR
    opening = _opening_events(measure, covers, scope, until)
    return np.concatenate([events, opening]) if len(opening) else events


def _records(rule: Measure, scope: Scope, until: datetime.date | None) -> QuerySet[Any]:
    rows = rule.model._default_manager.filter(  # type: ignore[attr-defined]
        rule.condition, scope.condition(rule.area)
    ).order_by()
    if rule.record is not None:
        rows = rows.filter(**{f"{rule.start}__isnull": False})
    if until is not None:
        rows = rows.filter(
            Q(**{f"{rule.start}__lte": until}) | Q(**{f"{rule.start}__isnull": True})
        )
    return rows.values_list(
        Cast(rule.area, BigIntegerField()),
        _month(rule.start, default=int(ALWAYS)),
        _end_month(rule.end, until),
        _quantity(rule.quantity, is_money=rule.is_money),
    )


def _month(field: str, default: int) -> Any:
    year, number = _year_and_month(field)
    month = ExpressionWrapper(year * 12 + number - 1, output_field=IntegerField())
    return Cast(
        Case(When(**{f"{field}__isnull": True}, then=Value(default)), default=month),
        IntegerField(),
    )


def _year_and_month(field: str) -> tuple[Any, Any]:
    """On SQLite a day is text, and cutting it is much faster than Django's Python function."""
    if connection.vendor != "sqlite":
        return ExtractYear(field), ExtractMonth(field)
    day = Cast(field, TextField())
    return Cast(Substr(day, 1, 4), IntegerField()), Cast(Substr(day, 6, 2), IntegerField())


def _end_month(field: str, until: datetime.date | None) -> Any:
    if not field:
        return Cast(Value(int(OPEN)), IntegerField())
    if until is None:
        return _month(field, default=int(OPEN))
    return Cast(
        Case(
            When(**{f"{field}__lte": until}, then=_month(field, default=int(OPEN))),
            default=Value(int(OPEN)),
        ),
        IntegerField(),
    )


def _quantity(field: str, *, is_money: bool) -> Any:
    if not field:
        return Cast(Value(1), BigIntegerField())
    if is_money:
        return Cast(Round(F(field) * 100), BigIntegerField())
    return Cast(F(field), BigIntegerField())


def _fetch(rows: QuerySet[Any]) -> Events:
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statement = cursor.mogrify(sql, params)
            if isinstance(statement, bytes):
                statement = statement.decode()
            stream = io.BytesIO()
            cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", stream)
            return _from_copy(stream)
        cursor.execute(sql, params)
        blocks = []
        while block := cursor.fetchmany(_BLOCK):
            blocks.append(np.array(block, dtype=EVENT))
    return np.concatenate(blocks) if blocks else np.empty(0, dtype=EVENT)


def _from_copy(stream: io.BytesIO) -> Events:
    """Every field is fixed in width and never null, so the stream is an array of rows."""
    raw = stream.getbuffer()[_COPY_HEADER:-_COPY_TRAILER]
    rows = np.frombuffer(raw, dtype=_COPY_ROW)
    events = np.empty(len(rows), dtype=EVENT)
    for name in EVENT.names or ():
        events[name] = rows[name]
    return events


def _opening_events(measure: str, covers: str, scope: Scope, until: datetime.date | None) -> Events:
    rows = OpeningBalance.objects.approved().filter(
        scope.condition("area_id"), measure=measure, covers=covers
    )
    if until is not None:
        rows = rows.filter(as_of__lte=until)
    factor = 100 if MEASURES[measure].is_money else 1
    return _events(
        (int(area), month_of(day.year, day.month), int(OPEN), int(quantity * factor))
        for area, day, quantity in rows.values_list("area_id", "as_of", "quantity")
    )


def _manual_events(name: str, scope: Scope, until: datetime.date | None) -> Events:
    """Each report holds until the next one of its area; quantities in hundredths."""
    plan, indicator, part = name.split("/")
    rows = ManualFigure.objects.approved().filter(
        scope.condition("area_id"), plan_code=plan, indicator_code=indicator
    )
    if until is not None:
        rows = rows.filter(as_of__lte=until)
    reports = list(rows.order_by("area_id", "as_of").values_list("area_id", "as_of", part))
    events = []
    for position, (area, day, quantity) in enumerate(reports):
        follower = reports[position + 1] if position + 1 < len(reports) else None
        end = int(OPEN)
        if follower is not None and follower[0] == area:
            end = month_of(follower[1].year, follower[1].month)
        events.append((int(area), month_of(day.year, day.month), end, int(quantity * 100)))
    return _events(events)


def _events(rows: Iterable[tuple[int, int, int, int]]) -> Events:
    return np.array(list(rows), dtype=EVENT)
