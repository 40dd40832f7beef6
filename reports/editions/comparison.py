"""Compares a period with the one before and with the same period a year before."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from dates.months import year_before
from dates.text import month_text
from indicators.progress.progress import as_json, progress_of
from indicators.rules.values import value_text
from reports.models import Edition, Report
from reports.schema.content import EarlierPeriod


def comparison(report: Report) -> list[EarlierPeriod]:
    """Return the earlier periods to compare with, without those before the plan's start.

    Values are as sealed; where nothing was sealed, they are counted from today's records.
    """
    found = []
    last = report.plan.report_schedule.last_due(report.due_on)
    a_year_ago = year_before(report.due_on)
    if last is not None:
        found.append(_of(report, "last", "上期", last))
    if a_year_ago >= report.plan.starts_on:
        found.append(_of(report, "year", "上年同期", a_year_ago))
    return found


def _of(report: Report, key: str, name: str, due_on: datetime.date) -> EarlierPeriod:
    label = f"{name}（{month_text(due_on)}）"
    edition = last_edition(report, due_on)
    values: Mapping[str, str | None]
    if edition is not None:
        day, source, values = edition.as_of, "edition", edition.figures
    else:
        day = report.plan.report_schedule.cut_off(due_on)
        rows = progress_of(report.plan, [report.area_id], day)[report.area_id]
        source, values = "records", {item.indicator.code: as_json(item)["value"] for item in rows}
    indicators = {each.code: each for each in report.plan.indicators.all()}
    texts = {
        code: value_text(indicators[code], None if value is None else Decimal(value))
        for code, value in values.items()
        if code in indicators
    }
    return EarlierPeriod(key, label, day, source, values, texts)


def last_edition(report: Report, due_on: datetime.date) -> Edition | None:
    """Return the last edition of the report's area for a due day, without its content; or None."""
    editions = Edition.objects.filter(
        report__plan=report.plan, report__area=report.area_id, report__due_on=due_on
    )
    return editions.defer("content").order_by("-number").first()
