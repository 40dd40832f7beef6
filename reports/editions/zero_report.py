"""零报告: a report that says that nothing is new."""

from __future__ import annotations

from typing import Any

from indicators.rules.base import is_yearly
from reports.filers import level_below
from reports.models import Report


def zero_faults(report: Report, content: dict[str, Any]) -> list[str]:
    """Why a report is none: what is new, or another figure than last time; empty where it is one.

    A figure that starts again each January may fall without anything new.
    """
    if level_below(report.plan, report.area.level) is not None:
        return ["须逐级汇总下级报告"]
    faults = [f"本期新登记{name}{number}项" for name, number in content["new_records"].items()]
    for last in (each for each in content["comparison"] if each["key"] == "last"):
        begins_again = _yearly(report) if last["as_of"][:4] != content["as_of"][:4] else set()
        faults += [
            f"“{item['name']}”与{last['label']}不同"
            for item in content["indicators"]
            if item["code"] not in begins_again
            and last["values"].get(item["code"]) not in (None, item["value"])
        ]
    return faults


def _yearly(report: Report) -> set[str]:
    return {each.code for each in report.plan.indicators.all() if is_yearly(each)}
