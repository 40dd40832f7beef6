"""Expressions behind the measures of funds: until when a spending keeps its fund active, and which
management groups are complete."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Count, DateField, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Least
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
