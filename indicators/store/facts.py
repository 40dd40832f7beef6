"""Approved records row by row: which of them make a figure, and how much each adds to it.

One statement reads the rows behind all figures of a subtree on a day. The rows are columns of
integers; a record itself is loaded only where it is shown (`load_records`).
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from areas.codes import cut_to
from indicators.columns import read_columns
from indicators.duties.current import fulfilling
from indicators.duties.reach import Subtree
from indicators.duties.terms import kinds_by_address
from indicators.measures import MEASURES
from indicators.models import Covers, Duty, ManualFigure, OpeningBalance
from indicators.store.events import quantity_in_hundredths
from indicators.store.reported import ends_of
from indicators.store.tree_context import TreeContext
from reviews.models import Submission

#: One row a record: the number of its query, its key, the code of the area where it is registered or
#: that it reaches, and its quantity in hundredths.
FACT = np.dtype([("query", "i8"), ("pk", "i8"), ("area", "i8"), ("quantity", "i8")])
#: The rows as they are kept: with the position of the area among all areas that have rows.
_PLACED = np.dtype([*FACT.descr, ("place", "i8")])
Facts = npt.NDArray[np.void]
Mask = npt.NDArray[np.bool_]

_WIDTHS = dict.fromkeys(FACT.names or (), ">i8")
_REPORTED = "reported"
#: Before the address of the kind whose records fulfil a duty.
_OWED = "owed:"
#: Quantities are stored in hundredths, so that amounts of money and counts are both integers.
HUNDREDTHS = 100


class FactQuery(NamedTuple):
    """Which facts make a figure: records of a measure, its opening balances, or reported figures.

    A stock counts what exists on `last`; a flow counts what occurred from `first` to `last`.
    """

    #: The measure's code; for reported figures `plan/indicator`.
    name: str
    first: datetime.date
    last: datetime.date
    #: "" for records, `reported` for reported figures, `owed:<address>` for a duty, else which opening balances (`Covers`).
    covers: str = ""
    #: Which of the measure's parts, for records.
    part: int = 0

    @classmethod
    def reported(cls, plan: str, indicator: str, day: datetime.date) -> FactQuery:
        """Return the query of the reported figures of a plan's indicator that hold on a day."""
        return cls(f"{plan}/{indicator}", datetime.date.min, day, _REPORTED)

    @classmethod
    def owed(cls, duty: str, address: str, day: datetime.date) -> FactQuery:
        """Return the query of the records that fulfil a duty (`plan/duty`) on a day; of a kind."""
        return cls(duty, datetime.date.min, day, f"{_OWED}{address}")

    @property
    def is_of_measure(self) -> bool:
        """Whether one statement reads it: records of a measure, or opening balances."""
        return self.covers != _REPORTED and not self.covers.startswith(_OWED)

    @property
    def model(self) -> type[Submission]:
        """The kind of the records."""
        if self.covers.startswith(_OWED):
            return kinds_by_address()[self.covers.removeprefix(_OWED)]
        if self.covers == _REPORTED:
            return ManualFigure
        if self.covers:
            return OpeningBalance
        model: Any = MEASURES[self.name].parts[self.part].record_model
        found: type[Submission] = model
        return found


def stock_queries(measure: str, day: datetime.date) -> list[FactQuery]:
    """Return what makes a stock: records that exist on a day, and opening balances of all years."""
    return [*_records(measure, day, day), balances_of_all_years(measure, day)]


def flow_queries(measure: str, first: datetime.date, last: datetime.date) -> list[FactQuery]:
    """Return what makes a flow: records from `first` to `last`, and opening balances of a year then."""
    balances = FactQuery(MEASURES[measure].balances, first, last, Covers.YEAR)
    return [*_records(measure, first, last), balances]


def _records(measure: str, first: datetime.date, last: datetime.date) -> list[FactQuery]:
    parts = range(len(MEASURES[measure].parts))
    return [FactQuery(measure, first, last, part=part) for part in parts]


def balances_of_all_years(measure: str, day: datetime.date) -> FactQuery:
    """Return the query of opening balances for all years (历年累计) up to a day."""
    return FactQuery(MEASURES[measure].balances, datetime.date.min, day, Covers.ALL)


