"""Progress as texts: targets, rates, and a table for the command line."""

from __future__ import annotations

import unicodedata

from indicators.models import Indicator, Target
from indicators.progress.progress import Progress
from indicators.progress.services import ProgressReport
from indicators.rules.answers.values import plain, value_text


def target_text(indicator: Indicator, target: Target | None) -> str:
    """A target as the document writes it; 未设目标 where it sets none."""
    if target is None:
        return "未设目标"
    sign = "≥" if target.operator == ">=" else ""
    return sign + value_text(indicator, target.value)


def rate_text(item: Progress) -> str:
    """The rate of completion in per cent: `68.42%`; `—` where there is none."""
    return "—" if item.rate is None else f"{plain(item.rate * 100, 2)}%"


def unit_text(indicator: Indicator) -> str:
    """The unit in brackets, `（支）`; "" for per cent, where the value itself says it."""
    return "" if indicator.is_percentage else f"（{indicator.unit}）"


def progress_table(report: ProgressReport) -> str:
    """A plain-text table of a report's figures; a Chinese character takes two columns."""
    head = f"{report.plan.title}  {report.area.name}  截至{report.on}  对照{report.year}年目标"
    rows = [("序号", "指标", "完成", "目标", "完成率", "状态")]
    for item in report.items:
        indicator = item.indicator
        rows.append(
            (
                str(indicator.position),
                f"{indicator.name}{unit_text(indicator)}",
                value_text(indicator, item.value),
                target_text(indicator, item.target),
                rate_text(item),
                item.state.label,
            )
        )
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join([head, *lines])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
