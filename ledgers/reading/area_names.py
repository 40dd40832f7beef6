"""Looks up area names as clerks write them, within the right street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from areas.codes import COMMUNITY_LEVEL, TOWNSHIP_LEVEL, cut_to, is_within
from areas.models import Area
from areas.naming import bare_name, normalise_name
from ledgers.cells import CellError


class AreaNames:
    """The streets and communities of one subtree by all spellings of their names."""

    def __init__(self, root: Area, areas: Iterable[Area], neighbours: Iterable[Area] = ()) -> None:
        """Index the areas; `neighbours` are streets of the county outside the root, to recognise
        their sheets."""
        self.root = root
        self._neighbours = list(neighbours)
        self._streets: dict[str, list[Area]] = defaultdict(list)
        self._communities: dict[str, list[Area]] = defaultdict(list)
        self._by_code: dict[str, Area] = {}
        for area in areas:
            self._by_code[area.code] = area
            index = {TOWNSHIP_LEVEL: self._streets, COMMUNITY_LEVEL: self._communities}.get(
                area.level
            )
            if index is not None:
                for key in {normalise_name(area.name), bare_name(area.name)}:
                    index[key].append(area)

    def street(self, written: str) -> Area:
        """Return the street of this name; CellError when no street or several streets have it."""
        found = self._find(self._streets, written)
        if not found:
            outside = "" if self.root.level < TOWNSHIP_LEVEL else "（只能导入本街道的记录）"
            raise CellError(
                f"“{self.root}”没有“{normalise_name(written)}”{outside}，请核对街道名称"
            )
        return self._only(found, written)

    def community(self, written: str, street: Area | None) -> Area:
        """Return the community of this name in the street, or below the root without a street.

        CellError when no community or several communities have the name.
        """
        found = self._find(self._communities, written)
        inside = [area for area in found if street is None or area.code.startswith(street.code)]
        if inside:
            return self._only(inside, written)
        where = street or self.root
        elsewhere = "、".join(sorted({str(self.street_of(area)) for area in found}))
        hint = f"，该名称属于{elsewhere}" if elsewhere else ""
        raise CellError(f"{where}没有“{normalise_name(written)}”{hint}，请核对街道和社区")

    def street_of(self, area: Area) -> Area:
        """Return the street that contains an area; the area itself when it lies above the streets."""
        return self._by_code.get(cut_to(area.code, TOWNSHIP_LEVEL), area)

    def named_in(self, line: str) -> Area | None:
        """Return the only street that a title or a sheet name mentions; None for none or several."""
        text = normalise_name(line)
        streets = [street for named in self._streets.values() for street in named]
        found = {
            street.code: street
            for street in [*streets, *self._neighbours]
            if normalise_name(street.name) in text or bare_name(street.name) == text
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def holds(self, area: Area) -> bool:
        """Return whether the area lies within the root."""
        return is_within(area.code, self.root.code)

    def _find(self, index: dict[str, list[Area]], written: str) -> list[Area]:
        exact = index.get(normalise_name(written))
        found = exact or index.get(bare_name(written), [])
        return list({area.code: area for area in found}.values())

    def _only(self, found: list[Area], written: str) -> Area:
        if len(found) > 1:
            streets = "、".join(str(self.street_of(area)) for area in found)
            raise CellError(f"“{normalise_name(written)}”在多个街道都有（{streets}），请写明街道")
        return found[0]
