"""Expressions behind the measures of funds: until when a spending keeps its fund active, in months or
quarter after quarter, and which management groups are complete."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import Exact
from django.db.models.sql.compiler import SQLCompiler

from funds.models import Expenditure, FundMember, MemberKind

_NEVER = Value(datetime.date.max, output_field=DateField())


class MonthsAfter(Func):
    """The same day so many months later, or the last day of that month: 08-31 and 6 months, 02-28."""

    output_field = DateField()

    def __init__(self, day: str, months: int) -> None:
        super().__init__(F(day))
        self.months = months

    def as_postgresql(
        self, compiler: SQLCompiler, connection: Any, **extra: Any
    ) -> tuple[str, Any]:
        """Write it for PostgreSQL, which stays within the month."""
        day, given = compiler.compile(self.get_source_expressions()[0])
        return f"({day} + interval '{self.months} months')::date", given

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """Write it for SQLite, which runs over into the next month."""
        day, given = compiler.compile(self.get_source_expressions()[0])
        later = f"date({day}, '+{self.months} months')"
        last = f"date({day}, 'start of month', '+{self.months + 1} months', '-1 day')"
        return f"MIN({later}, {last})", [*given, *given]


class QuarterFirst(Func):
    """The first day of the quarter of a day, or of the quarter so many quarters after it."""

    output_field = DateField()

    def __init__(self, day: Any, after: int = 0) -> None:
        super().__init__(day)
        self.after = after

    def as_postgresql(
        self, compiler: SQLCompiler, connection: Any, **extra: Any
    ) -> tuple[str, Any]:
        """Write it for PostgreSQL."""
        day, given = compiler.compile(self.get_source_expressions()[0])
        months = f"interval '{3 * self.after} months'"
        return f"(date_trunc('quarter', {day}) + {months})::date", given

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """Write it for SQLite, which knows no quarters."""
        day, given = compiler.compile(self.get_source_expressions()[0])
        since = f"((CAST(strftime('%%m', {day}) AS INTEGER) - 1) %% 3)"
        months = f"'{3 * self.after} months'"
        return f"date({day}, 'start of month', '-' || {since} || ' months', {months})", [
            *given,
            *given,
        ]


def steady_until(facts: Q, quarters: int) -> Any:
    """Return until when an expenditure shows that its fund spent in so many quarters in a row.

    It is the fund's first one of its quarter, with one in each of the quarters before; all others end
    on their own day and count none. It lasts until the fund's first one of the next quarter, or to
    the end of that quarter, which need not be over, or to the day on which the fund closed. So those
    of a fund last one after the other: together they count one or none.
    """
    others = Expenditure.objects.filter(facts, fund_id=OuterRef("fund_id")).order_by()
    own, spent_on = OuterRef("spent_on"), F("spent_on")
    earlier = Q(spent_on__lt=own) | Q(spent_on=own, pk__lt=OuterRef("pk"))
    is_first = ~Exists(others.filter(earlier, spent_on__gte=QuarterFirst(own)))
    before = others.filter(
        spent_on__gte=QuarterFirst(own, 1 - quarters), spent_on__lt=QuarterFirst(own)
    )
    told = before.values("fund_id").annotate(told=Count(QuarterFirst(F("spent_on")), distinct=True))
    has_all = Exact(Subquery(told.values("told")), quarters - 1)
    following = others.filter(
        spent_on__gte=QuarterFirst(own, 1), spent_on__lt=QuarterFirst(own, 2)
    ).order_by("spent_on")
    ends = (
        Coalesce(Subquery(following.values("spent_on")[:1]), _NEVER),
        Coalesce(F("fund__closed_on"), _NEVER),
    )
    until = Greatest(spent_on, Least(QuarterFirst(spent_on, 2), *ends))
    return Case(When(is_first & has_all, then=until), default=spent_on, output_field=DateField())


def active_until(facts: Q, months: int) -> Any:
    """Return until when an expenditure keeps its fund active: the day of the fund's next expenditure
    (of the next one of the same day: at once), `months` later, or the day on which the fund closed.

    So the expenditures of a fund last one after the other: together they count one or none.
    """
    later = Q(spent_on__gt=OuterRef("spent_on")) | Q(
        spent_on=OuterRef("spent_on"), pk__gt=OuterRef("pk")
    )
    others = Expenditure.objects.filter(facts).filter(later, fund_id=OuterRef("fund_id"))
    following = Subquery(others.order_by("spent_on").values("spent_on")[:1])
    ends = (Coalesce(following, _NEVER), Coalesce(F("fund__closed_on"), _NEVER))
    return Greatest(F("spent_on"), Least(MonthsAfter("spent_on", months), *ends))


class FullGroup:
    """The condition that a fund has members of all five kinds (鄂民发〔2024〕92号 二（一）5).

    It is built when a query takes it in: while the measures are declared, no model is ready.
    """

    conditional = True

    def resolve_expression(self, *arguments: Any, **options: Any) -> Any:
        """Return the condition within a query, as Django asks every condition."""
        members = FundMember.objects.filter(fund=OuterRef("pk")).order_by().values("fund")
        kinds = members.annotate(kinds=Count("kind", distinct=True))
        complete = Exists(kinds.filter(kinds=len(MemberKind)))
        return complete.resolve_expression(*arguments, **options)
