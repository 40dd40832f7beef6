"""What the rules on who decides mean for one reviewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Substr
from django.db.models.lookups import In

from accounts.models import Role, User
from areas.codes import LENGTHS, level_of
from areas.querysets import within_q
from reviews.competence.rules import Competence, all_competences
from reviews.models import Action, Submission

if TYPE_CHECKING:
    from reviews.querysets import SubmissionQuerySet

#: What a reviewer decides; submitting is the clerk's.
DECISIONS = frozenset({Action.APPROVE, Action.RETURN, Action.REOPEN, Action.VOID})
#: Begins the reason that is stored where a higher level stepped in.
STEPPED_IN = "上级代审："


@dataclass(frozen=True)
class Standing:
    """What the rules of a kind mean for one reviewer. Without rules it means nothing."""

    user: User
    rules: Sequence[Competence] = field(default_factory=tuple)

    @classmethod
    def of(
        cls, kind: type[Submission], user: User, rules: Sequence[Competence] | None = None
    ) -> Standing:
        """Return the standing of a user; one query unless the `rules` are given."""
        if not user.is_reviewer or not user.area_id:
            return cls(user)
        known = all_competences() if rules is None else rules
        return cls(user, [rule for rule in known if rule.kind is kind])

    @property
    def _level(self) -> int:
        return level_of(self.user.area_id or "")

    @property
    def higher_only(self) -> list[Competence]:
        """The rules by which a level above the user's decides."""
        return [rule for rule in self.rules if rule.level < self._level]

    def is_too_low(self) -> Q | None:
        """Return the condition that a record is decided above the user's level; None for none."""
        return _any_of([rule.condition for rule in self.higher_only])

    def steps_in(self) -> Q | None:
        """Return the condition that reviewers below the user decide on a record; None for none.

        Where no level down to that of the rule has a reviewer, the user decides in its own right.
        """
        lower = [rule for rule in self.rules if rule.level > self._level]
        if not lower:
            return None
        codes = self._reviewed_below(max(rule.level for rule in lower))
        return _any_of([each for rule in lower if (each := _below(rule, codes)) is not None])

    def _reviewed_below(self, level: int) -> dict[int, list[str]]:
        """The areas below the user's down to a level that have an active reviewer, by level."""
        reviewers = User.objects.filter(
            within_q("area_id", self.user.area_id or ""), role=Role.REVIEWER, is_active=True
        )
        found: dict[int, list[str]] = {}
        for code in sorted(set(reviewers.values_list("area_id", flat=True))):
            if code and self._level < level_of(code) <= level:
                found.setdefault(level_of(code), []).append(code)
        return found

    def own(self, rows: SubmissionQuerySet) -> SubmissionQuerySet:
        """Keep the records that the user is the one to decide on."""
        for other in (self.is_too_low(), self.steps_in()):
            if other is not None:
                rows = rows.filter(~other)
        return rows

    def steps_in_for(self, rows: SubmissionQuerySet) -> int:
        """Return on how many of the records reviewers below the user decide."""
        stepping = self.steps_in()
        return 0 if stepping is None else rows.filter(stepping).count()

    def sentences(
        self, rows: SubmissionQuerySet, chosen: SubmissionQuerySet, action: Action
    ) -> list[str]:
        """Return what a page says of the levels: `rows` are asked for, `chosen` can be moved."""
        if not self.rules or action not in DECISIONS:
            return []
        found, too_low = list[str](), self.is_too_low()
        if too_low is not None and (number := rows.filter(too_low).count()):
            found.append(f"其中{number}条：{self.refusal(action)}。")
        if number := self.steps_in_for(chosen):
            found.append(
                f"其中{number}条由下级审核员审核，您可以代为{action.label}，须填写理由，理由记入审核记录。"
            )
        lower = _any_of([rule.condition for rule in self.rules if rule.level > self._level])
        if lower is not None and (number := chosen.filter(lower).count() - number):
            found.append(f"其中{number}条本由下级审核，下级没有审核员，由您审核。")
        return found

    def refusal(self, action: Action) -> str:
        """Return the sentence for records that are decided above the user's level."""
        told = "；".join(
            f"“{rule.name}”由{rule.office}审核（{rule.clause}）" for rule in self.higher_only
        )
        return f"{told}，本级不能{action.label}"


def _below(rule: Competence, codes: Mapping[int, Sequence[str]]) -> Q | None:
    """The condition that a reviewer of an area between the user and the rule's level decides."""
    places = [
        Q(In(Substr("area_id", 1, LENGTHS[level - 1]), found))
        for level, found in codes.items()
        if level <= rule.level
    ]
    inside = _any_of(places)
    return None if inside is None else rule.condition & inside


def _any_of(conditions: Sequence[Q]) -> Q | None:
    found: Q | None = None
    for each in conditions:
        found = each if found is None else found | each
    return found
