"""What the clerk decided about doubtful rows: each corrects a stored record or is another fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class Answer(StrEnum):
    """How to treat doubtful rows about which nothing was decided."""

    ASK = "ask"
    CHANGE = "change"
    NEW = "new"


@dataclass(frozen=True)
class Decision:
    """The decision about one row: the key of the record that it corrects, or None for another fact.

    `asked` holds the candidates that the clerk saw. With a further candidate the row is asked again.
    """

    record: int | None
    asked: frozenset[int]


@dataclass(frozen=True)
class Decisions:
    """Decisions by place (`Sheet1!5`), and the answer for all other rows."""

    rows: Mapping[str, Decision] = field(default_factory=dict)
    others: Answer = Answer.ASK

    @classmethod
    def of_json(cls, stored: Mapping[str, Mapping[str, Any]]) -> Self:
        """Return the decisions that an import job keeps."""
        rows = {
            place: Decision(each["record"], frozenset(each["asked"]))
            for place, each in stored.items()
        }
        return cls(rows)

    def about(self, place: str, candidates: Sequence[int]) -> Decision | None:
        """Return the decision about a row, or None while the clerk must be asked."""
        made = self.rows.get(place)
        if made and made.asked >= set(candidates) and made.record in (None, *candidates):
            return made
        if self.others == Answer.NEW:
            return Decision(None, frozenset(candidates))
        if self.others == Answer.CHANGE and len(candidates) == 1:
            return Decision(candidates[0], frozenset(candidates))
        return None
