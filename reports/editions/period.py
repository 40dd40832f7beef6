"""The data behind the reports of one plan and due day, read once for one report or for all."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from areas.models import Area
from dates.months import year_before
from indicators.models import Indicator, Plan
from indicators.progress.progress import Progress, indicators_of, progress_of, views_for
from indicators.progress.records_behind import RecordsBehind
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext
from reports.editions.child_reports import ChildReport, child_reports, latest_editions, reports_of
from reports.editions.parts.duties import DutiesRead
from reports.editions.parts.tasks import TasksRead
from reports.filers import level_below
from reports.models import Edition, EditionMember, Report

_NO_KEYS: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)


class PeriodContext:
    """The areas, figures, editions and records of a plan's reports that fall due on one day.

    Every part is read at its first use, with one statement for all reports, and then kept (ADR 0019).
    A context serves one sealing or one preparation and is dropped after it.
    """

    def __init__(
        self,
        plan: Plan,
        due_on: datetime.date,
        day: datetime.date,
        areas: Sequence[Area],
        tree: TreeContext,
    ) -> None:
        """`day`: the day of the figures. `areas`: the areas of the requested reports, all of them
        in the subtree of `tree`."""
        self.plan, self.due_on, self.day = plan, due_on, day
        self.areas, self.tree = areas, tree
        self._progress: dict[datetime.date, dict[str, list[Progress]]] = {}

    @classmethod
    def of(cls, report: Report, day: datetime.date) -> PeriodContext:
        """The context of one report alone."""
        tree = TreeContext(report.area_id)
        return cls(report.plan, report.due_on, day, [report.area], tree)

    # --- areas and who files ----------------------------------------------------------------

    def children_of(self, area: Area) -> list[Area]:
        """The areas one level below that exist on the day, by code."""
        return self.tree.existing(self.day, area.code, area.level + 1)

    def reports_below(self, area: Area) -> list[ChildReport]:
        """The report of each area below that files to this one, by code."""
        areas = self._all_filers_below[area.code]
        if not areas:
            return []
        return child_reports(self.plan, self.due_on, areas, self._reports, self._editions)

    def _filers_below(self, area: Area) -> list[Area]:
        level = level_below(self.plan, area.level)
        if level is None:
            return []
        found = self.tree.existing(self.due_on, area.code, level)
        return [each for each in found if each.is_counted or each.code == self.plan.area_code]

    @cached_property
    def _all_filers_below(self) -> dict[str, list[Area]]:
        """By area of the requested reports, the areas that file to it."""
        return {area.code: self._filers_below(area) for area in self.areas}

    @cached_property
    def _reports(self) -> dict[str, Report]:
        return reports_of(self.plan, self.due_on, self.tree.root)

    @cached_property
    def _editions(self) -> dict[int, Edition]:
        codes = {each.code for found in self._all_filers_below.values() for each in found}
        return latest_editions(self._reports[code] for code in codes if code in self._reports)

    # --- figures ----------------------------------------------------------------------------

    @cached_property
    def _codes(self) -> list[str]:
        """The areas whose figures the reports show: their own, those below, and who files to them."""
        found: dict[str, None] = {}
        for area in self.areas:
            below = (*self.children_of(area), *self._all_filers_below[area.code])
            found |= dict.fromkeys([area.code, *(each.code for each in below)])
        return list(found)

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The plan's indicators in its order, with their targets."""
        return indicators_of(self.plan, self._codes)

    @cached_property
    def views(self) -> tuple[SeriesView, SeriesView]:
        """The series of all areas as of the day, and a year before."""
        return views_for(self.indicators, self._codes, self.day, self.tree)

    @cached_property
    def live(self) -> dict[str, list[Progress]]:
        """By area, the progress of every indicator, counted from the records on the day."""
        return progress_of(
            self.plan,
            self._codes,
            self.day,
            tree=self.tree,
            views=self.views,
            indicators=self.indicators,
        )

    def progress_on(self, day: datetime.date) -> dict[str, list[Progress]]:
        """The same on another day, for the areas of the requested reports."""
        if day not in self._progress:
            codes = [area.code for area in self.areas]
            self._progress[day] = progress_of(
                self.plan, codes, day, tree=self.tree, indicators=self.indicators
            )
        return self._progress[day]

    # --- duties and tasks -------------------------------------------------------------------

    @cached_property
    def duties(self) -> DutiesRead:
        """How the plan's duties stand on the day."""
        return DutiesRead(self.plan, self.tree.root, self.day)

    @cached_property
    def tasks(self) -> TasksRead:
        """How the plan's tasks stand in the period."""
        return TasksRead(self.plan, self.tree.root, self.due_on)

    # --- earlier periods --------------------------------------------------------------------

    @cached_property
    def last_due(self) -> datetime.date | None:
        """The plan's due day before this one; None for its first."""
        return self.plan.report_schedule.last_due(self.due_on)

    def edition_before(self, code: str, due_on: datetime.date) -> Edition | None:
        """The area's last edition for the due day before, or for the same due day of last year."""
        return self._earlier.get((code, due_on))

    @cached_property
    def _earlier(self) -> dict[tuple[str, datetime.date], Edition]:
        days = [day for day in (self.last_due, year_before(self.due_on)) if day is not None]
        rows = Edition.objects.filter(
            report__plan=self.plan,
            report__area__in=[area.code for area in self.areas],
            report__due_on__in=days,
        )
        rows = rows.select_related("report").defer("content", "report__draft", "report__narrative")
        return {(row.report.area_id, row.report.due_on): row for row in rows.order_by("number")}

    # --- records ----------------------------------------------------------------------------

    @cached_property
    def records(self) -> RecordsBehind:
        """The approved records behind all figures."""
        return RecordsBehind(self.indicators, self.day, self.tree)

    def keys_sealed_before(self, code: str, kind: str) -> npt.NDArray[np.int64]:
        """The keys of an area's records of a kind in its edition of the due day before."""
        edition = self.edition_before(code, self.last_due) if self.last_due else None
        return _NO_KEYS if edition is None else self._members.get((edition.pk, kind), _NO_KEYS)

    @cached_property
    def _members(self) -> dict[tuple[int, str], npt.NDArray[np.int64]]:
        """By edition of the due day before and kind, the keys of the sealed records."""
        editions = [row.pk for (_, due_on), row in self._earlier.items() if due_on == self.last_due]
        rows = EditionMember.objects.filter(edition__in=editions)
        found: dict[tuple[int, str], list[int]] = {}
        for edition, kind, key in rows.values_list("edition_id", "kind", "object_id"):
            found.setdefault((edition, kind), []).append(key)
        return {name: np.array(keys, dtype=np.int64) for name, keys in found.items()}


def contexts_of(
    plan: Plan, reports: Iterable[Report], day: datetime.date, tree: TreeContext
) -> dict[datetime.date, PeriodContext]:
    """By due day, one context for all of these reports of a plan, prepared on `day`."""
    by_day: dict[datetime.date, list[Report]] = {}
    for report in reports:
        by_day.setdefault(report.due_on, []).append(report)
    return {
        due_on: PeriodContext(
            plan, due_on, found[0].as_of(day), [report.area for report in found], tree
        )
        for due_on, found in by_day.items()
    }
