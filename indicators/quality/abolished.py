"""Finds records that an abolished area has left behind (已撤销区划)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Q

from areas.codes import ancestors_of
from areas.models import Area, AreaSuccession
from areas.querysets import within_q
from dates.text import day_text
from indicators.quality.findings import (
    Finding,
    Found,
    Issue,
    Kind,
    QualityContext,
    below,
    listed,
)
from reviews.addresses import list_address
from reviews.models import EDITABLE, Status

#: The states of records that are not settled yet.
OPEN = sorted({*EDITABLE, Status.PENDING})
RULE_OF_ABOLISHED = "已撤销的区划仍有未办结的记录，或有已通过的记录而没有登记承接区划。"

_Counts = Counter[tuple[str, Kind]]


def abolished_areas(sight: QualityContext) -> Found:
    """Return a finding for each abolished area (the highest of nested ones) and kind."""
    gone = _gone(sight)
    open_, lost = _left_behind(sight, gone) if gone else (_Counts(), _Counts())
    findings = [
        *_of_counts(open_, gone, "还在草稿、待审核或已退回，应审核办结或作废", OPEN),
        *_of_counts(
            lost,
            gone,
            "已通过而没有承接区划，不计入任何承接地区，应登记区划变更",
            [Status.APPROVED],
        ),
    ]
    return listed(sorted(findings, key=lambda finding: finding.area_code))


def _gone(sight: QualityContext) -> dict[str, Area]:
    """Return areas abolished by the day: those below the root and those above it."""
    here = within_q("code", sight.root.code) | Q(code__in=sight.root.ancestor_codes)
    return {area.code: area for area in Area.objects.filter(here, valid_to__lte=sight.day)}


def _left_behind(sight: QualityContext, gone: dict[str, Area]) -> tuple[_Counts, _Counts]:
    """Count records that are not settled, and approved ones that no successor has taken over."""
    taken_over = set(
        AreaSuccession.objects.filter(on__lte=sight.day, carries_records=True).values_list(
            "predecessor_id", flat=True
        )
    )
    unsettled, lost = _Counts(), _Counts()
    for tally in sight.tallies:
        line = [*ancestors_of(tally.area), tally.area]
        highest = next((code for code in line if code in gone), None)
        if highest is not None:
            unsettled[highest, tally.kind] += tally.unsettled
            lost[highest, tally.kind] += 0 if taken_over & {*line} else tally.approved
    return +unsettled, +lost


def _of_counts(
    counts: _Counts, gone: dict[str, Area], text: str, states: Sequence[str]
) -> Iterator[Finding]:
    for (code, kind), number in counts.items():
        area, name = gone[code], kind._meta.verbose_name
        day = day_text(area.valid_to) if area.valid_to else ""
        sentence = f"{area}已于{day}撤销，仍有{number}条{name}{text}"
        link = list_address(kind, status__in=",".join(states), **below(code))
        yield Finding(Issue.ABOLISHED, sentence, code, str(area), link)
