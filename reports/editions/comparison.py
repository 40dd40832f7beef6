"""Compares a period with the one before and with the same period a year before."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from dates.months import year_before
from dates.text import month_text
from indicators.progress.progress import as_json
from indicators.rules.answers.values import value_text
from reports.editions.period import PeriodContext
from reports.models import Report
from reports.schema.content import EarlierPeriod


def comparison(report: Report, context: PeriodContext) -> list[EarlierPeriod]:
    """Return the earlier periods to compare with, without those before the plan's start.

    Values are as sealed; where nothing was sealed, they are counted from today's records.
    """
    found = []
    last = context.last_due
    a_year_ago = year_before(report.due_on)
    if last is not None:
        found.append(_of(report, context, "last", "上期", last))
    if a_year_ago >= report.plan.starts_on:
        found.append(_of(report, context, "year", "上年同期", a_year_ago))
    return found


def _of(
    report: Report, context: PeriodContext, key: str, name: str, due_on: datetime.date
) -> EarlierPeriod:
    label = f"{name}（{month_text(due_on)}）"
    edition = context.edition_before(report.area_id, due_on)
    values: Mapping[str, str | None]
    if edition is not None:
        day, source, values = edition.as_of, "edition", edition.figures
    else:
        day = report.plan.report_schedule.cut_off(due_on)
        rows = context.progress_on(day)[report.area_id]
        source, values = "records", {item.indicator.code: as_json(item)["value"] for item in rows}
    indicators = {each.code: each for each in context.indicators}
    texts = {
        code: value_text(indicators[code], None if value is None else Decimal(value))
        for code, value in values.items()
        if code in indicators
    }
    return EarlierPeriod(key, label, day, source, values, texts)
