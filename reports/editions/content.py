"""Gathers the content of drafts and editions, and builds the objects of the schema."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from areas.models import Area, AreaSuccession
from areas.querysets import within_q
from dates.months import end_of_month
from dates.text import day_text
from indicators.models import Indicator, Plan, Target
from indicators.models.report_form import OPENING
from indicators.progress.formatting import target_text
from indicators.progress.progress import (
    Progress,
    as_json,
    progress_of,
    trend_of,
)
from indicators.progress.target_sentences import demand_text
from indicators.rules import rule_of
from indicators.rules.answers.values import value_text
from indicators.store.series_view import SeriesView
from reports.editions.child_reports import ChildReport
from reports.editions.comparison import comparison
from reports.editions.consolidation import differences, exact, is_consolidated, sums_of
from reports.editions.narrative import NarrativeInputs, drafted, moved_words, sections
from reports.editions.parts.tasks import TaskWords
from reports.editions.period import PeriodContext
from reports.editions.records import ledgers_of, new_records, records_behind
from reports.models import Report
from reports.recipients import recipients_of
from reports.schema.content import (
    ChildValues,
    Consolidation,
    Draft,
    EarlierPeriod,
    Filing,
    Fraction,
    MonthlyTrend,
    NewRecords,
    ReportContent,
    SealedArea,
    SealedDuty,
    SealedForm,
    SealedIndicator,
    SealedPlan,
    SealedSuccession,
    SealedTarget,
)

_PLACEHOLDER = re.compile(r"\{\w+\}")
#: Months of the trend, the report's own last.
_MONTHS = 12


# --- reading --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportFigures:
    """All figures of a report on a day."""

    report: Report
    day: datetime.date
    views: tuple[SeriesView, SeriesView]
    children: list[Area]
    below: list[ChildReport]
    #: Area code → figures counted from the records: the area, those below, those that file to it.
    live: Mapping[str, Sequence[Progress]]
    #: The report's own figures: the sum of the editions below, where the report is consolidated.
    items: Sequence[Progress]

    @property
    def is_from_editions(self) -> bool:
        """Whether the report's figures are the sum of the editions below."""
        return is_consolidated(self.report.area, self.below)


def read(report: Report, context: PeriodContext) -> ReportFigures:
    """Read the figures of a report's area and the areas below on a day, and the reports below."""
    area, day, live = report.area, context.day, context.live
    children, below = context.children_of(area), context.reports_below(area)
    items = live[area.code]
    if is_consolidated(area, below):
        given = {
            (area.code, each.indicator.code): each.figure for each in sums_of(area, live, below)
        }
        rows = progress_of(
            report.plan,
            [area.code],
            day,
            tree=context.tree,
            views=context.views,
            indicators=context.indicators,
            given=given,
        )
        items = rows[area.code]
    return ReportFigures(report, day, context.views, children, below, live, items)


# --- figures and text -------------------------------------------------------------------------


def draft_of(report: Report, context: PeriodContext) -> Draft:
    """Return the draft of a report: its figures, the reports below, and drafted sections."""
    reading = read(report, context)
    compared = comparison(report, context)
    new = _new_records(reading, context)
    duties = context.duties.lines_of(report.area)
    return Draft(
        as_of=context.day,
        year=context.day.year,
        indicators=_indicators(reading),
        children=_children(reading),
        comparison=compared,
        filing=_filing(reading),
        duties=duties,
        tasks=context.tasks.lines_of(report.area),
        narrative=drafted(_ground(reading, compared, new, duties, _words(reading, context))),
    )


def _indicators(reading: ReportFigures) -> list[SealedIndicator]:
    return [_indicator(item) for item in reading.items]


def _children(reading: ReportFigures) -> list[ChildValues]:
    return [
        ChildValues(child.code, child.short_name, _values(reading, child))
        for child in reading.children
    ]


def _values(reading: ReportFigures, child: Area) -> dict[str, str | None]:
    """Return the values of an area below: as filed in a consolidated report, else as counted."""
    if reading.is_from_editions:
        filed = {each.area.code: each for each in reading.below}.get(child.code)
        figures = filed.edition.figures if filed and filed.edition else {}
        return {item.indicator.code: figures.get(item.indicator.code) for item in reading.items}
    return {item.indicator.code: as_json(item)["value"] for item in reading.live[child.code]}


def _indicator(item: Progress) -> SealedIndicator:
    indicator, figure = item.indicator, item.figure
    return SealedIndicator(
        **as_json(item),
        exact=Fraction(exact(figure.numerator), exact(figure.denominator)),
        fingerprint=rule_of(indicator).fingerprint(item.at_least),
        position=indicator.position,
        place=str(indicator.place),
        clause=indicator.clause,
        counting_label=indicator.get_counting_display(),
        rule=rule_of(indicator).text,
        at_least=item.at_least,
        targets=[_target(indicator, target) for target in indicator.targets.all()],
        reading=indicator.reading,
        is_percentage=indicator.is_percentage,
        target_text=target_text(indicator, item.target),
        value_text=value_text(indicator, item.value),
        status_label=item.state.label,
    )


def _target(indicator: Indicator, target: Target) -> SealedTarget:
    return SealedTarget(
        due_on=target.due_on,
        place=str(target.place),
        document=target.document,
        clause=target.clause,
        text=demand_text(indicator, target),
    )


def _filing(reading: ReportFigures) -> Filing:
    return Filing([each.as_sealed() for each in reading.below])


