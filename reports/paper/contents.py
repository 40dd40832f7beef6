"""What workbook and document both read out of an edition's content."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

Content = Mapping[str, Any]


def is_top(content: Content) -> bool:
    """Whether the plan's own area reports, whose bureau issued the document; before the levels below
    filed, it always was."""
    return bool(content["area"].get("is_top", True))


def unit_of(content: Content) -> str:
    """Who reports."""
    return str(content["plan"]["issuer"] if is_top(content) else content["area"]["name"])


def shown_first(content: Content) -> list[dict[str, Any]]:
    """The annex's indicators, else those of the text: what the first sheet shows."""
    items = content["indicators"]
    return [item for item in items if item["place"] == "annex"] or list(items)


def measured_in(item: Content) -> str:
    """The unit of an indicator's value."""
    return "%" if item.get("is_percentage") else str(item["unit"])


def day_text(text: str) -> str:
    """An ISO day as a paper writes it: 2026年6月30日."""
    day = datetime.date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"
