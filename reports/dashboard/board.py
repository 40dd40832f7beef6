"""The data of a dashboard: figures of an area and of the areas below, now and at the last report.

Everything is read here, once; the other modules only arrange it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from areas.models import Area
from dates.months import end_of_month, month_end, month_number, year_before
from dates.text import day_text, month_text
from indicators.models import Indicator, Place, Plan
from indicators.progress.progress import Progress, indicators_of, progress_of, views_for
from indicators.rules import rule_of
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext
from reports.models import Edition


@dataclass(frozen=True)
class DashboardQuery:
    """The request for a dashboard: plan, area, day, target year and the user."""

    plan: Plan
    area: Area
    day: datetime.date
    user: User
    year: int | None = None

    @property
    def target_year(self) -> int:
        """The year whose targets the figures are measured against."""
        return self.year or self.day.year

    @cached_property
    def query(self) -> str:
        """The query string that passes day and year on to another address.

        Such as `?on=2026-11-12&year=2027`.
        """
        asked = {"on": self.day.isoformat()} | ({"year": str(self.year)} if self.year else {})
        return f"?{urlencode(asked)}"

    def address(self, code: str) -> str:
        """Return the address of another area's dashboard for the same plan, day and year."""
        return reverse("dashboard", args=[self.plan.code, code]) + self.query

    def figure(self, indicator: Indicator, code: str) -> str:
        """Return the address of a figure's page for the same day and year."""
        return f"{self._figures}{indicator.code}/{code}/{self.query}"

    @cached_property
    def _figures(self) -> str:
        # A table of a hundred rows has two thousand of these, so the address is built once.
        return reverse("figure", args=[self.plan.code, "-", "-"]).removesuffix("-/-/")


@dataclass(frozen=True)
class Since:
    """The basis of the comparison: the last filed report, or the day on which it was due."""

    day: datetime.date
    label: str
    #: Indicator code → value as sealed; None if nothing was sealed.
    sealed: dict[str, Decimal | None] | None = None


@dataclass
class DashboardFigures:
    """The figures that answer one `DashboardQuery`."""

    question: DashboardQuery
    tree: TreeContext
    children: list[Area]
    indicators: list[Indicator]
    views: tuple[SeriesView, SeriesView]
    rows: dict[str, list[Progress]]
    since: Since
    #: The views of the day of comparison, and the area's own figures on it.
    then: tuple[SeriesView, SeriesView] | None = None
    earlier: list[Progress] = field(default_factory=list)

    @property
    def items(self) -> list[Progress]:
        """The area's own figures in the order of the plan."""
        return self.rows[self.question.area.code]

    @cached_property
    def annex(self) -> list[Progress]:
        """The figures of the annex; all figures if the document has no annex."""
        return [item for item in self.items if item.indicator.place == Place.ANNEX] or self.items

    @cached_property
    def text(self) -> list[Progress]:
        """The figures of the document's text."""
        return [item for item in self.items if item not in self.annex]

    @cached_property
    def columns(self) -> list[int]:
        """The positions of the annex's indicators in each row."""
        return [self.items.index(item) for item in self.annex]

    def value_then(self, area: Area, position: int) -> Decimal | None:
        """Return the value at the last report, as sealed by the area or as counted for that day."""
        item, sealed = self.earlier[position], self.since.sealed or {}
        if area.code == self.question.area.code:
            return sealed.get(item.indicator.code, item.value)
        if self.then is None or not area.exists_on(self.since.day):
            return None
        return rule_of(item.indicator).figure(area.code, *self.then, item.at_least).value


def read_board(question: DashboardQuery) -> DashboardFigures:
    """Read all figures of a dashboard.

    The number of queries does not depend on areas or records.
    """
    plan, area, day = question.plan, question.area, question.day
    children = list(Area.objects.children_of(area.code, day))
    codes = [area.code, *(child.code for child in children)]
    indicators = indicators_of(plan, codes)
    tree = TreeContext(area.code, codes)
    views = views_for(indicators, codes, day, tree)
    rows = progress_of(plan, codes, day, question.year, tree, views=views, indicators=indicators)
    board = DashboardFigures(
        question, tree, children, indicators, views, rows, since_last(plan, area, day)
    )
    day = board.since.day
    board.then = views_on(board, codes, day)
    found = progress_of(plan, [area.code], day, tree=tree, views=board.then, indicators=indicators)
    board.earlier = found[area.code]
    return board


def views_on(
    board: DashboardFigures, codes: Sequence[str], day: datetime.date
) -> tuple[SeriesView, SeriesView]:
    """Return the views of another day, cut from those already read if they hold it.

    For 28 February, the year before may be a leap year; the 28th is then no month end.
    """
    now, before = board.views[0], year_before(day)
    is_held = day <= now.day and now.span.first <= before.year * 12
    if day == month_end(day) and before == month_end(before) and is_held:
        return now.cut(day), now.cut(before, day)
    return views_for(board.indicators, codes, day, board.tree)


def since_last(plan: Plan, area: Area, day: datetime.date) -> Since:
    """Return what to compare with.

    That is the report filed last before `day`; without one, its due day; before the first due day,
    the end of the month before.
    """
    editions = Edition.objects.filter(report__plan=plan, report__area=area, as_of__lt=day).order_by(
        "-report__due_on", "-number"
    )
    edition = editions.select_related("report").defer("content").first()
    due = plan.report_schedule.last_due(day)
    if edition is not None and (due is None or edition.report.due_on >= due):
        values = {
            code: None if text is None else Decimal(text) for code, text in edition.figures.items()
        }
        label = f"{edition.report.period}报告"
        return Since(edition.as_of, label, values)
    if due is not None:
        return Since(due, f"{day_text(due)}（上次报送日）")
    before = end_of_month(month_number(day) - 1)
    return Since(before, f"{month_text(before)}底")