class FactsOfDay:
    """The facts behind the figures of one day, for all areas of a subtree, read by one statement."""

    def __init__(
        self,
        tree: TreeContext,
        day: datetime.date,
        queries: Iterable[FactQuery],
        only: Submission | None = None,
    ) -> None:
        """Read the facts of the subtree `tree`; with `only`, just the rows of that record."""
        self._tree, self._day = tree, day
        self.queries = list(dict.fromkeys(queries))
        read = _Reading(tree, day, only)
        rows = np.concatenate(
            [
                read.records(self.queries),
                read.reported(self.queries),
                read.fulfilling(self.queries),
            ]
        )
        areas, places = np.unique(rows["area"], return_inverse=True)
        self._areas = [str(area) for area in areas.tolist()]
        self._rows: Facts = np.empty(len(rows), dtype=_PLACED)
        for name in FACT.names or ():
            self._rows[name] = rows[name]
        self._rows["place"] = places
        self._number = {query: number for number, query in enumerate(self.queries)}
        self._flags: dict[str, Mask] = {}

    def of(self, queries: Collection[FactQuery]) -> Facts:
        """Return the rows of some queries."""
        numbers = [self._number[query] for query in queries]
        return self._rows[np.isin(self._rows["query"], numbers)]

    def counts_for(self, rows: Facts, root: str) -> Mask:
        """Return for each row whether it counts for the area `root` on the day."""
        if root not in self._flags:
            inside = [home.startswith(root) for home in self._homes]
            self._flags[root] = np.array(inside, dtype=np.bool_)
        found: Mask = self._flags[root][rows["place"]]
        return found

    def by_area(self, rows: Facts, level: int) -> tuple[list[str], npt.NDArray[np.int64]]:
        """Return the areas of a level for which rows count, and for each row its position among them.

        A row that counts for an area above the level has that area.
        """
        cut = [cut_to(home, level) for home in self._homes]
        codes = sorted(set(cut))
        position = {code: at for at, code in enumerate(codes)}
        places = np.array([position[code] for code in cut], dtype=np.int64)
        found: npt.NDArray[np.int64] = places[rows["place"]]
        return codes, found

    def keys(self, rows: Facts) -> dict[type[Submission], npt.NDArray[np.int64]]:
        """Return by kind the keys of the records of some rows, each once and in order."""
        found: dict[type[Submission], list[npt.NDArray[np.int64]]] = defaultdict(list)
        for number in np.unique(rows["query"]).tolist():
            found[self.queries[number].model].append(rows["pk"][rows["query"] == number])
        return {model: np.unique(np.concatenate(keys)) for model, keys in found.items()}

    def quantities(self, rows: Facts) -> dict[tuple[type[Submission], int], Decimal]:
        """Return by kind and key the sum of what each record adds (money in yuan)."""
        found: dict[tuple[type[Submission], int], int] = defaultdict(int)
        models = [query.model for query in self.queries]
        for number, key, quantity in rows[["query", "pk", "quantity"]].tolist():
            found[models[number], key] += quantity
        return {record: Decimal(quantity) / 100 for record, quantity in found.items()}

    @cached_property
    def _homes(self) -> list[str]:
        """For each area that has rows, the area for which they count on the day."""
        homes = self._tree.homes_of(self._areas, self._day)
        return [homes[code] for code in self._areas]


def load_records(
    model: type[Submission], keys: Collection[int], *related: str
) -> dict[int, Submission]:
    """Return records of a kind by key, in the order of the kind, with the `related` records.

    The keys are one parameter, so one statement loads any number of them.
    """
    listed: RawSQL
    if connection.vendor == "postgresql":
        listed = RawSQL("SELECT unnest(%s::bigint[])", [list(keys)])
    else:
        listed = RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))])
    rows = model._default_manager.filter(pk__in=listed).select_related(*related)
    return {row.pk: row for row in rows}


