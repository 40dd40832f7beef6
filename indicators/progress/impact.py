"""Predicts how a transition changes the figures: as if some records were approved, or were not.

Only the counties concerned, and the own records of areas above them, are counted with and without
the change; the difference is added to the stored figures of the plans' areas. Nothing is written.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import models
from django.db.models import QuerySet

from areas.codes import COUNTY_LEVEL, is_within, level_of
from areas.models import Area
from indicators.models import Plan
from indicators.progress.lineage import places_of
from indicators.progress.progress import Progress, indicators_of, progress_of, views_for
from indicators.rules import keys_behind
from indicators.store.engine import Matrix, SeriesKey
from indicators.store.events import Scope
from indicators.store.owed.series import DUTY
from indicators.store.series import affected_keys, concerned, count_in_blocks
from indicators.store.series_view import Rows, SeriesView
from indicators.store.tree_context import TreeContext

#: A kind of records and those of them that would change.
Change = tuple[type[models.Model], QuerySet[Any]]


@dataclass(frozen=True)
class Effect:
    """One indicator at one area, before the change and after it."""

    plan: Plan
    area_code: str
    before: Progress
    after: Progress

    @property
    def is_felt(self) -> bool:
        """Whether the figure changes."""
        return self.before.figure != self.after.figure


@dataclass(frozen=True)
class _Part:
    """Areas that are counted together: their codes, the topmost of them, and the records before and after."""

    codes: list[str]
    tops: list[str]
    now: Scope
    after: Scope


def effects_of(
    plan: Plan,
    codes: Sequence[str],
    day: datetime.date,
    change: Change,
    *,
    is_gain: bool,
    year: int | None = None,
    views: tuple[SeriesView, SeriesView] | None = None,
) -> list[Effect]:
    """The plan's indicators at `codes` before and after the change, against one year's targets.

    The first of `codes` is their common ancestor; `views` those of `views_for`, where the caller has
    them. Nothing where the plan counts no such records.
    """
    indicators = indicators_of(plan, codes)
    changed = affected_keys(change[0], keys_behind(indicators))
    if not changed:
        return []
    tree = TreeContext(codes[0], codes)
    views = views or views_for(indicators, codes, day, tree)
    # A duty of a prefecture may be fulfilled by a record of any county in it.
    with_above = any(key.kind == DUTY for key in changed)
    parts = list(_parts(change, places_of(*change), is_gain=is_gain, with_above=with_above))
    after = (_with(views[0], changed, parts), _with(views[1], changed, parts))
    was = progress_of(plan, codes, day, year, tree, views=views, indicators=indicators)
    will = progress_of(plan, codes, day, year, tree, views=after, indicators=indicators)
    return [
        Effect(plan, code, old, new)
        for code in codes
        for old, new in zip(was[code], will[code], strict=True)
    ]


def _parts(
    change: Change, places: Collection[str], *, is_gain: bool, with_above: bool
) -> Iterator[_Part]:
    """The areas to count: the counties of the records, and single areas above them."""
    plus, minus = (change, None) if is_gain else (None, change)
    groups, above = concerned(places)
    counties = [county for group in groups for county in group]
    if counties:
        after = Scope(*counties, plus=plus, minus=minus)
        inside = Area.objects.filter(after.condition("code")).values_list("code", flat=True)
        yield _Part(list(inside), counties, Scope(*counties), after)
    if with_above or any(level_of(code) < COUNTY_LEVEL for code in places):
        for code in sorted(above):
            after = Scope(only=code, plus=plus, minus=minus)
            yield _Part([code], [code], Scope(only=code), after)


def _with(view: SeriesView, keys: Sequence[SeriesKey], parts: Sequence[_Part]) -> SeriesView:
    """The view plus the change of each of its areas."""
    more: Rows = {}
    for part in parts:
        blocks = (
            count_in_blocks(part.codes, view.span, keys, scope, view.day)
            for scope in (part.now, part.after)
        )
        for (tree, old), (_, new) in zip(*blocks, strict=True):
            for code in view.codes:
                below = [top for top in part.tops if top in tree.row and is_within(top, code)]
                rows = [tree.row[c] for c in ([code] if code in tree.row else below)]
                for key in keys if rows else ():
                    delta: Matrix = (new[key][rows] - old[key][rows]).sum(axis=0)
                    more[code, key] = more.get((code, key), np.zeros_like(delta)) + delta
    return view.plus(more)
