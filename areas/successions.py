"""Where records of an abolished area count: the tree as of a day, without changing any record.

A succession moves the predecessor's whole subtree to the areas with the same code suffix below the
successor; where the successor has no such area, to the nearest area above. When predecessors are
nested, the deepest one applies.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby

from django.db.models import Q

from areas.codes import LENGTHS, is_within, level_of
from areas.models import Area, AreaSuccession
from areas.querysets import within_q

#: Area code → how often its subtree is added; a negative number subtracts it.
Terms = dict[str, int]


class Successions:
    """All successions of the tree, grouped by the day on which they take effect."""

    def __init__(
        self,
        moves: Iterable[tuple[datetime.date, str, str]],
        known: Collection[str] | None = None,
    ) -> None:
        """Group the moves (day, predecessor code, successor code); a predecessor has one successor.

        `known` holds the codes of all areas in the predecessors' subtrees; only a chain of moves
        needs it.
        """
        self._known = known
        self._found: dict[tuple[str, int], Terms] = {}
        self._days: list[tuple[datetime.date, dict[str, str]]] = [
            (day, {predecessor: successor for _, predecessor, successor in group})
            for day, group in groupby(sorted(moves), key=lambda move: move[0])
        ]

    def __bool__(self) -> bool:
        return bool(self._days)

    @classmethod
    def stored(cls) -> Successions:
        """Read the successions that carry records from the database."""
        rows = AreaSuccession.objects.filter(carries_records=True)
        moves = list(rows.values_list("on", "predecessor_id", "successor_id"))
        if len({on for on, _, _ in moves}) < 2:
            return cls(moves)
        inside = Q(pk__in=[])
        for _, predecessor, _ in moves:
            inside |= within_q("code", predecessor)
        return cls(moves, set(Area.objects.filter(inside).values_list("code", flat=True)))

    @property
    def days(self) -> list[datetime.date]:
        """The days on which areas move, the earliest first."""
        return [day for day, _ in self._days]

    @property
    def predecessors(self) -> list[str]:
        """The codes of all areas that another area followed, or will follow."""
        return [code for _, moves in self._days for code in moves]

    def destination(
        self, code: str, day: datetime.date, known: Collection[str] | None = None
    ) -> str:
        """Return the code of the area for which a record of `code` counts on `day`.

        `known` holds the codes of all areas. Without it the result may be a code that no area has;
        `counts` can still compare it.
        """
        for on, moves in self._days:
            if on > day:
                break
            followed = max((p for p in moves if is_within(code, p)), key=len, default="")
            if followed:
                code = _nearest(moves[followed], code[len(followed) :], known)
        return code

    def sources(self, code: str, day: datetime.date) -> Terms:
        """Return the signed subtrees whose records make up the figure of `code` on `day`.

        An additive figure is the signed sum over them. The result is empty when all records of
        `code` count elsewhere by then.
        """
        passed = sum(on <= day for on, _ in self._days)
        if (code, passed) not in self._found:
            terms: Terms = {code: 1}
            for _, moves in reversed(self._days[:passed]):
                terms = _before(moves, terms, self._known)
            self._found[code, passed] = terms
        return self._found[code, passed]

    def counts(self, code: str, root: str, day: datetime.date) -> bool:
        """Return whether a record registered in `code` counts for `root` on `day`."""
        return _times(self.sources(root, day), code) > 0

    def condition(self, field: str, code: str, day: datetime.date) -> Q:
        """Return the condition that an area-code field lies in what counts for `code` on `day`."""
        if not self:
            return within_q(field, code)
        terms = self.sources(code, day)
        inside = Q(pk__in=[])
        for term in terms:
            if _times(terms, term) > 0:
                part = within_q(field, term)
                for inner in terms:
                    if is_within(inner, term) and _times(terms, inner) <= 0:
                        part &= ~within_q(field, inner)
                inside |= part
        return inside

    def everywhere(self, code: str) -> set[str]:
        """Return the codes of all subtrees that contribute to the figure of `code` on any day."""
        found = {code}
        for day in self.days:
            found |= set(self.sources(code, day))
        return found

    def concerns(self, code: str) -> bool:
        """Return whether any succession moves areas into, out of or together with the subtree of
        `code`."""
        return any(
            _touches(code, end) for _, moves in self._days for pair in moves.items() for end in pair
        )

    def groups(self, roots: Iterable[str]) -> list[list[str]]:
        """Partition disjoint subtrees (usually counties) so that areas move within a group only."""
        group = {root: root for root in sorted(roots)}
        for _, moves in self._days:
            for pair in moves.items():
                heads = {
                    head
                    for root, head in group.items()
                    if any(_touches(root, code) for code in pair)
                }
                group |= {root: min(heads) for root, head in group.items() if head in heads}
        together: dict[str, list[str]] = defaultdict(list)
        for root, head in group.items():
            together[head].append(root)
        return list(together.values())


def homes_of(
    codes: Collection[str], day: datetime.date, successions: Successions
) -> dict[str, str]:
    """Return, for each area code, the code of the area for which its records count on a day."""
    if not successions:
        return {code: code for code in codes}
    known = codes_in_successors()
    return {code: successions.destination(code, day, known) for code in codes}


def codes_in_successors() -> set[str]:
    """The codes of all areas in the subtrees of successors: where a move may lead (`destination`)."""
    inside = Q(pk__in=[])
    for successor in AreaSuccession.objects.values_list("successor_id", flat=True):
        inside |= within_q("code", successor)
    return set(Area.objects.filter(inside).values_list("code", flat=True))


def _times(terms: Terms, code: str) -> int:
    """Return how often the terms count a record of `code`: once or not at all."""
    return sum(sign for term, sign in terms.items() if is_within(code, term))


def _touches(root: str, code: str) -> bool:
    return is_within(code, root) or is_within(root, code)


def _nearest(successor: str, tail: str, known: Collection[str] | None) -> str:
    """Return the code below the successor with this suffix, or the nearest existing area above it."""
    wanted = successor + tail
    if known is None:
        return wanted
    for length in reversed(LENGTHS[level_of(successor) : level_of(wanted)]):
        if wanted[:length] in known:
            return wanted[:length]
    return successor


def _before(moves: Mapping[str, str], terms: Terms, known: Collection[str] | None) -> Terms:
    """Rewrite the terms with the area codes that were valid before these moves."""
    result: Terms = defaultdict(int)
    for code, sign in terms.items():
        for source, count in _origins(moves, code, known):
            result[source] += sign * count
    return {code: count for code, count in result.items() if count}


def _origins(
    moves: Mapping[str, str], code: str, known: Collection[str] | None
) -> Iterator[tuple[str, int]]:
    """Yield the signed subtrees that stay in `code` and those that move into it.

    When the predecessor has no area with this suffix, nothing moves in: records of an earlier move
    count for the nearest area above (see `_nearest`).
    """
    yield from _part(moves, code, "")
    for predecessor, successor in moves.items():
        if is_within(successor, code):
            yield from _part(moves, predecessor, predecessor)
        elif is_within(code, successor):
            source = predecessor + code[len(successor) :]
            if known is None or source in known:
                yield from _part(moves, source, predecessor)


def _part(moves: Mapping[str, str], code: str, ruler: str) -> Iterator[tuple[str, int]]:
    """Yield the part of the subtree of `code` that moves with `ruler`; an empty `ruler` means what
    stays."""
    if max((p for p in moves if is_within(code, p)), key=len, default="") != ruler:
        return
    yield code, 1
    below = [p for p in moves if is_within(p, code) and p != code]
    for inner in below:
        if not any(is_within(inner, other) and other != inner for other in below):
            yield inner, -1
