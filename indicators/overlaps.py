"""Opening balances and records of the same time and place: both count, so one of them is too much."""

from __future__ import annotations

import datetime
import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone

from areas.codes import COUNTY_LEVEL, LENGTHS, ancestors_of, cut_to, is_within
from areas.querysets import within_q
from areas.successions import Successions, homes_of
from indicators.measures import MEASURES, Measure
from indicators.models import Covers, OpeningBalance
from reviews.checks import CheckedRecord, Problem, kinds_of, records_at, values_of

#: The most opening balances whose records one query counts.
_AT_ONCE = 100
_COUNTY_DIGITS = LENGTHS[COUNTY_LEVEL - 1]


def first_day(balance: OpeningBalance) -> datetime.date:
    """Return the first day of the time that a balance covers: for 本年累计 that of its year."""
    is_year = balance.covers == Covers.YEAR
    return datetime.date(balance.as_of.year, 1, 1) if is_year else datetime.date.min


def records_within(balance: OpeningBalance, successions: Successions) -> list[QuerySet[Any]]:
    """Return the living rows of the balance's measure in its area and time, kind by kind.

    They count together by now: also those of areas that the balance's area follows, or that follow it.
    """
    measure = MEASURES.get(balance.measure)
    if measure is None or measure.record is None or not (balance.as_of and balance.area_id):
        return []
    return [_rows_within(part, balance, successions) for part in measure.parts]


def _rows_within(
    measure: Measure, balance: OpeningBalance, successions: Successions
) -> QuerySet[Any]:
    status = f"{measure.record}__status" if measure.record else "status"
    days = {
        f"{measure.start}__gte": first_day(balance),
        f"{measure.start}__lte": balance.as_of,
    }
    place = within_q(measure.area, balance.area_id)
    if successions:
        today = timezone.localdate()
        home = successions.destination(balance.area_id, today)
        place |= successions.condition(measure.area, home, today)
    rows: QuerySet[Any] = measure.model._default_manager.filter(measure.counted, place, **days)
    return rows.exclude(**{status: "void"}).order_by()


