"""Which records and areas a reading of duties takes in: those of a subtree, as of a tree."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q

from areas.querysets import within_q
from areas.successions import Successions
from indicators.models import Plan


class Reach(Protocol):
    """What a reading needs to know of the part of the tree that it reads."""

    @property
    def successions(self) -> Successions:
        """All successions of the tree."""

    @property
    def tops(self) -> Sequence[str]:
        """The codes of the areas whose subtrees are read."""

    def areas(self, field: str) -> Q:
        """The condition that the area code `field` of an area is in the part."""

    def records(self, field: str) -> Q:
        """The condition that records of the area `field` count there."""

    def facts(self, model: type) -> Q:
        """The condition that a record of a kind is a fact."""


@dataclass(frozen=True)
class Subtree:
    """The subtree of `root` on the tree of `day`; approved records are facts."""

    root: str
    day: datetime.date
    successions: Successions

    @property
    def tops(self) -> Sequence[str]:
        """The root alone."""
        return [self.root]

    def areas(self, field: str) -> Q:
        """An area is in the subtree by its own code."""
        return within_q(field, self.root)

    def records(self, field: str) -> Q:
        """Records count where their area is on the day."""
        return self.successions.condition(field, self.root, self.day)

    def facts(self, model: type) -> Q:
        """Approved records alone."""
        return Q(status="approved")


def anywhere_in(reach: Reach, field: str) -> Q:
    """The condition that records of the area `field` count for the part on some day."""
    codes = {code for top in reach.tops for code in reach.successions.everywhere(top)}
    return _within_any(codes, field)


def under_plan(plan: Plan, successions: Successions, field: str) -> Q:
    """The condition that an area-code field lies in the plan's area, or in the area that followed it."""
    followed = {successions.destination(plan.area_code, day) for day in successions.days}
    return _within_any({plan.area_code, *followed}, field)


def _within_any(codes: Collection[str], field: str) -> Q:
    found = Q()
    for code in sorted(codes):
        found |= within_q(field, code)
    return found
