"""The rows of a report's table of figures."""

from __future__ import annotations

from reports.schema.content import Figures, SealedIndicator


def figure_rows(shown: Figures) -> list[tuple[SealedIndicator, list[str]]]:
    """Return each figure with its values in the earlier periods."""
    return [
        (item, [each.texts.get(item.code, "—") for each in shown.comparison])
        for item in shown.indicators
    ]
