"""零报告: a report that states that nothing is new."""

from __future__ import annotations

import datetime

from indicators.rules import rule_of
from reports.filers import level_below
from reports.models import Report
from reports.schema.content import ReportContent


def zero_faults(report: Report, content: ReportContent) -> list[str]:
    """Return why a report is no 零报告: new records, or changed figures; empty if it is one.

    A figure that has started again since the last report may fall without anything new.
    """
    if level_below(report.plan, report.area.level) is not None:
        return ["须逐级汇总下级报告"]
    faults = [f"本期新登记{new.name}{new.count}项" for new in content.new_records]
    for last in (each for each in content.comparison if each.key == "last"):
        began_again = _begun_since(report, last.as_of, content.as_of)
        faults += [
            f"“{item.name}”与{last.label}不同"
            for item in content.indicators
            if item.code not in began_again and last.values.get(item.code) not in (None, item.value)
        ]
    return faults


def _begun_since(report: Report, last: datetime.date, now: datetime.date) -> set[str]:
    """Return the codes of the indicators whose figure has started again from zero since `last`."""
    began = {each.code: rule_of(each).began_on(now) for each in report.plan.indicators.all()}
    return {code for code, first in began.items() if first is not None and last < first}