def opening_over_records(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn of an opening balance over a time whose records are stored."""
    balances = {
        at: balance for at, balance in enumerate(records) if isinstance(balance, OpeningBalance)
    }
    successions = Successions.stored() if balances else Successions([])
    rows = {at: records_within(each, successions) for at, each in balances.items()}
    for at, number in _counts(rows):
        if number:
            balance = balances[at]
            name = balance.get_measure_display()
            message = (
                f"系统中已有{number}条{balance.as_of}及以前的“{name}”记录，与期初数会重复计算："
                "期初数应只含未录入的部分，或作废这些记录"
            )
            yield at, Problem("over_records", "as_of", message, is_warning=True)


def _counts(found: Mapping[int, Sequence[QuerySet[Any]]]) -> Iterator[tuple[int, int]]:
    """Yield the number of rows of each key in the order of the keys; a query per 100 querysets."""
    numbers = Counter[int]()
    for at, number in _numbers(found):
        numbers[at] += number
    yield from sorted(numbers.items())


def _numbers(found: Mapping[int, Sequence[QuerySet[Any]]]) -> Iterator[tuple[int, int]]:
    counts = [
        rows.annotate(at=Value(at)).values("at").annotate(number=Count("pk"))
        for at, several in found.items()
        for rows in several
    ]
    for start in range(0, len(counts), _AT_ONCE):
        first, *others = (
            each.values_list("at", "number") for each in counts[start : start + _AT_ONCE]
        )
        yield from first.union(*others, all=True) if others else first


def record_under_opening(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn of a record whose day lies in the time that an opening balance of its area covers."""
    places = [at for at, kind in enumerate(kinds_of(records)) if kind in _KINDS]
    some = records_at(records, places)
    areas = {area for (area,) in values_of(some, ("area_id",)) if area}
    balances = _Balances(areas)
    for at, record in enumerate(some) if balances.found else ():
        if covered := balances.covering(record):
            yield places[at], _under(record, *covered)


class _Balances:
    """The living balances of some areas, of all above them, and of those that they follow within their
    counties."""

    def __init__(self, areas: Collection[str]) -> None:
        self.found: dict[str, list[OpeningBalance]] = defaultdict(list)
        self._homes: dict[str, str] = {}
        stored = list(_stored_near(areas)) if areas else []
        if not stored:
            return
        for balance in stored:
            self.found[balance.measure].append(balance)
        places = {*areas, *(balance.area_id for balance in stored)}
        self._homes = homes_of(places, timezone.localdate(), Successions.stored())

    def covering(self, record: CheckedRecord) -> tuple[OpeningBalance, str] | None:
        """Return the balance in whose area and time a record lies, of a measure that it feeds, and the
        field of its day for that measure."""
        for measure in _KINDS[type(record)] if record.area_id else ():
            day = getattr(record, measure.start)
            for balance in self.found.get(measure.code, ()) if day else ():
                is_covered = first_day(balance) <= day <= balance.as_of
                if is_covered and self._holds(balance, record.area_id) and _is_of(record, measure):
                    return balance, measure.start
        return None

    def _holds(self, balance: OpeningBalance, area: str) -> bool:
        """Return whether an area lies in that of a balance, or both count in one place by now."""
        own = balance.area_id
        return is_within(area, own) or is_within(self._homes[area], self._homes[own])


def _stored_near(areas: Collection[str]) -> Iterator[OpeningBalance]:
    """Yield the living balances above some areas and within their counties. One query."""
    above = {code for area in areas for code in ancestors_of(area)}
    counties = {cut_to(area, COUNTY_LEVEL) for area in areas}
    edges = Q(area_id__gte=min(above | counties), area_id__lt=f"{max(areas)[:_COUNTY_DIGITS]}:")
    for balance in OpeningBalance.objects.living().filter(edges).select_related("area"):
        own = balance.area_id
        if own in above or cut_to(own, COUNTY_LEVEL) in counties:
            yield balance


def _under(record: CheckedRecord, balance: OpeningBalance, field: str) -> Problem:
    message = (
        f"{getattr(record, field)}在“{balance.area}”的期初数“{balance.get_measure_display()}”"
        f"（截至{balance.as_of}，{balance.quantity.normalize():f}）所含的时间内，会重复计算，请核对"
    )
    return Problem("under_opening", field, message, is_warning=True)


def _kinds() -> dict[type, list[Measure]]:
    found: dict[type, list[Measure]] = defaultdict(list)
    for measure in MEASURES.values():
        if measure.record == "":
            for part in measure.parts:
                found[part.model].append(part)
    return dict(found)


#: Record kind → the measures that it feeds.
_KINDS = _kinds()


def _is_of(record: CheckedRecord, measure: Measure) -> bool:
    """Return whether a record belongs to a measure, by its condition."""
    return _fulfils(record, measure.counted)


def _fulfils(record: CheckedRecord, condition: Q) -> bool:
    """Return whether a record meets a condition on its own fields, as the database would answer.

    What only the database can tell (an expression) counts as met.
    """
    met = (
        _fulfils(record, part) if isinstance(part, Q) else _meets(record, *part)
        for part in condition.children
        if isinstance(part, Q | tuple)
    )
    return (any if condition.connector == Q.OR else all)(met) is not condition.negated


#: Lookup → the question whether a value that is there meets it.
_LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "in": lambda value, wanted: value in wanted,
    "gt": operator.gt,
}


def _meets(record: CheckedRecord, condition: str, wanted: Any) -> bool:
    """Return whether a field of a record meets a condition."""
    name, _, lookup = condition.partition("__")
    value = getattr(record, name)
    if lookup == "isnull":
        return (value is None) is wanted
    return value is not None and _LOOKUPS[lookup](value, wanted)
