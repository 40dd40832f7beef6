"""What an edition holds: figures, targets, rules, tree, what was filed below, words, member records."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from areas.models import Area, AreaSuccession
from areas.querysets import within_q
from dates.months import end_of_month
from indicators.progress.formatting import target_text
from indicators.progress.progress import (
    Progress,
    as_json,
    indicators_of,
    progress_of,
    trend_of,
    views_for,
)
from indicators.progress.target_sentences import demand_text
from indicators.rules import rule_of
from indicators.rules.values import value_text
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext
from reports.editions.child_reports import ChildReport, missing_of, reports_below
from reports.editions.comparison import comparison, last_edition
from reports.editions.consolidation import differences, exact, is_consolidated, sums_of
from reports.editions.narrative import NarrativeInputs, drafted, moved_words, sections
from reports.editions.records import Members, ledgers_of, records_behind
from reports.models import Edition, EditionMember, Report
from reviews.kinds import record_kinds

FORMAT = 2
#: Months of the trend, the report's own last.
_MONTHS = 12


def canonical(content: dict[str, Any]) -> str:
    """One spelling of a content: sorted keys, no blanks, no escapes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def sealed_values(content: dict[str, Any]) -> dict[str, str | None]:
    """Indicator code → value, out of an edition's content."""
    return {item["code"]: item["value"] for item in content["indicators"]}


def sealed_fractions(content: dict[str, Any]) -> dict[str, list[str]]:
    """Indicator code → numerator and denominator, exactly, and by which rule."""
    return {
        item["code"]: [
            *item.get("exact", [item["numerator"], item["denominator"]]),
            *([item["fingerprint"]] if "fingerprint" in item else []),
        ]
        for item in content["indicators"]
    }


# --- reading --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportFigures:
    """Everything that is counted for a report, read once."""

    report: Report
    day: datetime.date
    views: tuple[SeriesView, SeriesView]
    children: list[Area]
    below: list[ChildReport]
    #: By area: its own, the areas directly below, those that file to it. As the records say.
    live: Mapping[str, Sequence[Progress]]
    #: The report's own figures: from the editions below where they are made of those.
    items: Sequence[Progress]

    @property
    def is_from_editions(self) -> bool:
        """Whether the figures are those the areas below have signed."""
        return is_consolidated(self.report.area, self.below)


def read(report: Report, day: datetime.date) -> ReportFigures:
    """The figures of a report's area on a day, of the areas below, and what those have filed."""
    plan, area = report.plan, report.area
    children = list(Area.objects.children_of(area.code, day))
    below = reports_below(report)
    codes = [area.code, *(each.code for each in children)]
    codes += [each.area.code for each in below if each.area.code not in codes]
    indicators = indicators_of(plan, codes)
    tree = TreeContext(area.code)
    views = views_for(indicators, codes, day, tree)
    live = progress_of(plan, codes, day, tree=tree, views=views, indicators=indicators)
    items = live[area.code]
    if is_consolidated(area, below):
        given = {
            (area.code, each.indicator.code): each.figure for each in sums_of(area, live, below)
        }
        rows = progress_of(
            plan, [area.code], day, tree=tree, views=views, indicators=indicators, given=given
        )
        items = rows[area.code]
    return ReportFigures(report, day, views, children, below, live, items)


# --- figures and words ------------------------------------------------------------------------


def draft_of(report: Report, day: datetime.date) -> dict[str, Any]:
    """What a report that is being prepared shows: figures, who is missing, drafted words."""
    reading = read(report, day)
    compared = comparison(report)
    members = {} if reading.is_from_editions else records_behind(report, day)[0]
    return {
        **_figures(reading),
        "comparison": compared,
        "filing": _filing(reading),
        "narrative": drafted(_ground(reading, compared, _new_records(reading, members))),
    }


def _figures(reading: ReportFigures) -> dict[str, Any]:
    """The figures of the report's area and of the areas directly below it."""
    return {
        "as_of": reading.day.isoformat(),
        "year": reading.day.year,
        "indicators": [_indicator(item) for item in reading.items],
        "children": [
            {
                "code": child.code,
                "name": child.short_name,
                "values": _values(reading, child),
            }
            for child in reading.children
        ],
    }


def _values(reading: ReportFigures, child: Area) -> list[str | None]:
    """An area's values: as it filed them where the report is made of what was filed."""
    if reading.is_from_editions:
        filed = {each.area.code: each for each in reading.below}.get(child.code)
        figures = filed.edition.figures if filed and filed.edition else {}
        return [figures.get(item.indicator.code) for item in reading.items]
    return [_text(item) for item in reading.live[child.code]]


def _text(item: Progress) -> str | None:
    value = as_json(item)["value"]
    return None if value is None else str(value)


def _indicator(item: Progress) -> dict[str, Any]:
    indicator, figure = item.indicator, item.figure
    return {
        **as_json(item),
        "exact": [exact(figure.numerator), exact(figure.denominator)],
        "fingerprint": rule_of(indicator).fingerprint(item.at_least),
        "position": indicator.position,
        "place": str(indicator.place),
        "clause": indicator.clause,
        "counting_label": indicator.get_counting_display(),
        "rule": rule_of(indicator).text,
        "at_least": item.at_least,
        "targets": [
            {
                "due_on": target.due_on.isoformat(),
                "place": str(target.place),
                "document": target.document,
                "clause": target.clause,
                "text": demand_text(indicator, target),
            }
            for target in indicator.targets.all()
        ],
        "reading": indicator.reading,
        "is_percentage": indicator.is_percentage,
        "target_text": target_text(indicator, item.target),
        "value_text": value_text(indicator, item.value),
        "status_label": item.state.label,
    }


