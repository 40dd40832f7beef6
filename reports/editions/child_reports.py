"""The reports that an area compiles: which areas below have filed, and with which edition."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from areas.models import Area
from indicators.models import Indicator, Plan
from indicators.rules import rule_of
from indicators.rules.answers.figure import Figure
from reports.filers import filers_below
from reports.models import Edition, Report, ReportQuerySet, ReportState
from reports.schema.content import ChildFiling


@dataclass(frozen=True)
class ChildReport:
    """An area below with its report of the period and the edition that counts for it, if any."""

    area: Area
    report: Report
    edition: Edition | None

    @property
    def is_missing(self) -> bool:
        """Whether the report was not filed, or was returned and not filed again."""
        return self.edition is None

    def figure(self, indicator: Indicator, at_least: int) -> Figure | None:
        """Return the sealed figure of an indicator; None where there is none or its rule differs."""
        fraction = self.edition.fractions.get(indicator.code) if self.edition else None
        if fraction is None or fraction[2:] not in ([], [rule_of(indicator).fingerprint(at_least)]):
            return None
        return Figure(Decimal(fraction[0]), Decimal(fraction[1]))

    def as_sealed(self) -> ChildFiling:
        """Return the child's entry in the edition of the area above."""
        edition, report = self.edition, self.report
        return ChildFiling(
            code=self.area.code,
            name=self.area.short_name,
            label=report.standing.label,
            file_by=report.file_by,
            first_filed_on=report.first_filed_on,
            number=edition.number if edition else None,
            sha256=edition.sha256 if edition else "",
            as_of=edition.as_of if edition else None,
            is_zero=edition.is_zero if edition else False,
            values=edition.figures if edition else {},
        )


def reports_below(report: Report) -> list[ChildReport]:
    """Return the report of each area below that files to this one, by code. Three queries."""
    areas = filers_below(report.plan, report.area, report.due_on)
    reports = reports_of(report.plan, report.due_on, report.area_id)
    editions = latest_editions(reports[each.code] for each in areas if each.code in reports)
    return child_reports(report.plan, report.due_on, areas, reports, editions)


def reports_of(plan: Plan, due_on: datetime.date, root: str) -> dict[str, Report]:
    """A plan's reports of one due day by area, within the area `root`; without drafts and texts."""
    rows: ReportQuerySet = Report.objects.filter(plan=plan, due_on=due_on)
    return {each.area_id: each for each in rows.within(root).defer("draft", "narrative")}


def latest_editions(reports: Iterable[Report]) -> dict[int, Edition]:
    """By report, its latest edition; a report that is not filed has no entry."""
    done = [each.pk for each in reports if each.is_done]
    rows = Edition.objects.filter(report__in=done).defer("content").order_by("number")
    return {edition.report_id: edition for edition in rows}


def child_reports(
    plan: Plan,
    due_on: datetime.date,
    areas: Iterable[Area],
    reports: Mapping[str, Report],
    editions: Mapping[int, Edition],
) -> list[ChildReport]:
    """One for each of `areas`, from the reports of the due day by area and their editions."""
    found = []
    is_past = due_on < timezone.localdate()
    for area in areas:
        if area.code not in reports and is_past:  # it was filed too late for this period
            continue
        own = reports.get(area.code) or _not_prepared(plan, due_on, area)
        found.append(ChildReport(area, own, editions.get(own.pk) if own.pk else None))
    return found


def _not_prepared(plan: Plan, due_on: datetime.date, area: Area) -> Report:
    """Return an unsaved report for an area that is new; the next daily run prepares a real one."""
    return Report(
        plan=plan,
        area=area,
        due_on=due_on,
        file_by=plan.report_schedule.own_due_day(due_on, area.level),
        state=ReportState.DUE,
    )


def missing_of(below: Sequence[ChildReport]) -> list[ChildReport]:
    """Return the reports that are missing."""
    return [each for each in below if each.is_missing]
