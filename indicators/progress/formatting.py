"""Figures in a bureau's words and columns."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from indicators.measures import MEASURES
from indicators.models import Indicator, Target
from indicators.progress.progress import Progress, places_of, plain
from indicators.progress.services import ProgressReport


def value_text(indicator: Indicator, value: Decimal | None) -> str:
    """A value as a bureau writes it: `81.01%`, `276.38`, `13`; 无数据 where there is none."""
    if value is None:
        return "无数据"
    if indicator.is_percentage:
        return f"{plain(value * 100, 2)}%"
    return plain(value, min(places_of(indicator), 2)) or "0"


def quantity_text(indicator: Indicator, quantity: Decimal) -> str:
    """What one record adds: money in yuan, anything else as a number."""
    measure = MEASURES.get(indicator.measure)
    return f"{plain(quantity, 2)}{'元' if measure and measure.is_money else ''}"


def target_text(indicator: Indicator, target: Target | None) -> str:
    """A target as the document writes it; 未设目标 where it sets none."""
    if target is None:
        return "未设目标"
    sign = "≥" if target.operator == ">=" else ""
    return sign + value_text(indicator, target.value)


def rate_text(item: Progress) -> str:
    """The rate of completion, or a dash."""
    return "—" if item.rate is None else f"{plain(item.rate * 100, 2)}%"


def unit_text(indicator: Indicator) -> str:
    """`（支）`; nothing for per cent, where the value says it."""
    return "" if indicator.is_percentage else f"（{indicator.unit}）"


def progress_table(report: ProgressReport) -> str:
    """A plain-text table, aligned for full-width characters."""
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