def _ground(
    reading: ReportFigures,
    compared: Sequence[EarlierPeriod],
    new: Sequence[NewRecords],
    duties: Sequence[SealedDuty],
    words: TaskWords,
) -> NarrativeInputs:
    last = next((each for each in compared if each.key == "last"), None)
    report = reading.report
    return NarrativeInputs(
        plan=report.plan,
        area=report.area,
        day=reading.day,
        items=reading.items,
        children=reading.children,
        rows=reading.live,
        below=reading.below,
        last=last.values if last else {},
        last_label=last.label if last else "",
        new=new,
        is_first=last is None or last.source != "edition",
        is_from_editions=reading.is_from_editions,
        duties=duties,
        words=words,
    )


def _words(reading: ReportFigures, context: PeriodContext) -> TaskWords:
    """Return what areas told of the plan's tasks in the period."""
    return context.tasks.words_of(reading.report.area)


def _new_records(reading: ReportFigures, context: PeriodContext) -> list[NewRecords]:
    """Count by kind the records that the last report did not count.

    A consolidated report counts none, because the editions below count their own.
    """
    return [] if reading.is_from_editions else new_records(reading.report, context)


# --- the whole --------------------------------------------------------------------------------


@dataclass(frozen=True)
class CompiledReport:
    """A report's content, ready to be sealed.

    `moved_sections`: titles of the edited sections whose figures have changed since the edit.
    """

    content: ReportContent
    moved_sections: Sequence[str]


def content_of(report: Report, day: datetime.date) -> CompiledReport:
    """Return the whole content of an edition without its seal (who, when, after which edition)."""
    context = PeriodContext.of(report, day)
    reading = read(report, context)
    plan, area = report.plan, report.area
    filed = [each.area.code for each in reading.below] if reading.is_from_editions else []
    members, records = records_behind(report, context, filed)
    compared = comparison(report, context)
    new = _new_records(reading, context)
    duties = context.duties.lines_of(area)
    draft = drafted(_ground(reading, compared, new, duties, _words(reading, context)))
    content = ReportContent(
        plan=_plan(plan),
        area=_area(plan, area),
        form=form_of(report, day),
        due_on=report.due_on,
        file_by=report.file_by,
        tree=[each.code for each in context.tree.existing(day) if each.is_counted],
        successions=_successions(area, day),
        as_of=day,
        year=day.year,
        indicators=_indicators(reading),
        children=_children(reading),
        comparison=compared,
        trend=_trend(reading),
        filing=_filing(reading),
        duties=duties,
        tasks=context.tasks.lines_of(area),
        consolidation=_consolidation(reading),
        narrative=sections(draft, report.narrative),
        members=members,
        new_records=new,
        ledgers=ledgers_of(records, report, context),
    )
    return CompiledReport(content, moved_words(draft, report.narrative))


def _plan(plan: Plan) -> SealedPlan:
    return SealedPlan(
        code=plan.code,
        title=plan.title,
        document_number=plan.document_number,
        issuer=plan.issuer,
        issued_on=plan.issued_on,
        recipients=[office.name for office in plan.recipient_offices],
        source_sha256=plan.source_sha256,
    )


def _area(plan: Plan, area: Area) -> SealedArea:
    return SealedArea(
        code=area.code,
        name=area.short_name,
        level=area.level,
        is_top=area.code == plan.area_code,
        child_label=plan.label_of(min(area.level + 1, 5)),
    )


def form_of(report: Report, day: datetime.date) -> SealedForm:
    """Return how the plan has a report titled, addressed and signed."""
    plan, area = report.plan, report.area
    number = f"（{plan.document_number}）" if plan.document_number else ""
    opening = plan.report_opening or OPENING
    words = {
        "{basis}": f"《{plan.title}》{number}",
        "{area}": area.short_name,
        "{day}": day_text(day),
        "{title}": plan.report_name,
    }
    return SealedForm(
        subject=plan.subject,
        title=plan.report_name,
        opening=_PLACEHOLDER.sub(lambda found: words.get(found[0], found[0]), opening),
        recipients=[office.name for office in recipients_of(report)],
        signatories=[office.name for office in plan.signatories_of(area)],
        is_compilation=report.is_compilation,
        assumed=plan.report_assumed,
    )


def _successions(area: Area, day: datetime.date) -> list[SealedSuccession]:
    """Return the area successions that the figures take into account."""
    own = within_q("predecessor_id", area.code) | within_q("successor_id", area.code)
    rows = AreaSuccession.objects.filter(own, on__lte=day).order_by("on", "predecessor_id", "pk")
    return [
        SealedSuccession(
            on=row.on,
            predecessor=row.predecessor_id,
            successor=row.successor_id,
            document_number=row.document_number,
            carries_records=row.carries_records,
        )
        for row in rows
    ]


def _trend(reading: ReportFigures) -> MonthlyTrend:
    """Return the values at the last months' ends and on the day, counted from the records."""
    now, before = reading.views
    code, months = reading.report.area_id, min(_MONTHS, len(now.span))
    days = [end_of_month(now.span.last - back) for back in range(months - 1, 0, -1)] + [reading.day]
    values: dict[str, list[str | None]] = {}
    own = {item.indicator.code: item.figure for item in reading.items}
    for item in reading.live[code]:
        figures = trend_of(item.indicator, code, now, months, before, item.at_least)
        figures[-1] = own[item.indicator.code]
        values[item.indicator.code] = [
            None if figure.value is None else exact(figure.value) for figure in figures
        ]
    return MonthlyTrend(days, values)


def _consolidation(reading: ReportFigures) -> Consolidation:
    """Return filed sums beside the figures of the records; None where no area below files."""
    if not reading.below:
        return Consolidation(is_from_editions=False, sums=[], differences=[])
    sums = sums_of(reading.report.area, reading.live, reading.below)
    return Consolidation(
        is_from_editions=reading.is_from_editions,
        sums=[each.as_sealed() for each in sums],
        differences=differences(reading.live, reading.below),
    )
