"""Areas that go on under another code: what the area told of its tasks before stays its own.

A renamed or re-coded area has one predecessor and did not exist before. Where areas were merged, the
successor is asked anew: nobody has told how far the whole of it is.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Self

from django.db.models import F, Q

from areas.codes import is_within
from areas.models import AreaSuccession
from areas.querysets import within_q


@dataclass(frozen=True)
class Renames:
    """Old and new code of each renamed area, in the order of the days."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def until(cls, day: datetime.date) -> Self:
        """Return the renames up to a day. One statement."""
        rows = AreaSuccession.objects.filter(carries_records=True, on__lte=day)
        known = rows.annotate(began_on=F("successor__valid_from")).order_by("on", "pk")
        moves = list(known.values_list("predecessor_id", "successor_id", "on", "began_on"))
        number = Counter(new for _, new, _, _ in moves)
        return cls(
            tuple((old, new) for old, new, on, began in moves if number[new] == 1 and began == on)
        )

    def now(self, code: str) -> str:
        """Return the code under which an area goes on."""
        for old, new in self.pairs:
            if is_within(code, old):
                code = new + code[len(old) :]
        return code

    def areas(self, field: str) -> Q:
        """Return the condition that an area was renamed, or goes on for one that was."""
        found = Q(pk__in=[])
        for pair in self.pairs:
            for code in pair:
                found |= within_q(field, code)
        return found
