"""人工填报: figures that no record can represent are entered by hand with evidence and reviewed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from typing_extensions import override

from areas.successions import Successions
from indicators.models import ManualFigure
from indicators.rules.answers.contributions import Contribution, CountingScope
from indicators.rules.answers.figure import NO_FIGURE, Figure
from indicators.rules.answers.shortfalls import Shortfall
from indicators.rules.answers.values import plain
from indicators.rules.base import Fault, Rule
from indicators.rules.duty import DutyDone
from indicators.store.engine import SeriesKey
from indicators.store.facts import FactQuery
from indicators.store.reported import ends_of
from indicators.store.series_view import SeriesView
from reviews.models import Status, Submission

_PARTS = ("numerator", "denominator")
#: The series of reported figures are in hundredths.
_SCALE = 100


class Manual(Rule):
    """The last report of each area (`ManualFigure`), numerator and denominator added up.

    In a unit that adds up, such as 小时, the figure is the sum of the numerators alone. Where the
    indicator names the duty to report (`Indicator.duty`), those who have not reported have an unknown
    part in the denominator: there is no data until everybody who owes a report has reported.
    """

    code: ClassVar[str] = "manual"
    label: ClassVar[str] = "人工填报"
    is_reported: ClassVar[bool] = True
    has_steady_pace: ClassVar[bool] = False

    @property
    def _reporting(self) -> DutyDone | None:
        """Who has reported of those who owe it; None where the plan does not say who owes it."""
        return DutyDone(self.indicator) if self.indicator.own_duty is not None else None

    def _key(self, part: str) -> SeriesKey:
        plan = self.indicator.plan
        return SeriesKey("manual", f"{plan.code}/{self.indicator.code}/{part}")

    @override
    def series_keys(self, at_least: int | None = None) -> list[SeriesKey]:
        reporting = self._reporting
        return [*self._parts, *(reporting.series_keys() if reporting else ())]

    @property
    def _parts(self) -> list[SeriesKey]:
        return [self._key(part) for part in _PARTS]

    @override
    def stored_series_keys(self) -> set[SeriesKey]:
        return set(self.series_keys())

    @override
    def figure(
        self, code: str, now: SeriesView, before: SeriesView, at_least: int | None = None
    ) -> Figure:
        reporting = self._reporting
        if reporting is not None and reporting.number_short(code, now, 1):
            return NO_FIGURE
        numerator, denominator = (Decimal(now.at(code, key)) / _SCALE for key in self._parts)
        if denominator and not self.has_denominator:
            denominator = Decimal(1)
        return Figure(numerator, denominator)

    @property
    @override
    def has_denominator(self) -> bool:
        return self.indicator.is_averaged

    @property
    @override
    def gives_ratio(self) -> None:
        return None

    @override
    def faults(self) -> Iterator[Fault]:
        if not self.indicator.duty:
            return
        yield from (each for each in DutyDone(self.indicator).faults() if each.field == "duty")
        if not self.has_denominator:
            yield Fault("duty", f"以“{self.indicator.unit}”为单位的填报数各地相加，不用“duty”")

    @override
    def fingerprint(self, at_least: int) -> str:
        owed = f"|{self.indicator.plan.code}|{self.indicator.duty}" if self.indicator.duty else ""
        return f"{super().fingerprint(at_least)}{owed}"

    @property
    @override
    def text(self) -> str:
        text = "由各地填报并经审核，附依据" + ("" if self.has_denominator else "；各地填报数相加")
        reporting = self._reporting
        return f"{text}；应填报的全部填报后才有数" if reporting else text

    @override
    def parts(self, figure: Figure, at_least: int) -> list[tuple[str, str]]:
        if self._reporting is not None and not figure.denominator:
            return [("填报情况", "应填报的尚未全部填报")]
        if not self.has_denominator:
            return [("各地填报数之和", plain(figure.numerator, 2) or "0")]
        return [
            ("填报的完成数", plain(figure.numerator, 2) or "0"),
            ("填报的总数", plain(figure.denominator, 2) or "0"),
        ]

    @property
    @override
    def short_title(self) -> str:
        reporting = self._reporting
        return reporting.short_title if reporting else super().short_title

    @override
    def shortfalls(self, root: str, day: datetime.date, at_least: int) -> list[Shortfall]:
        """Those who owe a report and have not reported."""
        reporting = self._reporting
        return reporting.shortfalls(root, day, at_least) if reporting else []

    @override
    def number_short(self, code: str, now: SeriesView, at_least: int) -> int:
        reporting = self._reporting
        return reporting.number_short(code, now, at_least) if reporting else 0

    @property
    def _own(self) -> Q:
        """The condition that a reported figure is one of this indicator."""
        return Q(plan_code=self.indicator.plan.code, indicator_code=self.indicator.code)

    @override
    def contributions(self, scope: CountingScope, at_least: int) -> Iterator[Contribution]:
        """The reported figures that hold on the day, because no later one has replaced them."""
        rows = list(
            ManualFigure.objects.approved()
            .filter(self._own, scope.condition("area_id"), as_of__lte=scope.day)
            .select_related("reviewed_by")
            .order_by("area_id", "as_of")
        )
        ends = ends_of([(row.area_id, row.as_of) for row in rows], scope.successions)
        for row in (row for row, end in zip(rows, ends, strict=True) if end is None):
            yield Contribution(row, row.area_id, row.as_of, row.numerator)

    @override
    def fact_queries(self, day: datetime.date) -> list[FactQuery]:
        return [FactQuery.reported(self.indicator.plan.code, self.indicator.code, day)]

    @override
    def may_feed(self, record: Submission) -> bool:
        if not isinstance(record, ManualFigure):
            return super().may_feed(record)
        own = (self.indicator.plan.code, self.indicator.code)
        return own == (record.plan_code, record.indicator_code)

    @override
    def pending(self, code: str, day: datetime.date) -> QuerySet[Any] | None:
        place = Successions.stored().condition("area_id", code, day)
        return ManualFigure.objects.filter(self._own, place, status=Status.PENDING)
