"""The approved records behind the figures of many areas, read at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from areas.codes import level_of
from indicators.models import Indicator
from indicators.progress.progress import target_for, threshold_for
from indicators.rules import rule_of
from indicators.store.facts import Facts, FactsOfDay
from indicators.store.tree_context import TreeContext


class RecordsBehind:
    """The rows of the records that make up the figures of some indicators on a day.

    They are read once for the subtree of `tree`; the rows of each area in it are taken from them. Each
    is what `lineage` lists for that indicator, area and day.
    """

    def __init__(
        self, indicators: Iterable[Indicator], day: datetime.date, tree: TreeContext
    ) -> None:
        self._day, self._tree = day, tree
        queries = (query for one in indicators for query in rule_of(one).fact_queries(day))
        self.facts = FactsOfDay(tree, day, queries)
        self._counted: dict[str, Facts] = {}

    def rows(self, indicator: Indicator, root: str) -> Facts:
        """The rows behind the figure of the area `root`; none where it does not exist on the day."""
        rows = self._rows_of(indicator)
        is_counted = rule_of(indicator).has_records_at(level_of(root))
        if not is_counted or not self._tree.exists(root, self._day):
            return rows[:0]
        return rows[self.facts.counts_for(rows, root)]

    def _rows_of(self, indicator: Indicator) -> Facts:
        """The rows behind the indicator's figures anywhere in the subtree."""
        if indicator.code not in self._counted:
            day, rule = self._day, rule_of(indicator)
            rows, areas = self.facts.of(rule.fact_queries(day)), self._tree.existing(day)
            at_least = threshold_for(indicator, day, target_for(indicator, day.year, day))
            self._counted[indicator.code] = rule.counted_facts(rows, self.facts, areas, at_least)
        return self._counted[indicator.code]