def _filing(reading: ReportFigures) -> dict[str, Any]:
    return {
        "children": [
            {**each.as_json(), "values": each.edition.figures if each.edition else {}}
            for each in reading.below
        ],
        "missing": [
            {key: each.as_json()[key] for key in ("code", "name", "label", "file_by")}
            for each in missing_of(reading.below)
        ],
    }


def _ground(
    reading: ReportFigures, compared: Sequence[Mapping[str, Any]], new: Mapping[str, int]
) -> NarrativeInputs:
    last: Mapping[str, Any] = next((each for each in compared if each["key"] == "last"), {})
    report = reading.report
    return NarrativeInputs(
        plan=report.plan,
        area=report.area,
        day=reading.day,
        items=reading.items,
        children=reading.children,
        rows=reading.live,
        below=reading.below,
        last=last.get("values", {}),
        last_label=last.get("label", ""),
        new=new,
        is_first=last.get("source") != "edition",
        is_from_editions=reading.is_from_editions,
    )


def _new_records(reading: ReportFigures, members: Members) -> dict[str, int]:
    """Kind → records that were in no figure when last reported. Where a report is made of editions,
    those below tell of theirs."""
    if reading.is_from_editions:
        return {}
    keys = {(kind, pk) for rows in members.values() for kind, pk, _ in rows}
    edition = _last_edition(reading.report)
    if edition is not None:
        keys -= set(EditionMember.objects.filter(edition=edition).values_list("kind", "object_id"))
    counted = Counter(kind for kind, _ in keys)
    names = {kind._meta.label_lower: str(kind._meta.verbose_name) for kind in record_kinds()}
    return {name: counted[label] for label, name in names.items() if counted[label]}


def _last_edition(report: Report) -> Edition | None:
    """What the area sealed for the due day before."""
    last = report.plan.report_schedule.last_due(report.due_on)
    return last_edition(report, last) if last else None


# --- the whole --------------------------------------------------------------------------------


def content_of(report: Report, day: datetime.date) -> dict[str, Any]:
    """Everything an edition holds but who sealed it, when, and after which edition."""
    reading = read(report, day)
    plan, area = report.plan, report.area
    filed = [each.area.code for each in reading.below] if reading.is_from_editions else []
    members, records = records_behind(report, day, filed)
    compared = comparison(report)
    new = _new_records(reading, members)
    counted = Area.objects.within(area.code).existing_on(day).filter(is_counted=True)
    draft = drafted(_ground(reading, compared, new))
    return {
        "format": FORMAT,
        "plan": {
            "code": plan.code,
            "title": plan.title,
            "document_number": plan.document_number,
            "issuer": plan.issuer,
            "issued_on": plan.issued_on.isoformat(),
            "recipients": plan.report_recipients,
            "source_sha256": plan.source_sha256,
        },
        "area": {
            "code": area.code,
            "name": area.short_name,
            "level": area.level,
            "is_top": area.code == plan.area_code,
            "child_label": plan.label_of(min(area.level + 1, 5)),
        },
        "due_on": report.due_on.isoformat(),
        "file_by": report.file_by.isoformat(),
        "tree": list(counted.order_by("code").values_list("code", flat=True)),
        "successions": _successions(area, day),
        **_figures(reading),
        "comparison": compared,
        "trend": _trend(reading),
        "filing": _filing(reading),
        "consolidation": _consolidation(reading),
        "narrative": sections(draft, report.narrative),
        "moved_words": moved_words(draft, report.narrative),
        "members": members,
        "new_records": new,
        "ledgers": ledgers_of(records, report, day),
    }


def _successions(area: Area, day: datetime.date) -> list[dict[str, Any]]:
    """The changes of areas that the figures followed."""
    own = within_q("predecessor_id", area.code) | within_q("successor_id", area.code)
    rows = AreaSuccession.objects.filter(own, on__lte=day).order_by("on", "predecessor_id", "pk")
    return [
        {
            "on": row.on.isoformat(),
            "predecessor": row.predecessor_id,
            "successor": row.successor_id,
            "document_number": row.document_number,
            "carries_records": row.carries_records,
        }
        for row in rows
    ]


def _trend(reading: ReportFigures) -> dict[str, Any]:
    """Values at the last months' ends and on the day itself, as the records say."""
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
    return {"days": [day.isoformat() for day in days], "values": values}


def _consolidation(reading: ReportFigures) -> dict[str, Any]:
    """What was filed below beside what the records say; nothing where nobody files below."""
    if not reading.below:
        return {"is_from_editions": False, "sums": [], "differences": []}
    return {
        "is_from_editions": reading.is_from_editions,
        "sums": [
            each.as_json() for each in sums_of(reading.report.area, reading.live, reading.below)
        ],
        "differences": differences(reading.live, reading.below),
    }
