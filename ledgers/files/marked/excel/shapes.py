"""The boxes in which Excel shows comments: a part in VML, an older language that is not always XML.

The part is therefore edited as bytes: boxes are put before its end or taken out whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from ledgers.files.marked.marks import Mark, Place

_TYPE_ID = b'id="_x0000_t202"'
_PREFIXES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
#: What is added declares its prefixes, because a part may use others.
_TYPE = (
    f'<v:shapetype {_PREFIXES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_EMPTY = (
    f'<xml {_PREFIXES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/>'
    "</o:shapelayout></xml>"
)
_SHAPE = (
    f"<v:shape {_PREFIXES} "
    'id="_x0000_s{number}" type="#_x0000_t202" '
    'style="position:absolute;margin-left:60pt;margin-top:1.5pt;width:{width}pt;height:{height}pt;'
    'z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
    '<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_BOX = re.compile(rb"<v:shape[\s>].*?</v:shape>", re.DOTALL)
_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_NUMBER = re.compile(rb"_x0000_s(\d+)")
_BLOCKS = re.compile(rb"(<o:idmap\b[^>]*\bdata=[\"'])([\d,\s]*)")
_END = re.compile(rb"</(?:\w+:)?xml\s*>\s*\Z")
#: Excel gives numbers to boxes in blocks of this size, and the part names its blocks.
_BLOCK = 1024
_LAST_COLUMN = 16_383
_WIDTH_PT, _LINE_PT = 220, 13
#: Characters that fit on a line of the box, and rows of usual height that a line needs.
_CHARACTERS_A_LINE, _ROWS_A_LINE = 22, 0.9


class Boxes:
    """The drawing part that holds the boxes of one worksheet's comments."""

    def __init__(self, vml: bytes | None) -> None:
        self._vml = vml or _EMPTY.encode()
        #: Whether the part can be extended.
        self.is_usable = _END.search(self._vml) is not None

    def blocks(self) -> set[int]:
        """Return the blocks of numbers that this part uses or names."""
        named = _BLOCKS.search(self._vml)
        blocks = {int(block) for block in re.findall(rb"\d+", named.group(2))} if named else set()
        return blocks | self._used_blocks()

    def remove(self, places: Collection[Place]) -> None:
        """Take out the boxes of cells that have no comment any more, and their blocks."""

        def kept(match: re.Match[bytes]) -> bytes:
            return b"" if _place_of(match.group()) in places else match.group()

        before = self._used_blocks()
        self._vml = _BOX.sub(kept, self._vml)
        gone = {b"%d" % block for block in before - self._used_blocks()}
        self._rename_blocks(lambda names: [name for name in names if name.strip() not in gone])

    def add(self, marks: Mapping[Place, Mark | None], free_block: int) -> int:
        """Add a box for each cell, numbered from a block that no part uses; return the next such
        block."""
        places = {_place_of(box.group()) for box in _BOX.finditer(self._vml)}
        new = [place for place in sorted(marks) if place not in places]
        boxes = [
            _box(place, marks[place], free_block * _BLOCK + 1 + at) for at, place in enumerate(new)
        ]
        end = _END.search(self._vml)
        if not new or end is None:
            return free_block
        shape_type = b"" if _TYPE_ID in self._vml else _TYPE.encode()
        added = shape_type + "".join(boxes).encode()
        self._vml = self._vml[: end.start()] + added + self._vml[end.start() :]
        after = free_block + len(new) // _BLOCK + 1
        new_blocks = [b"%d" % block for block in range(free_block, after)]
        self._rename_blocks(lambda names: [*filter(None, names), *new_blocks])
        return after

    def serialised(self) -> bytes:
        """Return the part."""
        return self._vml

    def _used_blocks(self) -> set[int]:
        return {int(number) // _BLOCK for number in _NUMBER.findall(self._vml)}

    def _rename_blocks(self, change: Callable[[list[bytes]], list[bytes]]) -> None:
        def renamed(match: re.Match[bytes]) -> bytes:
            return match.group(1) + b",".join(change(match.group(2).split(b",")))

        self._vml = _BLOCKS.sub(renamed, self._vml, count=1)


def _place_of(box: bytes) -> Place | None:
    row, column = _ROW.search(box), _COLUMN.search(box)
    return (int(row.group(1)), int(column.group(1))) if row and column else None


def _box(place: Place, mark: Mark | None, number: int) -> str:
    row, column = place
    texts = ("", *mark.text.split("\n")) if mark else ("",) * 4
    lines = min(sum(len(text) // _CHARACTERS_A_LINE + 1 for text in texts), 30)
    left = min(column + 1, _LAST_COLUMN - 4)
    top, rows = max(row - 1, 0), round(lines * _ROWS_A_LINE) + 1
    return _SHAPE.format(
        number=number,
        width=_WIDTH_PT,
        height=lines * _LINE_PT + 8,
        anchor=f"{left}, 15, {top}, 2, {left + 4}, 15, {top + rows}, 4",
        row=row,
        column=column,
    )
