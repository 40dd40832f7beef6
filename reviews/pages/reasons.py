"""Reasons given earlier, which the pages offer again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviews.models import UNDO_REASON, Action, ReviewEvent
from reviews.services import RULES

if TYPE_CHECKING:
    from accounts.models import User

#: Number of decisions examined, and of frequent and latest reasons offered.
_LOOKED_AT, _FREQUENT, _LATEST = 300, 5, 3


def past_reasons(user: User, action: Action) -> list[str]:
    """Return reasons of this action in the user's scope: frequent ones first, then the latest.

    A bulk decision counts once. Empty when the action needs no reason. One query.
    """
    if not RULES[action].needs_reason:
        return []
    events = ReviewEvent.objects.visible_to(user).filter(action=action)
    events = events.exclude(reason__in=("", UNDO_REASON))  # the platform gave these reasons itself
    decisions = events.order_by("-at").values_list("at", "by_id", "reason").distinct()
    latest = [reason for _, _, reason in decisions[:_LOOKED_AT]]
    frequent = [reason for reason, times in Counter(latest).most_common(_FREQUENT) if times > 1]
    newest = [reason for reason in dict.fromkeys(latest) if reason not in frequent]
    return frequent + newest[:_LATEST]
