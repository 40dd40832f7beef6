"""The rules on who decides, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from areas.querysets import within_q
from reviews.models import Submission


@dataclass(frozen=True)
class Competence:
    """Records of a kind in the area `root` that meet `where` are decided at `level` of the tree.

    `where`: field → the values of which a record has one. `name`, `office` and `clause` are for the
    sentences: `登记的社区社会组织`, `区`, `三、（四）2`.
    """

    kind: type[Submission]
    root: str
    where: Mapping[str, Sequence[str]]
    level: int
    name: str
    office: str
    clause: str

    @property
    def condition(self) -> Q:
        """The condition that a record is meant."""
        found = within_q("area_id", self.root)
        for name, values in self.where.items():
            found &= Q(**{f"{name}__in": list(values)})
        return found


_sources: list[Callable[[], Sequence[Competence]]] = []


def declare_competences(source: Callable[[], Sequence[Competence]]) -> None:
    """Make known where rules come from; `source` reads those that hold now by one query."""
    _sources.append(source)


def all_competences() -> list[Competence]:
    """Return all rules that hold now."""
    return [rule for source in _sources for rule in source()]
