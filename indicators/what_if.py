"""What a transition would bring: the figures as if some records were approved, or were not.

Only the counties concerned are counted, with and without the records; the difference is added to the
stored figures of the plans' areas. Nothing is written.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import models
from django.db.models import QuerySet

from areas.codes import is_within
from areas.models import Area
from indicators.counting import keys_of
from indicators.engine import Matrix, SeriesKey
from indicators.events import Scope
from indicators.figures import Progress, progress_of
from indicators.models import Plan
from indicators.series import affected_keys, concerned, count_in_blocks
from indicators.snapshots import Rows, View, views_of

#: A kind of records and those of them that would change.
Change = tuple[type[models.Model], QuerySet[Any]]


@dataclass(frozen=True)
class Effect:
    """One indicator at one area, now and after."""

    plan: Plan
    area_code: str
    before: Progress
    after: Progress

    @property
    def is_felt(self) -> bool:
        """Whether the figure changes."""
        return self.before.figure != self.after.figure


def effects_of(
    plan: Plan,
    codes: Sequence[str],
    day: datetime.date,
    change: Change,
    *,
    is_gain: bool,
    within: Collection[str],
) -> list[Effect]:
    """The plan's indicators at `codes` before and after the change; `within`: the records' areas."""
    keys = {
        key
        for one in plan.indicators.select_related("plan").prefetch_related("targets")
        for at_least in _thresholds(one)
        for key in keys_of(one, at_least)
    }
    views = views_of(codes, day, codes[0], keys)
    changed = affected_keys(change[0], keys)
    if not changed:
        return []
    scopes = _scopes(change, is_gain=is_gain, within=within)
    after = (_with(views[0], changed, scopes), _with(views[1], changed, scopes))
    was = progress_of(plan, codes, day, views=views)
    will = progress_of(plan, codes, day, views=after)
    return [
        Effect(plan, code, old, new)
        for code in codes
        for old, new in zip(was[code], will[code], strict=True)
    ]


def _thresholds(indicator: Any) -> set[int]:
    return {indicator.at_least, *(t.at_least for t in indicator.targets.all() if t.at_least)}


def _scopes(
    change: Change, *, is_gain: bool, within: Collection[str]
) -> tuple[list[str], Scope, Scope]:
    """The area codes to count, and the records without and with the change."""
    groups, _ = concerned(within)
    roots = [county for group in groups for county in group] or list(within)
    after = Scope(*roots, plus=change) if is_gain else Scope(*roots, minus=change)
    inside = Area.objects.filter(after.condition("code")).values_list("code", flat=True)
    return list(inside), Scope(*roots), after


def _with(view: View, keys: Sequence[SeriesKey], scopes: tuple[list[str], Scope, Scope]) -> View:
    """The view with what the change adds to each of its areas."""
    codes, now, after = scopes
    more: Rows = {}
    pairs = zip(
        count_in_blocks(codes, view.span, keys, now, view.day),
        count_in_blocks(codes, view.span, keys, after, view.day),
        strict=True,
    )
    for (tree, old), (_, new) in pairs:
        tops = [code for code in after.roots if code in tree.row]
        for code in view.codes:
            below = [top for top in tops if is_within(top, code)]
            rows = [tree.row[c] for c in ([code] if code in tree.row else below)]
            for key in keys if rows else ():
                delta: Matrix = (new[key][rows] - old[key][rows]).sum(axis=0)
                more[code, key] = more.get((code, key), np.zeros_like(delta)) + delta
    return view.plus(more)
