"""Looks up area names as clerks write them, within the right street."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from areas.codes import COMMUNITY_LEVEL, COUNTY_LEVEL, TOWNSHIP_LEVEL, cut_to, is_within
from areas.models import Area
from areas.naming import bare_name, normalise_name
from ledgers.cells import CellError

#: Ways to say that a record is the root's own.
_OWN_LEVEL = {"本级", "区本级", "县本级", "市本级", "旗本级", "区级", "县级", "街道本级", "镇本级"}


def _shorter(names: Iterable[str]) -> list[str]:
    """Return the names as written and without suffix."""
    pairs = [(name, re.sub(r"(省|市|区|县|旗)$", "", name)) for name in names]
    return [each for pair in pairs for each in pair if len(each) > 1]


class AreaNames:
    """The streets and communities of one subtree by all spellings of their names."""

    def __init__(self, root: Area, areas: Iterable[Area], neighbours: Iterable[Area] = ()) -> None:
        """Index the areas; `neighbours` are streets of the county outside the root, to recognise
        their sheets."""
        self.root = root
        self._neighbours = list(neighbours)
        self._streets: dict[str, list[Area]] = defaultdict(list)
        self._communities: dict[str, list[Area]] = defaultdict(list)
        #: Counties below the root by name, where it lies above them.
        self._counties: dict[str, list[Area]] = defaultdict(list)
        self._by_code: dict[str, Area] = {}
        #: Names of the root and the areas above it, which may stand before another name.
        codes = root.ancestor_codes
        own = [*Area.objects.filter(code__in=codes).order_by("code"), root]
        self._above = _shorter(normalise_name(area.name) for area in own)
        #: Names of the root's county and the areas above it; the county comes last.
        self.counties = [normalise_name(area.name) for area in own if area.level <= COUNTY_LEVEL]
        for area in areas:
            self._by_code[area.code] = area
            if area.level == COUNTY_LEVEL > root.level:
                self._counties[normalise_name(area.name)].append(area)
            index = {TOWNSHIP_LEVEL: self._streets, COMMUNITY_LEVEL: self._communities}.get(
                area.level
            )
            if index is not None:
                for key in {normalise_name(area.name), bare_name(area.name)}:
                    index[key].append(area)

    def street(self, written: str) -> Area:
        """Return the street of this name; CellError when no street or several streets have it."""
        found = self._find(self._streets, self._without_above(written))
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
        found = self._find(self._communities, self._without_above(written))
        inside = [area for area in found if street is None or area.code.startswith(street.code)]
        if inside:
            return self._only(inside, written)
        where = street or self.root
        elsewhere = "、".join(sorted({str(self.street_of(area)) for area in found}))
        hint = f"，该名称属于{elsewhere}" if elsewhere else ""
        raise CellError(f"{where}没有“{normalise_name(written)}”{hint}，请核对街道和社区")

    def place(self, written: str) -> Area:
        """Return the area of a code, a name or a path of names: 500103001003, 华一坡社区,
        重庆市渝中区七星岗街道华一坡社区.

        The root's own name and 本级 mean the root. CellError when no area or several areas fit.
        """
        text = normalise_name(written)
        if text.isdigit():
            return self.of_code(text)
        rest = self._without_above(text)
        if not rest or rest in _OWN_LEVEL:
            return self.root
        if found := self._counties.get(rest):
            return self._only(found, written)
        if found := self._find(self._streets, rest) or self._find(self._communities, rest):
            return self._only(found, written)
        if path := self._path(rest) or self._path_from_county(rest):
            return path
        raise CellError(
            f"“{text}”不是“{self.root}”的街道或社区，应写成如“{self._example()}”，或填区划代码"
        )

    def looked_up(self, written: str) -> Area | None:
        """Return the area of a code, a name or a path below the root; None for any other text."""
        try:
            area = self.place(written)
        except CellError:
            return None
        return area if area.level >= TOWNSHIP_LEVEL else None

    def of_code(self, written: str) -> Area:
        """Return the area of a code with or without trailing zeros; CellError outside the root."""
        code = written
        for length in (9, 6, 4, 2):
            if len(code) > length and not code[length:].strip("0"):
                code = code[:length]
        if code in self._by_code:
            return self._by_code[code]
        raise CellError(f"“{written}”不是“{self.root}”及其下级的区划代码，请核对")

    def is_above(self, written: str) -> bool:
        """Return whether a text names the root or areas above it."""
        return not self._without_above(normalise_name(written))

    def common(self, areas: Sequence[Area]) -> Area:
        """Return the lowest area that contains them all: a community, its street, or the root."""
        first = areas[0]
        for code in (first.code, cut_to(first.code, TOWNSHIP_LEVEL)):
            if code in self._by_code and all(is_within(area.code, code) for area in areas):
                return self._by_code[code]
        return self.root

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

    def _without_above(self, written: str) -> str:
        """Return a name without the names of the root and the areas above before it."""
        text = rest = normalise_name(written)
        for name in self._above:
            rest = rest.removeprefix(name).lstrip("/-—_>、,.")
        is_name = text in self._streets or text in self._communities
        return text if is_name else rest

    def _path(self, rest: str) -> Area | None:
        """Return the community of a text like 七星岗街道华一坡社区; CellError for several streets."""
        for name, streets in self._streets.items():
            if not rest.startswith(name):
                continue
            below = rest.removeprefix(name).lstrip("/-—_>、,.")
            found = self._find(self._communities, below) if below else streets
            inside = [
                area for area in found for street in streets if is_within(area.code, street.code)
            ]
            if inside:
                return self._only(inside, rest)
        return None

    def _path_from_county(self, rest: str) -> Area | None:
        """Return the area of a text like 东胜区交通街道, within that county alone."""
        for name, counties in self._counties.items():
            below = rest.removeprefix(name).lstrip("/-—_>、,.")
            if below == rest or len(counties) > 1:
                continue
            found = self._find(self._streets, below) or self._find(self._communities, below)
            inside = [area for area in found if is_within(area.code, counties[0].code)]
            if inside:
                return self._only(inside, rest)
        return None

    def _example(self) -> str:
        named = [area for areas in self._communities.values() for area in areas]
        return str(named[0]) if named else str(self.root)

    def _find(self, index: dict[str, list[Area]], written: str) -> list[Area]:
        exact = index.get(normalise_name(written))
        found = exact or index.get(bare_name(written), [])
        return list({area.code: area for area in found}.values())

    def _only(self, found: list[Area], written: str) -> Area:
        if len(found) > 1:
            streets = "、".join(str(self.street_of(area)) for area in found)
            raise CellError(f"“{normalise_name(written)}”在多个街道都有（{streets}），请写明街道")
        return found[0]
