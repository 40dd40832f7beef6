"""The collection of results (成果展示): approved work with a public text, as a sheet without personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from areas.successions import Successions
from work.models import WorkRecord

#: The most records of one sheet; more are counted, not shown.
MOST = 500


@dataclass(frozen=True)
class Exhibit:
    """One result as the public may read it: nothing else of its record is shown."""

    kind: str
    name: str
    area: str
    day: str
    granted_by: str
    text: str


@dataclass(frozen=True)
class Showcase:
    """The results below an area: by kind, and how many there are in all."""

    groups: dict[str, list[Exhibit]]
    total: int
    #: The kinds that may be chosen.
    kinds: Sequence[str]


def showcase_of(area: str, kind: str = "", year: str = "") -> Showcase:
    """Return the approved results below an area, of one kind and one year where they are given.

    Those of a renamed or merged area stand at its successor.
    """
    counted = Successions.stored().condition("area_id", area, timezone.localdate())
    rows = WorkRecord.objects.approved().filter(counted).exclude(public_text="")
    found = list(rows.select_related("area").order_by("-held_on", "pk"))
    kinds = sorted({each.kind_text for each in found})
    chosen = [
        each
        for each in found
        if (not kind or each.kind_text == kind) and (not year or str(each.held_on.year) == year)
    ]
    groups: dict[str, list[Exhibit]] = {}
    for each in chosen[:MOST]:
        groups.setdefault(each.kind_text, []).append(_exhibit(each))
    return Showcase(dict(sorted(groups.items())), len(chosen), kinds)


def _exhibit(record: WorkRecord) -> Exhibit:
    return Exhibit(
        record.kind_text,
        record.name,
        record.area.short_name,
        f"{record.held_on.year}年{record.held_on.month}月",
        record.granted_by,
        record.public_text,
    )
