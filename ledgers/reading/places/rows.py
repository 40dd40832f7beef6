"""Places: the area of each row, from its code, its names, its section, or the sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from areas.codes import TOWNSHIP_LEVEL, is_within
from areas.models import Area
from areas.naming import bare_name, normalise_name
from ledgers.cells import CellError
from ledgers.declaration import (
    ABOVE,
    COMMUNITY,
    PLACE,
    PLACE_CODE,
    REACHED,
    STREET,
    Ledger,
    Row,
)
from ledgers.reading.places.area_names import AreaNames

#: What separates several communities in one cell; 和 and 与 may be part of a name.
_SEPARATORS = (re.compile(r"[、,，;；/\n]+"), re.compile(r"[、,，;；/\n和与及]+"))
#: The names of a list whose separators were blanks or line breaks.
_JOINED = re.compile(
    r".+?(?:社区(?:居民委员会|居委会)?|居民委员会|居委会|村(?:民委员会|委会)?(?!社区))"
)


class PlaceError(CellError):
    """The place of a row is unknown or contradicts itself; names the field at fault."""

    def __init__(self, field_name: str, message: str) -> None:
        self.field = field_name
        super().__init__(message)


@dataclass(frozen=True)
class Placed:
    """The area of a row, the street that holds for blank street cells below, and the communities
    that it reached."""

    area: Area | None
    street: Area | None
    reached: tuple[Area, ...] = ()


class PlaceReader:
    """Finds the area of each row of a table."""

    def __init__(self, names: AreaNames, ledger: Ledger, default: Area | None) -> None:
        self.names, self.ledger = names, ledger
        #: The street of the sheet or of the section above a row.
        self.default = default
        self._previous: Area | None = None
        self._can_reach = any(column.field == REACHED for column in ledger.columns)
        self._known: dict[tuple[object, ...], Placed] = {}

    def place(self, row: Row) -> None:
        """Set the row's area and the communities that it reached; PlaceError where it has none."""
        written = tuple(
            row[name] or "" for name in (ABOVE, PLACE_CODE, PLACE, STREET, COMMUNITY, REACHED)
        )
        if self.ledger.area_from != "columns" and not any(written):
            row.area = self.names.root
            return
        key = (*written, self._previous, self.default)
        placed = self._known.get(key)
        if placed is None:
            placed = self._known[key] = self._placed(*written)
        if self.ledger.area_from == "columns":
            row.area, row.reached = placed.area, placed.reached
            self._previous = placed.street or self._previous
        else:
            row.place = placed.area
            row.area = placed.area if self.ledger.area_from == "root" else self.names.root

    def begin_section(self, title: str) -> bool:
        """Let a line such as 一、七星岗街道 hold for the rows below; return whether it names a place."""
        plain = re.sub(r"^[(（]?[一二三四五六七八九十\d]+[)）]?[、.．]?", "", title.strip())
        area = self.names.looked_up(plain)
        if area is None or area.level != TOWNSHIP_LEVEL:
            return False
        self.default, self._previous = area, None
        return True

    def carry(self, street: str) -> bool:
        """Let a row of a street's name alone hold for blank street cells below; return whether it is
        one."""
        area = self.names.looked_up(street)
        if area is None or area.level != TOWNSHIP_LEVEL:
            return False
        self._previous = area
        return True

    # --- one row ----------------------------------------------------------------------------

    def _placed(
        self, above: str, code: str, place: str, street: str, community: str, reached: str
    ) -> Placed:
        if above and not self.names.is_above(above):
            raise PlaceError(ABOVE, f"“{above}”不是“{self.names.root}”所在的区县，不能在这里导入")
        communities = self._communities(REACHED, reached, None) if reached else ()
        if code:
            area = self._looked_up(PLACE_CODE, code)
            self._compare(area, {PLACE: place, STREET: street, COMMUNITY: community}, code)
            return Placed(area, self._street_of(area), communities)
        named = self._looked_up(PLACE, place) if place else None
        is_needed = self.ledger.area_from == "columns" and not communities
        placed = self._by_names(named, street, community, is_needed=is_needed)
        area = placed.area or (self.names.common(communities) if communities else self.names.root)
        return Placed(area, placed.street or self._street_of(area), placed.reached or communities)

    def _by_names(
        self, named: Area | None, street: str, community: str, *, is_needed: bool
    ) -> Placed:
        """Return the place of a row that gives no code; `named` is what its 所属地区 says."""
        upper: Area | None = self._looked_up(STREET, street) if street else self._within(named)
        if named and street:
            upper = self._deeper(named, upper, STREET)
        upper = upper or self.default
        if community:
            found = self._communities(COMMUNITY, community, upper)
            area = self.names.common(found)
            return Placed(area, self._street_of(area), found if len(found) > 1 else ())
        is_own = self.names.root.level >= TOWNSHIP_LEVEL
        place = upper or named or (self.names.root if is_own else None)
        if place is None and is_needed:
            own = f"；{self.names.root}本级的请在街道一栏填“{self.names.root}”"
            raise PlaceError(STREET, f"未填街道和社区{own}")
        return Placed(place, self._street_of(place) if place else None)

    def _within(self, named: Area | None) -> Area | None:
        return named if named and named.level >= TOWNSHIP_LEVEL else None

    def _street_of(self, area: Area) -> Area | None:
        street = self.names.street_of(area)
        return street if street.level == TOWNSHIP_LEVEL else None

    def _looked_up(self, field_name: str, written: str) -> Area:
        if field_name == STREET:
            return self._street(written)
        try:
            return self.names.place(written)
        except CellError as error:
            raise PlaceError(field_name, str(error)) from error

    def _street(self, written: str) -> Area:
        """Return the area that a street cell names: a street, the root, or a community there."""
        try:
            return self.names.street(written)
        except CellError as error:
            try:
                return self.names.place(written)
            except CellError:
                raise PlaceError(STREET, str(error)) from error

    def _deeper(self, named: Area, street: Area | None, field_name: str) -> Area | None:
        if street is None or is_within(named.code, street.code):
            return named
        if is_within(street.code, named.code):
            return street
        raise PlaceError(field_name, f"“{street}”与所属地区“{named}”不一致，请核对")

    def _compare(self, area: Area, names: dict[str, str], code: str) -> None:
        """Require that all names of a row are those of its code's area or of areas above."""
        street = self.names.street_of(area)
        known = {key for each in (area, street) for key in _keys(str(each))}
        for field_name, written in names.items():
            if not written or _keys(written) & known or self.names.is_above(written):
                continue
            found = self.names.looked_up(written)
            if found is None or not is_within(area.code, found.code):
                message = f"“{written}”与地区代码{code}（{area}）不一致，请核对"
                raise PlaceError(field_name, message)

    # --- communities ------------------------------------------------------------------------

    def _communities(self, field_name: str, written: str, street: Area | None) -> tuple[Area, ...]:
        """Return the communities that a cell names; several only where a record can reach them."""
        try:
            return (self._community(written, street),)
        except CellError as error:
            found = self._several(written, street)
            if not found:
                raise PlaceError(field_name, str(error)) from error
        if not self._can_reach:
            listed = "、".join(map(str, found))
            message = f"一个单元格写了{len(found)}个社区（{listed}），每行只能填一个，请分行填写"
            raise PlaceError(field_name, message)
        return found

    def _several(self, written: str, street: Area | None) -> tuple[Area, ...]:
        """Return the areas of a list; () when the text is no list of known communities."""
        splits = [separators.split(written) for separators in _SEPARATORS]
        for split in (*splits, _JOINED.findall(written)):
            parts = [part for part in split if part.strip()]
            try:
                found = tuple(self._community(part, street) for part in parts)
            except CellError:
                continue
            if len(found) > 1:
                return tuple({area.code: area for area in found}.values())
        return ()

    def _community(self, written: str, street: Area | None) -> Area:
        """Return the community of a name or a path; a blank street cell means the street above if it
        has such a community."""
        if street is None and self._previous is not None:
            try:
                return self.names.community(written, self._previous)
            except CellError:
                pass
        try:
            return self.names.community(written, street)
        except CellError as error:
            area = self.names.looked_up(written)
            if area is None or (street is not None and not is_within(area.code, street.code)):
                raise error from None
            return area


def _keys(name: str) -> set[str]:
    return {normalise_name(name), bare_name(name)}
