"""Columns of areas under titles that nobody knows: left out, they would place all rows wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from areas.codes import COMMUNITY_LEVEL
from areas.models import Area
from ledgers.cells import as_text
from ledgers.declaration import COMMUNITY, PLACE, PLACE_CODE, STREET
from ledgers.reading.layout.headers import Header
from ledgers.reading.layout.left_out import Told
from ledgers.reading.layout.rows import data_rows
from ledgers.reading.places.area_names import AreaNames
from ledgers.workbooks.grids import Grid, cell_name, column_letters

#: Cells of an unknown column that are looked at to find out whether it says places.
_SAMPLE = 60


def told_places(grid: Grid, header: Header, names: AreaNames) -> Iterator[Told]:
    """Yield a problem for each column of areas whose title is unknown, where no known column says
    the place."""
    columns = [*header.unknown, *((at, "") for at in header.untitled)]
    for at, title in columns:
        found = _areas_in(grid, header, at, names)
        if not found:
            continue
        cell, area = found
        is_community = area.level == COMMUNITY_LEVEL
        wanted = "社区" if is_community else "街道"
        if cell.isdigit():
            wanted = "地区代码"
        shown = f"“{title}”" if title else f"{column_letters(at)}列"
        message = (
            f"{shown}写的是{wanted}（如“{cell}”），列名却不认识，各行所在地会记错："
            f"请把列名改为“{wanted}”；如不是记录的所在地，请删除该列"
        )
        yield Told(cell_name(header.row, at), title, message, is_problem=True)


def _areas_in(grid: Grid, header: Header, at: int, names: AreaNames) -> tuple[str, Area] | None:
    """Return an example when most cells of a column are areas that no known column says."""
    known = [
        header.columns[name][0] for name in (COMMUNITY, PLACE, PLACE_CODE) if name in header.columns
    ]
    street = header.columns[STREET][0] if STREET in header.columns else None
    seen, found, missing = 0, 0, None
    for _, values in data_rows(grid, header):
        text = as_text(values[at])
        if not text:
            continue
        seen += 1
        if area := names.looked_up(text):
            found += 1
            places = known if area.level == COMMUNITY_LEVEL or street is None else [*known, street]
            if not any(_is_given(values, place) for place in places):
                missing = missing or (text, area)
        if seen == _SAMPLE:
            break
    return missing if missing and found * 2 > seen else None


def _is_given(values: Sequence[object], at: int) -> bool:
    return at < len(values) and bool(as_text(values[at]))