class _Reading:
    """Reads the rows of queries; with `only`, just the rows of that record."""

    def __init__(self, tree: TreeContext, day: datetime.date, only: Submission | None) -> None:
        self._tree, self._day, self._only = tree, day, only

    def records(self, queries: Sequence[FactQuery]) -> Facts:
        """Return the rows of records and opening balances. One statement for all queries."""
        parts, parameters = list[str](), list[Any]()
        for number, query in enumerate(queries):
            if query.is_of_measure:
                rows = self._openings(query) if query.covers else self._of_measure(query)
                with suppress(
                    EmptyResultSet
                ):  # nothing counts for the subtree, or it was not requested
                    sql, given = _numbered(rows, number).query.sql_with_params()
                    parts.append(f"SELECT part.* FROM ({sql}) AS part")  # noqa: S608
                    parameters += given
        facts = np.empty(0, dtype=FACT)
        if parts:
            columns = read_columns(" UNION ALL ".join(parts), tuple(parameters), _WIDTHS)
            facts = np.empty(len(columns["pk"]), dtype=FACT)
            for name, values in columns.items():
                facts[name] = values
        return facts

    def _of_measure(self, query: FactQuery) -> QuerySet[Any]:
        rule = MEASURES[query.name].parts[query.part]
        when = Q(**{f"{rule.start}__lte": query.last})
        if not rule.is_stock:
            when &= Q(**{f"{rule.start}__gte": query.first})
        else:
            when &= rule.lasts_beyond(query.last)
        rows = rule.rows(rule.condition).filter(when, self._inside(rule.area))
        return self._narrowed(rows, rule.record or "").annotate(
            fact_record=F(rule.record or "pk"),
            fact_area=F(rule.area),
            fact_quantity=quantity_in_hundredths(rule.quantity, is_money=rule.is_money),
        )

    def _openings(self, query: FactQuery) -> QuerySet[Any]:
        rows: QuerySet[Any] = OpeningBalance.objects.approved().filter(
            self._inside("area_id"),
            measure=query.name,
            covers=query.covers,
            as_of__range=(query.first, query.last),
        )
        return self._narrowed(rows).annotate(
            fact_record=F("pk"),
            fact_area=F("area_id"),
            fact_quantity=quantity_in_hundredths("quantity", is_money=True),
        )

    def reported(self, queries: Sequence[FactQuery]) -> Facts:
        """Return the rows of reported figures that hold on the day, because no later one replaced them."""
        numbers = {query.name: at for at, query in enumerate(queries) if query.covers == _REPORTED}
        if not numbers:
            return np.empty(0, dtype=FACT)
        by_name: dict[str, list[ManualFigure]] = defaultdict(list)
        for row in ManualFigure.objects.approved().filter(
            self._inside("area_id"),
            plan_code__in={name.split("/")[0] for name in numbers},
            as_of__lte=self._day,
        ):
            by_name[f"{row.plan_code}/{row.indicator_code}"].append(row)
        found = [
            (number, row.pk, int(row.area_id), int(row.numerator * 100))
            for name, number in numbers.items()
            for row in self._holding(by_name[name])
        ]
        return np.array(found, dtype=FACT)

    def fulfilling(self, queries: Sequence[FactQuery]) -> Facts:
        """Return the rows of records that fulfil duties on the day; the completing one counts one."""
        numbers = {query: at for at, query in enumerate(queries) if query.covers.startswith(_OWED)}
        reach = Subtree(self._tree.root, self._day, self._tree.successions)
        found = list[tuple[int, int, int, int]]()
        for query, number in numbers.items():
            plan, code = query.name.split("/")
            duty = Duty.objects.select_related("plan").get(plan__code=plan, code=code)
            for row in fulfilling(duty, reach, self._day):
                if self._only is None or (
                    isinstance(self._only, query.model) and row.pk == self._only.pk
                ):
                    found.append((number, row.pk, int(row.area), HUNDREDTHS * row.completes))
        return np.array(found, dtype=FACT)

    def _holding(self, rows: Sequence[ManualFigure]) -> list[ManualFigure]:
        ends = ends_of([(row.area_id, row.as_of) for row in rows], self._tree.successions)
        holding = [row for row, end in zip(rows, ends, strict=True) if end is None]
        return holding if self._only is None else [row for row in holding if row == self._only]

    def _inside(self, field: str) -> Q:
        """Return the condition that records of an area count for the subtree on the day."""
        return self._tree.successions.condition(field, self._tree.root, self._day)

    def _narrowed(self, rows: QuerySet[Any], path: str = "") -> QuerySet[Any]:
        """Return the rows, or those of the one record; `path` leads from a row to its record."""
        if self._only is None:
            return rows
        if not path and not isinstance(self._only, rows.model):
            return rows.none()
        return rows.filter(**{f"{path}__pk" if path else "pk": self._only.pk})


def _numbered(rows: QuerySet[Any], number: int) -> QuerySet[Any]:
    """Return the columns of `FACT`, all of them integers of eight bytes."""
    columns = (Value(number), F("fact_record"), F("fact_area"), F("fact_quantity"))
    return rows.order_by().values_list(*(Cast(column, BigIntegerField()) for column in columns))
