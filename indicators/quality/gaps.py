"""Finds what is missing: days that records count from, and records of whole areas."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import urlencode

from django.urls import reverse

from areas.codes import COMMUNITY_LEVEL, TOWNSHIP_LEVEL, cut_to
from areas.models import Area
from dates.text import day_text
from indicators.measures import MEASURES
from indicators.quality.findings import (
    Finding,
    Found,
    Issue,
    Kind,
    QualityContext,
    listed,
    of_record,
)
from reviews.checks import field_label

RULE_OF_DATES = "没有计数日期的记录，审核通过后也不能计入指标。"
RULE_OF_SILENCE = "纳入考核的下级地区中，本期（自{since}起）没有提交过任何记录的。"


def missing_dates(sight: QualityContext) -> Found:
    """Return records whose day of counting is empty."""
    return listed(
        of_record(
            Issue.MISSING_DATE,
            record,
            f"未填“{field_label(record, field)}”，不能计入{'、'.join(names)}，应补填",
        )
        for (kind, field), names in _optional_dates().items()
        for record in sight.records(kind)
        .filter(**{f"{field}__isnull": True})
        .select_related("area")
        .order_by("area_id", "pk")
    )


def _optional_dates() -> dict[tuple[Kind, str], list[str]]:
    """Return days of counting that may be empty, with the measures that need them."""
    found: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    for measure in MEASURES.values():
        if measure.record == "" and measure.model._meta.get_field(measure.start).null:
            found[measure.model, measure.start].append(f"“{measure.name}”")  # type: ignore[index]
    return found


def silent_areas(sight: QualityContext) -> Found:
    """Return counted townships (in a township: communities) without a submission this period."""
    level = TOWNSHIP_LEVEL if sight.root.level < TOWNSHIP_LEVEL else COMMUNITY_LEVEL
    heard = {cut_to(tally.area, level) for tally in sight.tallies if tally.submitted}
    areas = Area.objects.within(sight.root.code).existing_on(sight.day)
    said = f"自{day_text(sight.since)}起没有提交过记录，应催报，或核实确无新增"
    query = urlencode({"on": sight.day})
    return listed(
        Finding(
            Issue.SILENT,
            f"{area}{said}",
            area.code,
            str(area),
            f"{reverse('quality', args=[area.code])}?{query}",
        )
        for area in areas.filter(level=level, is_counted=True)
        if area.code not in heard
    )
