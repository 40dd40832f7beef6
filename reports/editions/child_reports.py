"""The reports that an area compiles: which areas below have filed, and with which edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from areas.models import Area
from indicators.models import Indicator
from indicators.rules import rule_of
from indicators.rules.figure import Figure
from reports.filers import filers_below
from reports.models import Edition, Report, ReportState
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
        """Return what an edition above says of it."""
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
    reports = {
        each.area_id: each
        for each in Report.objects.filter(plan=report.plan, due_on=report.due_on, area__in=areas)
    }
    done = [each.pk for each in reports.values() if each.is_done]
    editions: dict[int, Edition] = {}
    for edition in Edition.objects.filter(report__in=done).defer("content").order_by("number"):
        editions[edition.report_id] = edition
    found = []
    is_past = report.due_on < timezone.localdate()
    for area in areas:
        if area.code not in reports and is_past:  # it came too late for this period
            continue
        own = reports.get(area.code) or _not_prepared(report, area)
        found.append(ChildReport(area, own, editions.get(own.pk) if own.pk else None))
    return found


def _not_prepared(report: Report, area: Area) -> Report:
    """Return an unsaved report for an area that is new; the next daily run prepares a real one."""
    return Report(
        plan=report.plan,
        area=area,
        due_on=report.due_on,
        file_by=report.plan.report_schedule.own_due_day(report.due_on, area.level),
        state=ReportState.DUE,
    )


def missing_of(below: Sequence[ChildReport]) -> list[ChildReport]:
    """Return the reports that are missing."""
    return [each for each in below if each.is_missing]
