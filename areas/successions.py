"""Where a record of an abolished area counts: the tree as of a day, without touching any record.

A succession moves the predecessor's whole subtree to the same tail of the successor's code; where
the successor has no such area, to the nearest one above. Of nested predecessors the deepest rules.
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

#: code → how often its subtree is added (negative: taken away).
Terms = dict[str, int]


class Successions:
    """Who followed whom, by day."""

    def __init__(
        self,
        moves: Iterable[tuple[datetime.date, str, str]],
        known: Collection[str] | None = None,
    ) -> None:
        """`moves`: (day, predecessor, successor), one successor a predecessor.

        `known`: the codes of all areas in the predecessors' subtrees; only a chain of moves asks.
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
        """Those of the database."""
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
        """The days on which something moves, the earliest first."""
        return [day for day, _ in self._days]

    def destination(
        self, code: str, day: datetime.date, known: Collection[str] | None = None
    ) -> str:
        """Where a record of `code` counts on `day`.

        `known` are the codes of all areas (None: whatever code it would be, see `counts`).
        """
        for on, moves in self._days:
            if on > day:
                break
            followed = max((p for p in moves if is_within(code, p)), key=len, default="")
            if followed:
                code = _nearest(moves[followed], code[len(followed) :], known)
        return code

    def sources(self, code: str, day: datetime.date) -> Terms:
        """The subtrees whose records make up the figure of `code` on `day`, with their signs.

        Empty when all of them count elsewhere by then. What is additive is the signed sum.
        """
        passed = sum(on <= day for on, _ in self._days)
        if (code, passed) not in self._found:
            terms: Terms = {code: 1}
            for _, moves in reversed(self._days[:passed]):
                terms = _before(moves, terms, self._known)
            self._found[code, passed] = terms
        return self._found[code, passed]

    def counts(self, code: str, root: str, day: datetime.date) -> bool:
        """Whether what was registered in `code` counts for `root` on `day`."""
        return _times(self.sources(root, day), code) > 0

    def condition(self, field: str, code: str, day: datetime.date) -> Q:
        """The condition that an area-code field lies in what counts for `code` on `day`."""
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
        """Every subtree that plays a part in the figure of `code` on any day."""
        found = {code}
        for day in self.days:
            found |= set(self.sources(code, day))
        return found

    def concerns(self, code: str) -> bool:
        """Whether anything ever moves out of or into the subtree of `code`, or with it."""
        return any(
            _touches(code, end) for _, moves in self._days for pair in moves.items() for end in pair
        )

    def groups(self, roots: Iterable[str]) -> list[list[str]]:
        """Disjoint subtrees (counties, as a rule), those with moves between one another together."""
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
    """Where what was registered in these areas counts on a day."""
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
    """How often the terms count a record of `code` itself: once or not at all."""
    return sum(sign for term, sign in terms.items() if is_within(code, term))


def _touches(root: str, code: str) -> bool:
    return is_within(code, root) or is_within(root, code)


def _nearest(successor: str, tail: str, known: Collection[str] | None) -> str:
    """The successor's area with this tail, or the nearest one above that there is."""
    wanted = successor + tail
    if known is None:
        return wanted
    for length in reversed(LENGTHS[level_of(successor) : level_of(wanted)]):
        if wanted[:length] in known:
            return wanted[:length]
    return successor


def _before(moves: Mapping[str, str], terms: Terms, known: Collection[str] | None) -> Terms:
    """The same areas as `terms`, said with the codes of the day before these moves."""
    result: Terms = defaultdict(int)
    for code, sign in terms.items():
        for source, count in _origins(moves, code, known):
            result[source] += sign * count
    return {code: count for code, count in result.items() if count}


def _origins(
    moves: Mapping[str, str], code: str, known: Collection[str] | None
) -> Iterator[tuple[str, int]]:
    """What stays in the subtree of `code`, and what moves into it.

    Where the predecessor has no area with this tail, nothing does, not even what an earlier move
    brought there: that counts at the nearest area above (see `_nearest`).
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
    """Of the subtree of `code`, what moves with `ruler` (\"\": what does not move at all)."""
    if max((p for p in moves if is_within(code, p)), key=len, default="") != ruler:
        return
    yield code, 1
    below = [p for p in moves if is_within(p, code) and p != code]
    for inner in below:
        if not any(is_within(inner, other) and other != inner for other in below):
            yield inner, -1
