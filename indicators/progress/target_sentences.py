"""Targets as texts: their day, their demand, and their place in the document."""

from __future__ import annotations

import datetime

from dates.months import month_end
from dates.text import day_text, month_text
from indicators.models import Indicator, Place, Target
from indicators.rules.answers.values import amount_text


def deadline_text(day: datetime.date) -> str:
    """`2027年底`, `2025年6月底`, `2025年6月15日`."""
    if (day.month, day.day) == (12, 31):
        return f"{day.year}年底"
    return f"{month_text(day)}底" if day == month_end(day) else day_text(day)


def demand_text(indicator: Indicator, target: Target) -> str:
    """What a target demands: `≥27支`, `100%（每个不少于2）`."""
    sign = "≥" if target.operator == ">=" else ""
    each = f"（每个不少于{target.at_least}）" if target.at_least else ""
    return f"{sign}{amount_text(indicator, target.value)}{each}"


def source_text(target: Target) -> str:
    """Where a target is written: `附件`, `正文`, `某通知附件`."""
    return f"{target.document}{Place(target.place).label}"


def standing_text(target: Target) -> str:
    """A target by day and source: `2027年底（附件）`."""
    return f"{deadline_text(target.due_on)}（{source_text(target)}）"
